"""记录日志: what a village's log is, what was signed of it, and does a photographed notice still agree. For everybody.

Names of keys and of villages only; nothing of a person or a household is in a log's public part.
"""

from dataclasses import dataclass

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from governance.models import Division
from transparency import paper, signing
from transparency.checkpoints import head_of
from transparency.models import Checkpoint, Epoch, Log
from transparency.notes import NoteError
from transparency.paper import Verdict
from workflows.models import Publication
from workflows.posted import Posted

ON_A_PAGE = 20
_SAYS = {
    Verdict.FITS: "对得上",
    Verdict.TYPO: "差几个字，多半是抄错了",
    Verdict.ROOT: "对不上",
    Verdict.SHORT: "对不上",
    Verdict.FORGED: "对不上",
    Verdict.SIGNATURE: "记录对得上，签名对不上",
    Verdict.LOST: "现在的日志里没有了，原因公开说过",
    Verdict.OTHER: "这是别的村的",
    Verdict.SIZE: "还差到第几条",
    Verdict.LENGTH: "字数不对",
    Verdict.UNREADABLE: "看不懂",
}


class CheckForm(forms.Form):
    """What stands on the photo: the text of its QR code, or the printed characters with the number beside them."""

    text = forms.CharField(
        label="二维码扫出来的字，或者印着的那串字符",
        max_length=paper.MOST,
        required=True,
        error_messages={"required": "把扫出来的字，或者印着的那串字符，填在这里。", "max_length": "太长了，只要二维码里的字。"},
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    size = forms.CharField(
        label="到第几条为止",
        max_length=30,
        required=False,
        help_text="手抄的才要填，印在“记录指纹”后面。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@dataclass(frozen=True)
class Signed:
    """One checkpoint as a line of the list."""

    row: Checkpoint
    notice: Posted | None

    @property
    def short(self) -> list[str]:
        """The first sixteen characters of its root, in groups of four."""
        return [self.row.root[i : i + 4] for i in range(0, 16, 4)]

    @property
    def witnesses(self) -> list[str]:
        """Names of the keys of who cosigned."""
        return sorted(each.witness for each in self.row.cosignatures.all())


@require_safe
@never_cache
@vary_on_cookie
def log(request, code):
    """What is signed, by which key, and the answer to ?text=… from a notice."""
    villages = Division.objects.filter(level=Division.Level.VILLAGE).select_related("parent")
    village = get_object_or_404(villages, code=code)
    head = Log.objects.filter(village=code, size__gt=0).first()
    asked = "text" in request.GET and head is not None
    form = CheckForm(request.GET if asked else None)
    answer = (
        paper.compare(code, form.cleaned_data["text"], form.cleaned_data["size"]) if form.is_valid() else None
    )
    rows = (
        Checkpoint.objects.filter(village=code).prefetch_related("cosignatures").order_by("-epoch", "-size")
    )
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "village": village,
        "log": head,
        "keys": _keys(head),
        "newest": _newest(village, head),
        "page": page,
        "lines": _lines(village, list(page)),
        "epochs": [(row, head_of(row.ended)) for row in Epoch.objects.filter(village=code).exclude(ended="").order_by("number")],
        "is_stuck": signing.problems().filter(village=code).exists(),
        "form": form,
        "answer": answer,
        "says": answer and _SAYS[answer.verdict],
        "other": answer and answer.village and villages.filter(code=answer.village).first(),
        "notice": answer and answer.read and _notice(village, answer.read),
    }  # fmt: skip
    return render(request, "workflows/log.html", context)


def _keys(head: Log | None) -> list[str]:
    """The log's public keys; none where the installation has no signing key that can be read."""
    try:
        return [verifier.vkey for verifier in signing.verifiers(head.origin)] if head else []
    except NoteError:
        return []


def _newest(village: Division, head: Log | None) -> Signed | None:
    rows = Checkpoint.objects.filter(village=village.code, epoch=head.epoch if head else 0)
    found = rows.prefetch_related("cosignatures").order_by("-size").first()
    return _lines(village, [found])[0] if found else None


def _lines(village: Division, rows: list[Checkpoint]) -> list[Signed]:
    """Checkpoints with the notices they were signed for; one query for any number."""
    posted = Publication.objects.filter(village=village, log_size__in=[row.size for row in rows])
    notices = {(row.log_size, row.log_root): row for row in posted.select_related("village")}
    found = [(row, notices.get((row.size, row.root))) for row in rows]
    return [Signed(row, notice and Posted(notice)) for row, notice in found]


def _notice(village: Division, read: paper.Read) -> Posted | None:
    """The notice on which this size and root are printed, if one is."""
    rows = Publication.objects.filter(village=village, log_size=read.size, log_root=read.root.hex())
    found = rows.select_related("village").first()
    return found and Posted(found)


urlpatterns = [path("villages/<str:code>/log/", log, name="public_log")]
