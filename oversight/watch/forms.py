"""Forms of the watch: one sentence each."""

from django import forms

from oversight.models import Finding
from oversight.watch.findings import LONGEST


class AnswerForm(forms.Form):
    """What the person shown says."""

    answer = forms.CharField(
        label="您说一句", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="是怎么回事，照实写。不写谁家的名字。",
        error_messages={"required": "请写一句，比如那几个月是怎么回事。", "max_length": f"最多写{LONGEST}个字。"},
    )  # fmt: skip


class CloseForm(forms.Form):
    """Why a supervisor is done with it."""

    why = forms.CharField(
        label="看下来是怎么回事", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="本人看得到。不写谁家的名字。",
        error_messages={"required": "请写看下来是怎么回事，本人看得到。", "max_length": f"最多写{LONGEST}个字。"},
    )  # fmt: skip


class FindingsForm(forms.Form):
    """Which findings to show."""

    state = forms.ChoiceField(
        label="办到哪一步", required=False, choices=[("", "都看"), *Finding.State.choices]
    )
    kind = forms.ChoiceField(label="哪一种", required=False, choices=[("", "都看"), *Finding.Kind.choices])
