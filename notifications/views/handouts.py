"""通知纸条: what waits to be carried to households without a phone, printed by the batch, noted when it was handed over."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from governance.events import why_of_each
from governance.qr import drawn
from governance.refusals import Conflict
from governance.views.clerk import POST, READ, for_village
from notifications import handouts, slips
from notifications.forms.handouts import GiveForm, HandoutForm
from notifications.views.moments import moment

ON_A_PAGE = 30


@for_village(*READ, roles=handouts.ROLES)
def waiting(request, village):
    """Households for which a slip waits, by area, to be printed or noted as handed over."""
    at = timezone.now()
    form = HandoutForm(village, request.GET)
    found = handouts.waiting_homes(request.user, village, at=at, **form.asked())
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "village": village, "form": form, "page": page, "give": GiveForm(), "at_once": handouts.AT_ONCE,
        "papers": handouts.papers(request.user, village, page.object_list, at=at),
    }  # fmt: skip
    return render(request, "notifications/handouts.html", context)


@for_village(*READ, roles=handouts.ROLES)
def printed(request, village):
    """The slips of the ticked households (`picked`), or of all that were looked for, to print; each household sees
    who printed them."""
    at = timezone.now()
    form = HandoutForm(village, request.GET)
    if stop := _why_not(form):
        messages.error(request, stop)
        return redirect("handouts", village.code)
    found = handouts.waiting_homes(request.user, village, at=at, **form.asked())
    if form.is_picked:
        found = found.filter(key__in=form.picked())
    homes = list(found[: handouts.AT_ONCE + 1])
    papers = handouts.papers(request.user, village, homes[: handouts.AT_ONCE], at=at)
    handouts.note_reading(papers, by=request.user, at=at)
    context = {
        "village": village, "papers": [(paper, _code(request, paper)) for paper in papers], "give": GiveForm(),
        "more": len(homes) > handouts.AT_ONCE, "at_once": handouts.AT_ONCE, "at": at,
    }  # fmt: skip
    return render(request, "notifications/handouts_print.html", context)


@for_village(*READ, roles=handouts.ROLES)
def done(request, village):
    """What was handed over, newest first; `just` offers to take the last batch back."""
    at = timezone.now()
    form = HandoutForm(village, request.GET, with_area=False)
    rows = handouts.done(request.user, village, at=at, words=form.asked().get("words", ""))
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    homes, just = slips.homes(page.object_list), moment(request.GET.get("just"))
    to = why_of_each(page.object_list, "slip.handed_over")
    context = {
        "village": village, "form": form, "page": page, "just": just,
        "rows": [(row, homes[str(row.message.subject_key)], to.get(row.key, "")) for row in page.object_list],
        "batch": [str(key) for key in rows.filter(done_at=just).values_list("key", flat=True)] if just else [],
    }  # fmt: skip
    return render(request, "notifications/handouts_done.html", context)


@for_village(*POST, roles=handouts.ROLES)
def give(request, village):
    """Note some slips as handed over, and to whom; what somebody else noted meanwhile is left as it is."""
    at = timezone.now()
    form = GiveForm(request.POST)
    chosen = _chosen(request, village, handouts.State.WAITING, at)
    if not form.is_valid():
        messages.error(request, "还没有记。请选纸条交给了谁。")
        return redirect("handouts", village.code)
    n = _each(
        chosen,
        lambda slip: slips.hand_over(delivery=slip, to=form.cleaned_data["to"], by=request.user, at=at),
    )
    if not n:
        messages.info(request, "这些刚才已经有人记过了，没有再记。")
        return redirect("handouts", village.code)
    return redirect(f"{reverse('handouts_done', args=[village.code])}?{urlencode({'just': at.isoformat()})}")


@for_village(*POST, roles=handouts.ROLES)
def undo(request, village):
    """Take a wrong mark back: the slips wait again."""
    at = timezone.now()
    chosen = _chosen(request, village, handouts.State.SENT, at)
    n = _each(chosen, lambda slip: slips.take_back(delivery=slip, why="记错了", by=request.user, at=at))
    messages.success(request, f"退回去了，{n}张又在等着送。" if n else "没有要退回去的。")
    return redirect("handouts", village.code)


def _why_not(form: HandoutForm) -> str:
    """Why nothing is printed; what was not understood never means the whole village."""
    if not form.is_valid():
        return "没有打印：要找的没看懂，请重新选一片，或者重新填门牌、姓名。"
    return "请先选几户，再打印。" if form.is_picked and not form.picked() else ""


def _chosen(request, village, state, at) -> list:
    """The slips whose keys were posted, as far as their reader may see them and they are in this state."""
    keys = HandoutForm(village, request.POST, picks="slip").picked()
    return list(handouts.of_village(request.user, village, state, at=at).filter(key__in=keys).order_by("pk"))


def _each(chosen, act) -> int:
    """Do it with each by itself: how many. One that somebody else was first with does not stop the others."""
    n = 0
    for slip in chosen:
        try:
            act(slip)
            n += 1
        except Conflict:
            continue
    return n


def _code(request, paper) -> str:
    """The QR of a paper: a page to open by phone, which asks who is there; empty where it is about none."""
    return drawn(request.build_absolute_uri(paper.path), title="扫一扫打开") if paper.path else ""


urlpatterns = [
    path("villages/<str:code>/handouts/", waiting, name="handouts"),
    path("villages/<str:code>/handouts/print/", printed, name="handouts_print"),
    path("villages/<str:code>/handouts/done/", done, name="handouts_done"),
    path("villages/<str:code>/handouts/give/", give, name="handouts_give"),
    path("villages/<str:code>/handouts/undo/", undo, name="handouts_undo"),
]
