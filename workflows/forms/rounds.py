"""What a clerk fills in about a notice."""

from django import forms

_DAYS = "请写天数，1到30。"


class ExtendForm(forms.Form):
    """How many days longer a notice stays up, and why. The bounds are the service's."""

    days = forms.IntegerField(label="延长几天", error_messages={"required": _DAYS, "invalid": _DAYS})
    why = forms.CharField(label="为什么延长", max_length=200, error_messages={"required": "请写为什么延长。"})
