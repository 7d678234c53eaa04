"""Where a month or a quarter stands, in plain words: its steps, who must act now, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, Q

from governance.models import Deadline
from workflows.models import Round, Settlement, Sheet
from workflows.signatures import PENDING


@dataclass(frozen=True)
class Step:
    """One step of a process; `stands` is done, now or todo."""

    name: str
    does: str
    stands: str
    who: str = ""
    due: datetime | None = None
    provisional: bool = False


def about(thing: Model) -> Q:
    """The deadlines about a thing."""
    return Q(about_type=thing._meta.label_lower, about_id=thing.pk)


def of_round(round: Round) -> list[Step]:
    """The five steps of a month. Three queries at most."""
    sheets = list(round.sheets.select_related("rater", "area"))
    due = {row.kind: row for row in Deadline.objects.filter(about(round), cancelled_at__isnull=True)}
    open_sheets = [sheet for sheet in sheets if sheet.state in (Sheet.State.OPEN, Sheet.State.RETURNED)]
    filed = [sheet for sheet in sheets if sheet.state == Sheet.State.FILED]
    at = {
        Round.State.COLLECTING: 0 if open_sheets else 1,
        Round.State.REVIEWING: 2,
        Round.State.RESOLVING: 3,
        Round.State.RESOLVED: 4,
        Round.State.PUBLISHED: 4,
        Round.State.CLOSED: 5,
    }[round.state]
    posted = round.state == Round.State.PUBLISHED
    again = at == 3 and round.observations.filter(state__in=PENDING).exists()
    steps = [
        ("评户", "联户党员看各户，有事记下来", f"联户党员：{_names(open_sheets)}", "round.sheets"),
        ("核单", "承包组长到现场核", f"承包组长：还有{len(filed)}张单没核", "round.areas"),
        ("审议", "和治理事会一条一条审", "和治理事会", "round.ballots"),
        ("签字", "村两委没评过单的人签", "村两委，还有退回理事会重投的" if again else "村两委", ""),
        ("公示", "贴出来，大家看", "大家看，有不对的提异议" if posted else "文书去张贴", "round.window"),
    ]
    return _steps(steps, at, due)


def of_settlement(settlement: Settlement) -> list[Step]:
    """The four steps of a quarter. One query."""
    due = {row.kind: row for row in Deadline.objects.filter(about(settlement), cancelled_at__isnull=True)}
    at = {
        Settlement.State.CONFIRMING: 1,
        Settlement.State.CONFIRMED: 2,
        Settlement.State.PUBLISHED: 3,
        Settlement.State.FINAL: 4,
    }[settlement.state]
    steps = [
        ("算分", "机器只把分加好", "", ""),
        ("签颜色", "两个没评过单的人看过、签字", "村两委", ""),
        ("张贴", "只公布户数，和同意公布的示范户", "文书", ""),
        ("公示", "大家看，有不对的提异议", "大家看，有不对的提异议", "settlement.window"),
    ]
    return _steps(steps, at, due)


def current(steps: list[Step]) -> Step | None:
    """The step that waits for somebody; None when all is done."""
    return next((step for step in steps if step.stands == "now"), None)


def _steps(rows, at, due) -> list[Step]:
    return [_step(n, at, due.get(kind), name, does, who) for n, (name, does, who, kind) in enumerate(rows)]


def _step(n, at, due, name, does, who) -> Step:
    stands = "done" if n < at else "now" if n == at else "todo"
    return Step(name, does, stands, who, due and due.due_at, bool(due and due.provisional))


def _names(sheets) -> str:
    names = list(dict.fromkeys(sheet.rater.name for sheet in sheets))
    return "、".join(names[:5]) + (f"等{len(names)}人" if len(names) > 5 else "")
