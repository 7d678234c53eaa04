"""Forms on an open case: what its household hands in, and why it wants a second review."""

from django import forms

from appeals.decisions import GROUNDS_LENGTH
from appeals.exhibits import MOST_FILES, TEXT_LENGTH
from workflows.forms.facts import FilesField, FilesInput


def _words(label: str, help_text: str, longest: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": f"最多写{longest}个字。"},
    )


class EvidenceForm(forms.Form):
    """Words, photos, PDF: any of them will do."""

    files = FilesField(
        label="照片、文件",
        help_text=f"照片或者PDF，可以一次选几份，一共最多{MOST_FILES}份。",
        required=False,
        widget=FilesInput(attrs={"multiple": True, "accept": "image/*,application/pdf"}),
    )
    text = _words("您的话", "哪一天、在哪里、谁看见了，想到什么写什么。", TEXT_LENGTH)


class ReviewForm(forms.Form):
    """What is still not right."""

    text = _words("哪里还不对", "写了，复核的人看得明白些。不写也能请。", GROUNDS_LENGTH)
