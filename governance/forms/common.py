"""Fields that many forms share, and how a service's refusal comes back to the form it was filled in on."""

from contextlib import contextmanager

from django import forms

from governance.refusals import Invalid


@contextmanager
def refusals_in(form: forms.Form):
    """Show what a service finds wrong beside the fields it names, and on top what belongs to none.

    Only Invalid is taken: a Refused or a Conflict goes on and becomes its own page.
    """
    try:
        yield
    except Invalid as invalid:
        for name, sentence in (invalid.errors or {None: str(invalid)}).items():
            form.add_error(name if name in form.fields else None, sentence)


def day(
    label: str, *, required: bool = True, help_text: str = "", missing: str = "请写哪一天。"
) -> forms.DateField:
    """A calendar day, with the browser's own calendar where it has one."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"],
        error_messages={"required": missing, "invalid": "看不出是哪天，写成2026-12-05这样。"},
    )


def line(
    label: str, *, missing: str = "", longest: int = 60, help_text: str = "", **attrs
) -> forms.CharField:
    """One line of words; `missing` is the sentence for who leaves it out, if one may not."""
    return forms.CharField(
        label=label,
        required=bool(missing),
        max_length=longest,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
        error_messages={"required": missing, "max_length": f"太长了，最多{longest}个字。"},
    )


def why(label: str = "为什么", help_text: str = "以后查得到。") -> forms.CharField:
    """The reason of an act, in the clerk's own words."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明原因，以后查得到。", "max_length": "太长了，最多500个字。"},
    )


def pick(
    queryset, label: str, *, missing: str = "", help_text: str = "", empty: str = "请选"
) -> forms.ModelChoiceField:
    """One row out of few; its key, never its number, goes into the page where it has one."""
    has_key = any(field.name == "key" for field in queryset.model._meta.fields)
    return forms.ModelChoiceField(
        queryset,
        label=label,
        required=bool(missing),
        empty_label=empty,
        help_text=help_text,
        to_field_name="key" if has_key else None,
        error_messages={"required": missing, "invalid_choice": "请从列出来的里面选。"},
    )
