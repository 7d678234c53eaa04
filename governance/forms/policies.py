"""One number of the procedure, from a day on."""

from decimal import Decimal

from django import forms

from governance.forms.common import day, line
from governance.policies import DEFINED

TENTHS = "十分之一分"


class PolicyForm(forms.Form):
    """A number in the unit people say it in: points, not tenths of points."""

    value = forms.DecimalField(label="改成多少", decimal_places=1, error_messages={
        "required": "请写数字。", "invalid": "请写数字。", "max_decimal_places": "最多写到一位小数。"})  # fmt: skip
    starts = day("从哪一天起")
    source = line(
        "依据",
        longest=200,
        missing="请写明依据，比如哪次会议、哪份文件。",
        help_text="比如哪次会议、哪份文件。",
    )

    def __init__(self, name: str, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.rule = DEFINED[name]
        low, high = shown(self.rule.floor, self.rule), shown(self.rule.ceiling, self.rule)
        self.fields["value"].help_text = f"{low}到{high}{unit(self.rule)}。"

    def clean_value(self) -> int:
        """As it is stored: tenths for points, whole numbers for all else."""
        number = self.cleaned_data["value"] * (10 if self.rule.unit == TENTHS else 1)
        if number != int(number):
            raise forms.ValidationError("这一项要写整数。")
        return int(number)


def shown(number: int, rule) -> Decimal | int:
    """A number as people say it."""
    return Decimal(number) / 10 if rule.unit == TENTHS else number


def unit(rule) -> str:
    """The unit as people say it."""
    return "分" if rule.unit == TENTHS else rule.unit
