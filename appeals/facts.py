"""What somebody saw when they opened a case to decide it: the decision is refused with a diff if that changed."""

from __future__ import annotations

from datetime import datetime

from django.core import signing

from appeals.hands import entries_of
from appeals.models import Exhibit, Hearing, Inquiry, Objection
from governance.models import Entry, Scorecard
from governance.points import format_points, format_total
from governance.refusals import Conflict

SALT = "appeals.facts"


def seen(case: Objection, *, at: datetime) -> str:
    """What the page shows now, signed, to come back with the form."""
    return signing.dumps(of(case), salt=SALT)


def of(case: Objection) -> dict[str, str]:
    """The facts a decision rests on, as the page words them; a constant number of queries."""
    inquiries = list(case.inquiries.values_list("state", flat=True))
    exhibits = list(case.exhibits.values_list("kind", flat=True))
    card = (
        Scorecard.objects.filter(subject=case.subject, published_at__isnull=False)
        .order_by("quarter", "version")
        .last()
    )
    return {
        "这件异议": case.get_state_display(),
        "材料": "、".join(
            f"{label}{exhibits.count(kind)}份" for kind, label in Exhibit.Kind.choices if kind in exhibits
        )
        or "没有",
        "调查函": f"问了{len(inquiries)}位，答了{inquiries.count(Inquiry.State.ANSWERED)}位",
        "当面听": str(case.hearings.filter(state=Hearing.State.HELD).count()) + "次有记录",
        "公示的分": f"{format_total(card.total_tenths)}，{card.quarter}第{card.version}版"
        if card
        else "还没有",
    } | {f"第{n}条记分": _line(entry) for n, entry in enumerate(entries_of(case), start=1)}


def check_same(case: Objection, token: str, *, at: datetime) -> None:
    """Raises Conflict naming what changed since the page was opened, so that nobody decides on an old picture."""
    try:
        before = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Conflict("这一页不完整，请重新打开这件异议，看一遍再定。您写的理由可以先复制下来。") from None
    now = of(case)
    changed = [
        f"{name}：您看的时候是“{before.get(name, '没有')}”，现在是“{now.get(name, '没有')}”"
        for name in {**before, **now}
        if before.get(name) != now.get(name)
    ]
    if changed:
        raise Conflict(f"您打开这一页以后，情况变了，还没有定。{'；'.join(changed)}。请看过新的情况再定。")


def _line(entry: Entry) -> str:
    gone = Entry.objects.filter(reverses=entry).exists()
    return f"{format_points(entry.raw_tenths)}{'，已经撤销' if gone else ''}"
