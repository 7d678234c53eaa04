"""What a rule asks to be measured: a quantity, an amount within its span, a level, or several parts."""

from __future__ import annotations

import re

from django import forms

from governance.models import Rule
from governance.points import format_total
from governance.text_numbers import NUMBER, half_width, to_milli, to_tenths

Shape = Rule.Shape
NAMES = ("quantity", "chosen", "labels", "grounds")
BY_QUANTITY = {Shape.PER_UNIT, Shape.PIECEWISE, Shape.THRESHOLDS}
_MOST = 10**12  # in thousandths or tenths; what is larger is a slip of the finger


class NumberField(forms.CharField):
    """A number as people type it, full width or not, kept as an integer; `read` says in which part of a unit."""

    def __init__(self, *, read, say: str, **kwargs):
        super().__init__(**kwargs)
        self.read, self.say = read, say
        self.widget.attrs.update(inputmode="decimal", autocomplete="off")

    def to_python(self, value) -> int | None:
        """Thousandths or tenths; None when left empty."""
        text = half_width(super().to_python(value) or "")
        if not text:
            return None
        try:
            number = self.read(text) if re.fullmatch(NUMBER, text) else None
        except ValueError:
            number = None
        if number is None or number > _MOST:
            raise forms.ValidationError(self.say)
        return number


class Parts(forms.MultipleChoiceField):
    """Several labels of one rule."""

    widget = forms.CheckboxSelectMultiple


def fields_for(rule: Rule) -> dict[str, forms.Field]:
    """The form fields a rule needs, by name."""
    if rule.shape in BY_QUANTITY:
        return {"quantity": _quantity(rule)}
    if rule.shape == Shape.RANGE:
        return {"chosen": _chosen(rule), "grounds": _grounds()}
    choices = [
        (step.label, f"{step.label}，{format_total(step.points_tenths)}分") for step in rule.steps.all()
    ]
    if rule.shape == Shape.LADDER:
        return {"labels": forms.ChoiceField(label="哪一级", choices=choices, widget=forms.RadioSelect)}
    if rule.shape == Shape.COMPONENTS:
        return {"labels": Parts(label="做到了哪几项", choices=choices)}
    return {}


class MeasuredForm(forms.Form):
    """A form that also asks for what one rule measures; `use(rule)` adds those fields."""

    def use(self, rule: Rule, *, required: bool) -> None:
        """Add a rule's fields."""
        for name, field in fields_for(rule).items():
            field.required = required
            self.fields[name] = field

    @property
    def measure_fields(self) -> list:
        """The bound fields a rule added; none when it measures nothing."""
        return [self[name] for name in NAMES if name in self.fields]

    def forget_what_is_missing(self) -> None:
        """Only computing, nothing is saved: complain of numbers that are none, not of what is still empty."""
        for name, errors in self.errors.as_data().items():
            if name not in NAMES or errors[0].code == "required":
                del self.errors[name]


def measured(cleaned: dict) -> dict:
    """The measured part of workflows.observations.Fact from a form's cleaned data."""
    labels = cleaned.get("labels") or ()
    return {
        "quantity_milli": cleaned.get("quantity") or 0,
        "chosen_tenths": cleaned.get("chosen"),
        "labels": (labels,) if isinstance(labels, str) else tuple(labels),
        "grounds": cleaned.get("grounds") or "",
    }


def initial(observation) -> dict:
    """The same fields filled from an observation."""
    labels = observation.labels
    return {
        "quantity": _plain(observation.quantity_milli, 1000),
        "chosen": _plain(observation.chosen_tenths, 10),
        "labels": labels[0] if labels and observation.rule.shape == Shape.LADDER else labels,
        "grounds": observation.grounds or "",
    }


def _quantity(rule: Rule) -> NumberField:
    return NumberField(label=f"多少{rule.unit or '次'}", read=to_milli, say="请填数字，比如3或2.5。")


def _chosen(rule: Rule) -> NumberField:
    verb = "加" if rule.sign > 0 else "减"
    span = f"{format_total(rule.min_tenths)}到{format_total(rule.max_tenths)}分"
    say = "请填分数，最多一位小数，比如2或2.5。"
    return NumberField(label=f"{verb}几分", read=to_tenths, say=say, help_text=f"细则只许在{span}之间定。")


def _grounds() -> forms.CharField:
    return forms.CharField(
        label="为什么定这个分", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写看得见、量得出的，比如占了多大、堵了多久。",
    )  # fmt: skip


def _plain(number: int | None, scale: int) -> str:
    if not number:
        return ""
    whole, rest = divmod(number, scale)
    return f"{whole}.{rest:0{len(str(scale)) - 1}d}".rstrip("0").rstrip(".") if rest else str(whole)
