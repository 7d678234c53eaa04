"""What a signer fills in: words under a signature, a reason for sending back."""

from django import forms

from workflows.forms.words import words


class WordForm(forms.Form):
    """The words that stay beside a signature."""

    word = words("签字的话", help_text="有不同看法写在这里，会留下。")


class ReasonForm(forms.Form):
    """Why something goes back."""

    why = words("理由", rows=3, missing="请写哪里不对，接着办的人看得到。")
