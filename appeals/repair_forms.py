"""Forms of a repair: the promise, what was done, the leader's look, the council's word."""

from django import forms

from appeals.exhibits import MOST_FILES
from appeals.forms import SelfForm, SpeakerForm
from appeals.repairs import TEXT_LENGTH
from governance.forms.common import day
from workflows.forms.facts import FilesField, FilesInput

FILES_HELP = f"照片或PDF，最多{MOST_FILES}份。"


def words(label: str, help_text: str = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    """A few sentences in somebody's own words."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"max_length": f"最多写{TEXT_LENGTH}个字。"},
    )


def files() -> FilesField:
    """Photos and papers."""
    widget = FilesInput(attrs={"multiple": True, "accept": "image/*,application/pdf"})
    return FilesField(label="照片、文件", help_text=FILES_HELP, required=False, widget=widget)


class _Promise(forms.Form):
    """What an adult promises; the other fields say who speaks."""

    wrong = words("哪里没做好", "说实话就行，一两句。")
    promise = words("打算怎么做", "照上面写的修复办法。")
    due_on = day("哪天前做好")


class OwnPromiseForm(_Promise, SelfForm):
    """The adult applies themself."""


class DeskPromiseForm(_Promise, SpeakerForm):
    """Somebody takes down what an adult promises."""

    field_order = ["for_member", "how"]


class ShowForm(forms.Form):
    """It is done."""

    done = words("做了什么", "什么时候、在哪里、做了什么。")
    files = files()


class MoreForm(forms.Form):
    """More material."""

    text = words("要补的话", required=False)
    files = files()


class LookForm(forms.Form):
    """The leader's finding; a reason unless it is done."""

    finding = forms.ChoiceField(
        label="看下来怎么样",
        choices=[
            ("verify", "做到了，送理事会定"),
            ("send_back", "还差一点，退回去补"),
            ("refuse", "没有做到，不批"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项。"},
    )
    why = words("看到了什么", "退回和不批一定要写，住户看得到。", required=False)


class VoteForm(forms.Form):
    """One member's word; a reason when it is no."""

    agrees = forms.TypedChoiceField(
        label="您的意见",
        choices=[("yes", "同意"), ("no", "不同意")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选同意或者不同意。"},
    )
    reason = words("理由", "不同意一定要写，住户看得到。", required=False)


class RevokeForm(forms.Form):
    """How it was a fraud."""

    why = words("怎么弄虚作假的", "住户看得到，也能提异议。")
