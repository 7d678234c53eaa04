"""Where changes are found: one question per kind, each along an index, newest or oldest first, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, reduce

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from viewflow.workflow.models import Task

from governance.models import Appointment, Entry, Event, Reading
from governance.models.people import Role
from governance.prepared import prepared
from oversight.changes import statements, things
from oversight.changes.asked import Asked
from oversight.changes.things import SELF, Thing

# Who does a step of a process; a step that is not here is moved on by a deadline.
STEP_ROLES = {
    Role.RATER: ("workflows/flows.SheetFlow.rate",),
    Role.LEADER: ("workflows/flows.SheetFlow.confirm", "appeals/repair_flow.RepairFlow.verify"),
    Role.COUNCIL: ("workflows/flows.RoundFlow.review", "appeals/repair_flow.RepairFlow.approve"),
    Role.COMMITTEE: ("workflows/flows.RoundFlow.sign", "workflows/flows.SettlementFlow.confirm"),
    Role.CLERK: ("workflows/flows.RoundFlow.publish", "workflows/flows.SettlementFlow.publish"),
    Role.OFFICER: ("appeals/flow.ObjectionFlow.accept", "appeals/flow.ObjectionFlow.decide"),
    Role.PANEL: ("appeals/flow.ObjectionFlow.review",),
    "resident": ("appeals/repair_flow.RepairFlow.promise",),
}
ROLE_OF_STEP = {step: role for role, steps in STEP_ROLES.items() for step in steps}


@dataclass(frozen=True, order=True)
class Place:
    """Where in the order of all changes one stands; ties of a moment go by source, then by row."""

    at: datetime
    rank: int
    pk: int


@dataclass(frozen=True)
class Hit:
    """One row found: `kind` as in asked.KINDS; `thing` for a version of a tracked row."""

    place: Place
    kind: str
    row: Model
    thing: Thing | None = None


@dataclass(frozen=True)
class Source:
    """One table of changes: the column of its moment, its rows that answer a question, and what to read with them."""

    kind: str
    rank: int
    column: str
    pk: str
    rows: Callable[[Asked], QuerySet]
    beside: tuple[str, ...]
    unread: tuple[str, ...] = ()
    thing: Thing | None = None

    def slice(self, asked: Asked, start: Place | None, *, older: bool, limit: int) -> QuerySet:
        """Moment and id of the first rows beyond `start`, going to older ones or to newer ones; not asked yet."""
        rows = self.rows(asked).filter(asked.during(self.column), self._beyond(start, older))
        sign = "-" if older else ""
        rows = rows.order_by(f"{sign}{self.column}", f"{sign}{self.pk}")[:limit]
        return rows.values_list(self.column, self.pk)

    def hits(self, pks: list[int]) -> list[Hit]:
        """Rows by their ids, each with its place in the order; one query."""
        return [
            Hit(
                Place(getattr(row, self.column), self.rank, getattr(row, self.pk)), self.kind, row, self.thing
            )
            for row in _loaded(things.filled(pks), rank=self.rank)
        ]

    def _beyond(self, start: Place | None, older: bool) -> Q:
        if start is None:
            return Q()
        side = "lt" if older else "gt"
        beyond = Q(**{f"{self.column}__{side}": start.at})
        or_at = Q(**{f"{self.column}__{side}e": start.at})
        if self.rank == start.rank:
            return or_at & (beyond | Q(**{f"{self.pk}__{side}": start.pk}))
        return or_at if (self.rank < start.rank) == older else beyond


# What a machine does that nobody decides: left out until it is asked for by kind, name or role.
BY_MACHINE = ("publication.printed",)


def found(asked: Asked, start: Place | None, *, older: bool, limit: int) -> list[Hit]:
    """The first rows beyond `start` that answer a question, in order.

    One query for which ones, over all tables asked, and one for each table that has some.
    """
    by_rank: dict[int, list[int]] = {}
    for rank, pk in statements.first(asked, start, of(asked), older=older, limit=limit):
        by_rank.setdefault(rank, []).append(pk)
    hits = [hit for rank, pks in by_rank.items() for hit in all_sources()[rank].hits(pks)]
    return sorted(hits, key=lambda hit: hit.place, reverse=older)


def of(asked: Asked) -> tuple[Source, ...]:
    """The tables of a question: of one kind or, when none is named, acts and readings; of a household its lines too."""
    if asked.kind:
        kinds = {asked.kind}
    elif asked.subject:
        kinds = {"event", "reading", "ledger"}
    else:
        kinds = {"event"} if asked.name or asked.rules is not None else {"event", "reading"}
    return tuple(source for source in all_sources().values() if source.kind in kinds)


@prepared
def _loaded(pks: tuple[int, ...], *, rank: int):
    source = all_sources()[rank]
    model = source.thing.history if source.thing else _MODELS[source.kind]
    rows = model.objects.order_by().filter(**{f"{source.pk}__in": pks}).select_related(*source.beside)
    return rows.defer(*source.unread)


def events(asked: Asked) -> QuerySet[Event]:
    """Acts. By a person's name only those of their office: what they did for their own home names a home."""
    rows = Event.objects.filter(asked.within("village"))
    if asked.is_plain:
        rows = rows.exclude(name__in=BY_MACHINE)
    if asked.subject:
        rows = rows.filter(subject_key=asked.subject.key)
    if asked.people is not None:
        rows = rows.filter(asked.person("by"))
        unsaid = Q(role="", subject_key__isnull=False)
        rows = rows if asked.subject else rows.exclude(Q(role="resident") | unsaid)
    if asked.role:
        rows = rows.filter(role=asked.role)
    if asked.name:
        rows = rows.filter(name=asked.name)
    return rows if asked.keys is None else rows.filter(about_id__in=asked.keys)


def readings(asked: Asked) -> QuerySet[Reading]:
    """Looks into files of households."""
    rows = Reading.objects.filter(asked.within("village"))
    if asked.subject:
        rows = rows.filter(subject_key=asked.subject.key)
    if asked.people is not None:
        rows = rows.filter(asked.person("by"))
    if asked.role:
        rows = rows.filter(role=asked.role)
    return rows.none() if asked.name or asked.rules is not None else rows


def entries(asked: Asked) -> QuerySet[Entry]:
    """Lines of the ledger, by who posted them."""
    rows = Entry.objects.filter(asked.within("village"))
    if asked.subject:
        rows = rows.filter(subject=asked.subject)
    if asked.people is not None:
        rows = rows.filter(asked.person("event__by"))
    if asked.role:
        rows = rows.filter(event__role=asked.role)
    if asked.name:
        rows = rows.filter(event__name=asked.name)
    return rows if asked.rules is None else rows.filter(rule__in=asked.rules)


def tasks(asked: Asked) -> QuerySet[Task]:
    """Steps of processes that are somebody's, and those that wait for a day; when their turn came."""
    rows = Task.objects.filter(flow_task_type__in=["HUMAN", "FUNCTION"])
    if asked.village or asked.subject or asked.rules is not None or not asked.places.is_all:
        rows = rows.filter(process__in=_processes(asked))
    if asked.people is not None:
        rows = rows.filter(asked.person("owner")).exclude(flow_task__in=STEP_ROLES["resident"])
    if asked.role:
        rows = rows.filter(flow_task__in=STEP_ROLES.get(asked.role, ()))
    return rows.none() if asked.name else rows


def _processes(asked: Asked) -> QuerySet:
    moved = [thing for thing in things.THINGS.values() if thing.process == ("process",)]
    found = [
        _tied(thing.model.objects.order_by(), thing, asked).values("process")
        for thing in moved
        if not (asked.subject and not thing.subject) and not (asked.rules is not None and not thing.rule)
    ]
    return found[0].union(*found[1:], all=True)


def _tied(rows: QuerySet, thing: Thing, asked: Asked) -> QuerySet:
    """Rows (live ones or versions) of the villages, the household and the rules asked for."""
    rows = rows.filter(_inside(thing, asked))
    if asked.subject:
        rows = rows.filter(**{"id" if thing.subject == SELF else thing.subject: asked.subject.pk})
    if asked.rules is not None:
        rows = rows.filter(**{"id__in" if thing.rule == SELF else f"{thing.rule}__in": asked.rules})
    return rows


def _inside(thing: Thing, asked: Asked) -> Q:
    if thing.village and thing.village != SELF:
        return asked.within(thing.village)
    # An account belongs where it holds an office.
    return Q(id__in=_officials(asked)) if thing.label == "governance.user" else Q()


def _officials(asked: Asked) -> QuerySet:
    appointed = things.of("governance.appointment").model.objects
    return appointed.filter(asked.within("division")).values("user")


def _versions(thing: Thing) -> Callable[[Asked], QuerySet]:
    def rows(asked: Asked) -> QuerySet:
        if (asked.subject and not thing.subject) or (asked.rules is not None and not thing.rule):
            return thing.history.objects.none()
        found = _tied(thing.history.objects.all(), thing, asked)
        if asked.people is not None:
            found = found.filter(asked.person("history_user"))
            found = (
                found if asked.subject else found.alias(acted_as=_role_of_act()).exclude(acted_as="resident")
            )
        if asked.role == "system":
            found = found.filter(history_user=None)
        elif asked.role:
            found = _in_role(found, asked)
        return found.filter(history_change_reason=asked.name) if asked.name else found

    return rows


def _in_role(rows: QuerySet, asked: Asked) -> QuerySet:
    """Versions made in a role; of an office only by who holds or held it, which are few."""
    if asked.role in Role.values:
        held = Appointment.objects.filter(role=asked.role).values("user")
        rows = rows.filter(history_user__in=held)
    return rows.alias(acted_as=_role_of_act()).filter(acted_as=asked.role)


def _role_of_act() -> Subquery:
    """The role a version was made in: its event has the same person and moment.

    One value for each row, which the database looks up along an index; joined, it would read all events of a role.
    """
    acts = Event.objects.filter(by=OuterRef("history_user"), at=OuterRef("history_date")).exclude(role="")
    return Coalesce(Subquery(acts.order_by("id").values("role")[:1]), Value(""))


_MODELS = {"event": Event, "reading": Reading, "ledger": Entry, "task": Task}


@cache
def all_sources() -> dict[int, Source]:
    """Every table that is searched, by its rank; one for each table of versions."""
    listed = [
        Source("event", 0, "at", "id", events, ("by", "village"), ("digests",)),
        Source("reading", 1, "at", "id", readings, ("by", "village")),
        Source(
            "ledger", 2, "posted_at", "id", entries, ("rule", "village", "event__by"), ("event__digests",)
        ),
        Source("task", 3, "created", "id", tasks, ("owner",)),
        *(
            Source(
                "history", n, "history_date", "history_id", _versions(thing), ("history_user",), thing=thing
            )
            for n, thing in enumerate(things.tracked(), 10)
        ),
    ]
    return {source.rank: source for source in listed}


def keys_under(rules: tuple[int, ...]) -> tuple[str, ...]:
    """What is under some rules, by the key that events hold; one query."""
    told = [thing for thing in things.THINGS.values() if thing.rule and thing.key == "key"]
    rows = [
        thing.model._default_manager.order_by().filter(
            **{"pk__in" if thing.rule == SELF else f"{thing.rule}__in": rules}
        ).values_list("key", flat=True)
        for thing in told
    ]  # fmt: skip
    return tuple(str(key) for key in reduce(lambda one, other: one.union(other, all=True), rows))
