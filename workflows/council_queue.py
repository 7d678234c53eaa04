"""The council's queue of a month: its tabs, its lines and how many there are.

It is the page opened most often: of each item a line reads what it shows, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db.models import IntegerField, Q, QuerySet, Subquery

from governance.models import Subject
from governance.prepared import prepared
from workflows.models import Observation, Round

PAGE = 20
MANY = 1000  # counted no further
TABS = {"open": "没定", "settled": "已定", "back": "退回"}
State = Observation.State
DECIDED = [State.APPROVED, State.PUBLISHED, State.FINAL]
TITLE = 30
_FACT, _NAME = Observation._meta.get_field("fact"), Subject._meta.get_field("name")
_SHOWN = (
    "pk", "key", "state", "fact", "occurred_on", "raw_tenths", "needs_ballot", "at_township", "confirmed_by",
    "sheet__rater", "rule__sign", "subject", "subject__key", "subject__name",
    "subject__area__name",
)  # fmt: skip


def settled_by_council() -> Q:
    """Items the council has decided, one way or the other."""
    return Q(state__in=DECIDED) | Q(state=State.REJECTED, ballot_closed_at__isnull=False)


def of_tab(tab: str) -> Q:
    """The items under a tab of TABS; together they are all that ever reached the council."""
    return {
        "open": Q(state=State.CONFIRMED),
        "settled": settled_by_council(),
        "back": Q(state=State.FILED, turn__gt=1),
    }[tab]


def items(round: Round, tab: str) -> QuerySet[Observation]:
    """The items of a tab."""
    return items_of(round.pk, round.village_id, tab)


def items_of(round: int, village: int, tab: str) -> QuerySet[Observation]:
    """As `items`, for a round and its village by id."""
    return Observation.objects.filter(of_tab(tab), village=village, round=round)


@dataclass
class Line:
    """One item in the queue. Rows with transitions cost too much to be made for a line."""

    pk: int
    key: UUID
    state: str
    sealed_fact: bytes
    occurred_on: date
    raw_tenths: int
    needs_ballot: bool
    at_township: bool
    confirmed_by_id: int | None
    rater_id: int
    sign: int
    subject_id: int
    subject_key: UUID
    sealed_name: bytes
    area: str

    @cached_property
    def title(self) -> str:
        """The beginning of what was seen."""
        text = _FACT.opened(self.sealed_fact, self.key)
        return text if len(text) <= TITLE else f"{text[: TITLE - 1]}…"

    @property
    def subject(self) -> str:
        """The name of the household."""
        return _NAME.opened(self.sealed_name, self.subject_key)

    @property
    def is_deduction(self) -> bool:
        """As of an Observation."""
        return self.sign < 0


def page(round: Round, tab: str, after: Observation | None) -> tuple[list[Line], bool]:
    """The next PAGE of items of a tab after one, those that need a ballot first, and whether more follow.

    Two ranges of the queue's index, however far down.
    """
    found = []
    if after is None or after.needs_ballot:
        found = _some(
            round.pk, round.village_id, after.pk if after else 0, tab=tab, needs_ballot=True, limit=PAGE + 1
        )
    if len(found) <= PAGE:
        past = after.pk if after and not after.needs_ballot else 0
        found += _some(round.pk, round.village_id, past, tab=tab, needs_ballot=False, limit=PAGE + 1)
    return [Line(*row) for row in found[:PAGE]], len(found) > PAGE


@prepared
def _some(round: int, village: int, past: int, *, tab: str, needs_ballot: bool, limit: int):
    rows = items_of(round, village, tab).filter(needs_ballot=needs_ballot, id__gt=past)
    return rows.order_by("id").values_list(*_SHOWN)[:limit]


def beside(rows: QuerySet[Observation], item: Observation, *, back: bool) -> Observation | None:
    """The item of a queue above (`back`) or below another; None at its end."""
    order, past = ("-id", Q(id__lt=item.pk)) if back else ("id", Q(id__gt=item.pk))
    found = rows.filter(past, needs_ballot=item.needs_ballot).order_by(order).first()
    if found is None and item.needs_ballot != back:  # the other group of the queue lies that way
        found = rows.filter(needs_ballot=back).order_by(order).first()
    return found


class _Count(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) found)"
    output_field = IntegerField()


def counts(round: Round, tab: str) -> tuple[list[str], list[str]]:
    """How many items of a month are under each of TABS, and in each group of one tab: those that need a ballot, those
    that do not. Counted no further than MANY: "20", "999+"; one query."""
    [(large, small, *others)] = _counted(round.pk, round.village_id, tab=tab, limit=MANY)
    under = dict(zip([other for other in TABS if other != tab], others, strict=True)) | {tab: large + small}
    return [_so_many(under[each]) for each in TABS], [_so_many(large), _so_many(small)]


@prepared
def _counted(round: int, village: int, *, tab: str, limit: int):
    here = items_of(round, village, tab)
    others = [items_of(round, village, other) for other in TABS if other != tab]
    several = [here.filter(needs_ballot=True), here.filter(needs_ballot=False), *others]
    asked = [_Count(rows.order_by().values("pk")[:limit]) for rows in several]
    return Round.objects.filter(pk=round).values_list(*asked)


def _so_many(number: int) -> str:
    return str(number) if number < MANY else f"{MANY - 1}+"
