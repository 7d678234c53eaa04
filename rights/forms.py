"""What is asked where a household says something about its data: by the adult, or taken down at the desk."""

from django import forms

from appeals.forms import FindForm, SelfForm, SpeakerForm
from governance.forms.common import line
from rights.household.written import FORMS
from rights.models import Rectification
from rights.rectifications import TEXT_AT_LEAST, TEXT_LENGTH, TOO_SHORT


def _words(label: str, missing: str, help_text: str = "", rows: int = 3, least: int = 1) -> forms.CharField:
    too_long = f"最多写{TEXT_LENGTH}个字，要紧的先写。"
    return forms.CharField(
        label=label, help_text=help_text, min_length=least, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing, "max_length": too_long, "min_length": TOO_SHORT},
    )  # fmt: skip


def _choice(label: str, choices, missing: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages={"required": missing}
    )


class _Wrong(forms.Form):
    """What is wrong, and what it should be."""

    what = _choice("哪一样不对", Rectification.What.choices, "请选是哪一样不对。")
    text = _words(
        "哪里不对，应该是什么", "请写哪里不对，应该是什么。", "一两句就行，比如：名字里的“华”写成了“化”。",
        least=TEXT_AT_LEAST,
    )  # fmt: skip


class OwnWrongForm(_Wrong, SelfForm):
    """An adult says it."""


class DeskWrongForm(_Wrong, SpeakerForm):
    """It is taken down at the desk."""


class _Erase(forms.Form):
    """Whose data: the household's or one's own."""

    which = _choice("删谁的", [("household", "全家的"), ("me", "只删本人的")], "请选删谁的。")


class OwnEraseForm(_Erase, SelfForm):
    """An adult asks for it."""


class DeskEraseForm(_Erase, SpeakerForm):
    """It is taken down at the desk."""


class CopyForm(SpeakerForm):
    """A copy handed over at the desk: for whom, which, and who stood by."""

    form = _choice("要哪一种", [(form.name, form.label) for form in FORMS.values()], "请选要哪一种。")
    witness = line("当时在场的另一位", missing="请写当时在场的另一位，不能是您自己。", longest=40)

    def __init__(self, adults, **given):
        super().__init__(adults, **given)
        self.initial.setdefault("form", "pdf")


class AnswerForm(forms.Form):
    """The clerk's answer to a request."""

    answer = _words("答复", "请写改了什么，或者为什么不改。", "他看得到您写的话。", rows=2)


class HomeForm(FindForm):
    """A household by area and door, or by an exact name."""

    number = None

    def clean(self):
        """One way or the other."""
        found = forms.Form.clean(self)
        if not (found.get("name") or (found.get("area") and found.get("door"))) and not self.errors:
            raise forms.ValidationError("请选片、写门牌号，或者只写姓名。")
        return found
