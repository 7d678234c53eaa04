"""The story of one thing, whatever it is: what was done, which fields changed, who had which step, what it posted.

Written once for all things of oversight.changes.things; also for what was deleted, of which versions and events stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Model, Q
from viewflow.workflow.models import Task

from governance.event_names import label
from governance.events import row_name, why_of
from governance.models import Appointment, Division, Entry, Event, Hold, Reading, Subject, User
from oversight.changes import things
from oversight.changes.asked import ROLE_WORDS
from oversight.changes.diffs import Change, Words
from oversight.changes.lines import (
    NOBODY,
    SEALED_WORDS,
    Line,
    made_by,
    story_url,
    task_lines,
    versions_of,
    who,
)
from oversight.changes.things import Thing

MOST = 200
LAST = float("inf")
ERASED = "原话已经按要求删去。"


@dataclass(frozen=True)
class Told:
    """A thing of which a story can be told; `row` is None once it was deleted."""

    thing: Thing
    key: str
    row: Model | None
    title: str
    village: Division | None
    subject: Subject | None


@dataclass(frozen=True)
class Step:
    """One thing done. `is_first` says that the changes are what was written at first; `part_of` where it was done.

    `order` puts what was done at one moment into its order: by the versions it made.
    """

    at: datetime
    what: str
    who: str
    role: str
    changes: tuple[Change, ...] = ()
    is_first: bool = False
    why: str = ""
    part_of: str = ""
    mark: str = "d-done"
    order: float = LAST


@dataclass(frozen=True)
class Posted:
    """One line of the ledger that came from a thing, and what became of it."""

    entry: Entry
    url: str
    stands: str


def find(kind: str, key: str) -> Told | None:
    """The thing of an address; None when there never was one."""
    thing = things.by_kind(kind)
    if thing is None or not _may_be(thing, key):
        return None
    rows = thing.model._default_manager.select_related(*thing.beside or [None])
    row = rows.filter(**{thing.key: key}).first()
    known = row or _last_version(thing, key)
    event = Event.objects.filter(about_type=thing.label, about_id=key).select_related("village").last()
    if known is None and event is None:
        return None
    village = _village(thing, known) or (event.village if event else None)
    title = thing.titled(row) if row else f"{thing.noun}（已经删了）"
    return Told(thing, key, row, title, village, _subject(thing, known, key))


def _may_be(thing: Thing, key: str) -> bool:
    if thing.key == "pk":
        return key.isascii() and key.isdigit() and len(key) < 19
    try:
        return str(UUID(key)) == key
    except ValueError:
        return False


def _last_version(thing: Thing, key: str) -> Model | None:
    chain = versions_of(thing, [key]).get(key) if thing.history else None
    return chain[-1] if chain else None


def _village(thing: Thing, known: Model | None) -> Division | None:
    return things.step(known, thing.village) if known is not None else None


def _subject(thing: Thing, known: Model | None, key: str) -> Subject | None:
    """Whose it is: by the thing itself, else by what was recorded about it."""
    if thing.subject == things.SELF:
        return Subject.objects.filter(key=key).first()
    subject = things.step(known, thing.subject) if known is not None else None
    if isinstance(subject, UUID):
        subject = Subject.objects.filter(key=subject).first()
    if subject or not thing.subject:
        return subject
    told = Event.objects.filter(about_type=thing.label, about_id=key, subject_key__isnull=False).last()
    return Subject.objects.filter(key=told.subject_key).first() if told else None


def steps(told: Told) -> tuple[list[Step], bool]:
    """Everything done about it, the oldest first, and whether older ones were left out.

    Of a household's thing the reader has opened the file: words and changes are shown in full.
    """
    events = list(_events(told))
    is_cut, events = len(events) > MOST, events[:MOST]
    found = [*_acts(told, events), *_within(told)]
    if told.thing.subject == things.SELF:
        found += _looks(told)
    return sorted(found, key=lambda step: (step.at, step.order)), is_cut


def _events(told: Told) -> Iterable[Event]:
    rows = Event.objects.filter(about_type=told.thing.label, about_id=told.key)
    return rows.select_related("by", "body").defer("digests").order_by("-at", "-pk")[: MOST + 1]


def _acts(told: Told, events: list[Event]) -> list[Step]:
    """Events with the versions of the same moment, and versions that no event about the thing goes with."""
    chain = (versions_of(told.thing, [told.key]).get(told.key) or []) if told.thing.history else []
    chain = chain[-MOST:]
    before = dict(zip((row.pk for row in chain), [None, *chain], strict=False))
    words = Words(((before[row.pk], row) for row in chain), is_open=told.subject is not None)
    made, place = made_by(events, chain), {row.pk: n for n, row in enumerate(chain)}
    with_event, found, last = {row.pk for rows in made.values() for row in rows}, [], -1.0
    for event in reversed(events):
        own = made.get(event.pk, [])
        last = place[own[0].pk] if own else last + 0.01
        found.append(replace(_step(told, event, own, before, words), order=last))
    alone = [row for row in chain if row.pk not in with_event]
    names = _names({row.history_user_id for row in alone} - {None})
    return found + [
        replace(_of_version(row, before[row.pk], words, names), order=place[row.pk]) for row in alone
    ]


def _names(users: set[int]) -> dict[int, str]:
    """Officials by name, everybody else as a household; two queries."""
    officials = set(Appointment.objects.filter(user__in=users).values_list("user", flat=True))
    found = User.objects.in_bulk(officials)
    return {pk: str(found[pk]) if pk in found else "住户" for pk in users}


def _step(told: Told, event: Event, versions: list[Model], before: dict, words: Words) -> Step:
    changes = tuple(change for row in versions for change in words.changes(before[row.pk], row))
    return Step(
        at=event.at, what=label(event.name), who=who(event.by, event.role), role=ROLE_WORDS.get(event.role, ""),
        changes=changes, is_first=bool(versions) and before[versions[0].pk] is None, why=_why(told, event),
        mark=_mark(event.name),
    )  # fmt: skip


def _of_version(row: Model, before: Model | None, words: Words, names: dict[int, str]) -> Step:
    action = row.history_change_reason
    what = label(action) if action else {"+": "新立", "~": "改了", "-": "删了"}[row.history_type]
    changes = tuple(words.changes(before, row)) if row.history_type != "-" else ()
    return Step(
        row.history_date, what, names.get(row.history_user_id, NOBODY), "", changes, is_first=before is None,
        mark=_mark(action or ""),
    )  # fmt: skip


def _why(told: Told, event: Event) -> str:
    """Words are shown of what is no household's, and of a household whose file was opened; never a voter's."""
    if event.name in SEALED_WORDS:
        return ""
    if event.subject_key and (told.subject is None or told.subject.key != event.subject_key):
        return ""
    return why_of(event) if hasattr(event, "body") else ERASED


def _mark(name: str) -> str:
    verb = name.partition(".")[2]
    if name.startswith("hold.") or verb in ("suspended", "diverted"):
        return "d-hold"
    return (
        "d-fix"
        if verb in ("corrected", "adjusted", "decided", "lapsed", "revoked", "recomputed")
        else "d-done"
    )


def _within(told: Told) -> list[Step]:
    """What was done to it together with others: events about what it is part of that carry its digest."""
    parents = [things.step(told.row, path) for path in told.thing.within] if told.row is not None else []
    if told.thing.model is Entry and told.row is not None:
        events = Event.objects.filter(pk=told.row.event_id)
    elif parents := [row for row in parents if row is not None]:
        asked = Q()
        for row in parents:
            asked |= Q(about_type=row._meta.label_lower, about_id=str(row.key))
        events = Event.objects.filter(asked)
    else:
        return []
    mine = row_name(told.row)
    return [
        Step(
            event.at, label(event.name), who(event.by, event.role), ROLE_WORDS.get(event.role, ""),
            part_of=things.of(event.about_type).noun, mark=_mark(event.name),
        )
        for event in events.select_related("by") if mine in event.digests
    ]  # fmt: skip


def _looks(told: Told) -> list[Step]:
    rows = Reading.objects.filter(subject_key=told.key).select_related("by").order_by("-at", "-pk")[:MOST]
    return [
        Step(row.at, "打开档案看", str(row.by), ROLE_WORDS.get(row.role, ""), why=row.why, mark="d-todo")
        for row in rows
    ]


def tasks(told: Told) -> list[Line]:
    """The steps of the processes it goes through, the oldest first."""
    processes = [things.step(told.row, path) for path in told.thing.process] if told.row is not None else []
    pks = [process.pk for process in processes if process is not None]
    rows = Task.objects.filter(process__in=pks, flow_task_type__in=["HUMAN", "FUNCTION"]).select_related(
        "owner"
    )
    return task_lines(list(rows.order_by("created", "pk")[:MOST]))


def posted(told: Told) -> list[Posted]:
    """Lines of the ledger that came from it, those that reverse them too."""
    rows = Entry.objects.select_related("rule", "event").defer("event__digests")
    if told.thing.model is Entry and told.row is not None:
        mine = Q(pk=told.row.pk) | Q(reverses=told.row) | Q(pk=told.row.reverses_id)
    elif told.village is not None:
        source = f"{told.thing.kind}:{told.key}"
        mine = Q(village=told.village, source__startswith=source)
        mine &= Q(subject=told.subject) if told.subject else Q()
    else:
        return []
    entries = list(rows.filter(mine).order_by("posted_at", "pk")[:MOST])
    pks = [entry.pk for entry in entries]
    back = dict(Entry.objects.filter(reverses__in=pks).values_list("reverses", "posted_at"))
    held = set(Hold.objects.filter(entry__in=pks, lifted_at=None).values_list("entry", flat=True))
    thing = things.of(Entry._meta.label_lower)
    return [Posted(entry, story_url(thing, entry.key), _stands(entry, back, held)) for entry in entries]


def _stands(entry: Entry, back: dict, held: set) -> str:
    if entry.reverses_id:
        return "这一条是冲销"
    if entry.pk in back:
        return "冲销了"
    return "暂缓，减分先不算" if entry.pk in held else "在账上"
