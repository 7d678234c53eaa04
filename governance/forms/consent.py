"""What an adult is asked: each purpose by itself, nothing chosen beforehand."""

from django import forms
from django.utils.html import format_html

from governance.models import Consent

Purpose = Consent.Purpose
# What is asked, what yes means, what no means; each with a second line that says what follows.
WORDS = {
    Purpose.SCORING: (
        "参加联户评议，给您家记分",
        ("同意参加", "下个月起记，随时能退"),
        ("不参加", "不评您家，别的什么都不变"),
    ),
    Purpose.HONOUR: (
        "评上示范户时，公示里写出您家的名字",
        ("同意写名字", "下个月起，随时能改"),
        ("不写名字", "分数和别的都不变"),
    ),
    Purpose.HELPER: (
        "请村里的代办员帮您看分、提异议",
        ("请代办员帮我", "他每看一次都有记录，随时能不请"),
        ("不请", "您自己办，或者到村部办"),
    ),
}


class AnswerForm(forms.Form):
    """Yes or no to some purposes; whoever answers one need not answer the others."""

    def __init__(self, purposes, data=None):
        super().__init__(data)
        for purpose in purposes:
            question, yes, no = WORDS[purpose]
            choices = [("yes", _two_lines(*yes)), ("no", _two_lines(*no))]
            self.fields[purpose] = forms.ChoiceField(
                label=question, choices=choices, widget=forms.RadioSelect, required=False
            )

    def clean(self):
        """At least one answer."""
        answers = {purpose: word for purpose, word in super().clean().items() if word}
        if not answers and not self.errors:
            raise forms.ValidationError("还没有选。同意还是不同意，请选一个再存。")
        return answers


def _two_lines(head: str, below: str):
    return format_html("{}<small>{}</small>", head, below)
