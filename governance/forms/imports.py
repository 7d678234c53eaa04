"""Uploading a table, and what must be said before a rulebook is stored."""

from django import forms

from governance.forms.common import line
from governance.models import ImportBatch


class UploadForm(forms.Form):
    """One file of one kind."""

    kind = forms.ChoiceField(choices=ImportBatch.Kind.choices, widget=forms.HiddenInput)
    file = forms.FileField(
        label="选一个文件",
        help_text="XLSX或CSV，最大10MB。传上来先给您看，不会马上存。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "还没有选文件。", "empty": "这个文件是空的，请核对。"},
    )


class DraftForm(forms.Form):
    """Name and base of the draft; which rows stay out is said by a tick, never by silence."""

    title = line("细则名称", longest=120, missing="请写细则的名称。")
    base = forms.DecimalField(
        label="每季起始分",
        min_value=0,
        max_value=10_000,
        decimal_places=1,
        help_text="每一户每季从这个分算起，一般是100。",
        error_messages={
            "required": "请写起始分。",
            "invalid": "请写数字，比如100。",
            "min_value": "起始分不能是负数。",
            "max_value": "起始分最多10000分。",
            "max_decimal_places": "最多写到0.1分。",
        },
    )

    def __init__(self, data=None, *, refused: int, **kwargs):
        super().__init__(data, **kwargs)
        if refused:
            self.fields["skip_refused"] = forms.BooleanField(
                label=f"不能记、读不了的{refused}行不要了，只存别的", required=False
            )

    @property
    def base_tenths(self) -> int:
        """The base in tenths of a point."""
        return int(self.cleaned_data["base"] * 10)
