"""A paper that was signed, written down at the desk; and a withdrawal said at the desk."""

from django import forms

from governance.forms.common import day, line
from governance.forms.consent import WORDS
from governance.models import Consent


class PaperForm(forms.Form):
    """Which purpose, signed on which day, and who stood by. Nothing is chosen beforehand."""

    purpose = forms.ChoiceField(
        label="纸上同意的是哪一项",
        choices=[(purpose, words[0]) for purpose, words in WORDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "请照纸上选一项，一张纸上有几项就录几次。"},
    )
    given_on = day("纸上签的是哪一天", missing="请写纸上签字的那一天。")
    witness = line(
        "见证人",
        longest=40,
        missing="纸上同意要有见证人，请写上姓名。",
        help_text="在场的第三个人：不是本人，也不是录入的您。",
    )


class WithdrawForm(forms.Form):
    """What is taken back. A reason is never asked for; that the person said so is ticked."""

    purpose = forms.ChoiceField(
        label="退出哪一项", widget=forms.RadioSelect, error_messages={"required": "请选一项。"}
    )
    asked = forms.BooleanField(
        label="是本人自己来说的，或者交了本人写的纸条",
        error_messages={"required": "要本人自己说了才办，请核对后勾上。"},
    )

    def __init__(self, standing: list[str], data=None):
        super().__init__(data)
        choices = [(purpose, Consent.Purpose(purpose).label) for purpose in dict.fromkeys(standing)]
        self.fields["purpose"].choices = [*choices, *([("all", "全部退出")] if len(choices) > 1 else [])]

    @property
    def which(self) -> str:
        """The purpose as the service takes it: empty for all."""
        return self.cleaned_data["purpose"].replace("all", "")
