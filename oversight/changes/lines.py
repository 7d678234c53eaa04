"""What was found, said in plain words: when, what, about what, who in which role, where. For lists and tables.

A line names no household, no colour and no score: of a household's things it says which fields changed, not to what,
but for the step they are in. Words of people stay out, unless the household's file was opened (design 1-product, 4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Model
from django.urls import reverse
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from governance.event_names import label
from governance.events import why_of
from governance.models import Appointment, Division, Entry, Event, EventBody, Subject, User
from governance.points import format_points
from governance.prepared import prepared
from oversight.changes import things
from oversight.changes.asked import ROLE_WORDS, Asked
from oversight.changes.diffs import Change, Words, only_fields
from oversight.changes.sources import ROLE_OF_STEP, Hit
from oversight.changes.things import Thing

# Their words stay sealed even in an opened file: a vote is told as counts only.
SEALED_WORDS = {"ballot.cast", "repair.voted"}
NOBODY = "系统"
_MADE = {"+": "新立", "~": "改了", "-": "删了"}


@dataclass(frozen=True)
class Line:
    """One row of a list. `url` leads to the story of what it is about; `why` only within an opened file."""

    at: datetime
    kind: str
    what: str
    about: str
    url: str
    who: str
    role: str
    village: str
    changes: tuple[Change, ...] = ()
    note: str = ""
    why: str = ""
    done_at: datetime | None = None


def build(hits: list[Hit], asked: Asked) -> list[Line]:
    """Lines in the order of the hits; the queries depend on how many kinds of things there are, not on how many."""
    told = {}
    for kind, tell in _TELLERS.items():
        if mine := [hit for hit in hits if hit.kind == kind]:
            told |= dict(zip((hit.place for hit in mine), tell(mine, asked), strict=True))
    return [told[hit.place] for hit in hits]


def story_url(thing: Thing, key: object) -> str:
    """Where the story of a thing is told; empty for what has none."""
    if things.by_kind(thing.kind) != thing:
        return ""
    return reverse("change_story", args=[thing.kind, str(key)])


def about(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """(title, address) of things by the (type, id) that events hold; one query for each type."""
    by_type = defaultdict(set)
    for name, key in pairs:
        by_type[name].add(key)
    found = {}
    for name, keys in by_type.items():
        thing, titles = things.of(name), things.words_of(name, keys)
        for key in keys:
            found[name, key] = titles.get(key, f"{thing.noun}（已经删了）"), story_url(thing, key)
    return found


def _events(hits: list[Hit], asked: Asked) -> list[Line]:
    rows: list[Event] = [hit.row for hit in hits]
    titles, roles = about((row.about_type, row.about_id) for row in rows), _unsaid(rows)
    changes, posted, words = _changes_in(rows, asked), _posted(rows), _words(rows, asked)
    lines = []
    for row in rows:
        title, url = titles[row.about_type, row.about_id]
        changed, made = changes.get(row.pk, ((), ""))
        role = roles.get(row.pk, row.role)
        lines.append(
            Line(
                at=row.at, kind="event", what=label(row.name), about=title, url=url,
                who=who(row.by, role),
                role=ROLE_WORDS.get(role, ""), village=row.village.name, changes=changed,
                note=f"记账{posted[row.pk]}条" if row.pk in posted else made, why=words.get(row.pk, ""),
            )
        )  # fmt: skip
    return lines


def who(by: User | None, role: str) -> str:
    """An official by name, a household only as such, and the system."""
    if role == "resident":
        return "住户"
    return str(by) if by else NOBODY


def _unsaid(events: list[Event]) -> dict[int, str]:
    """Roles of those whose event names none: what else they did at that moment says it, else their having an office."""
    unsaid = [event for event in events if event.by_id and not event.role]
    if not unsaid:
        return {}
    known = roles_at((event.by_id, event.at) for event in unsaid)
    return {
        event.pk: known.get((event.by_id, event.at)) or ("" if (event.by_id,) in known else "resident")
        for event in unsaid
    }


def _changes_in(events: list[Event], asked: Asked) -> dict[int, tuple[tuple[Change, ...], str]]:
    """What each event changed of the thing it is about, and whether it made it; one query for each tracked type."""
    by_type = defaultdict(list)
    for event in events:
        if things.of(event.about_type).history:
            by_type[event.about_type].append(event)
    found = {}
    for name, mine in by_type.items():
        thing = things.of(name)
        chains = versions_of(thing, {event.about_id for event in mine})
        pairs, made = {}, set()
        for key, chain in chains.items():
            before = dict(zip((row.pk for row in chain), [None, *chain], strict=False))
            for pk, own in made_by([event for event in mine if event.about_id == key], chain).items():
                if before[own[0].pk] is None:
                    made.add(pk)
                else:
                    pairs[pk] = before[own[0].pk], own[-1]
        found |= {pk: (changes, "") for pk, changes in shown(thing, pairs, asked).items()}
        found |= dict.fromkeys(made, ((), _MADE["+"]))
    return found


def made_by(events: Iterable[Event], chain: Iterable[Model]) -> dict[int, list[Model]]:
    """The versions of one thing that each of its events made: those of its moment, its person and its name; to an
    event without such, what nobody else made at that moment. A vote makes none."""
    left, found = list(chain), {}
    for is_named in (True, False):
        for event in events:
            if event.pk in found or event.name in SEALED_WORDS:
                continue
            own = [row for row in left if (row.history_date, row.history_user_id) == (event.at, event.by_id)]
            own = [row for row in own if row.history_change_reason == event.name or not is_named]
            if own:
                found[event.pk] = own
                left = [row for row in left if row not in own]
    return found


def versions_of(thing: Thing, keys: Iterable[str]) -> dict[str, list[Model]]:
    """All versions of some things, the oldest first, by the id that events hold; one query."""
    found = defaultdict(list)
    rows = _versions(things.known(thing, keys), label=thing.label)
    for row in sorted(rows, key=lambda row: (row.history_date, row.history_id)):
        found[str(row.key if thing.key == "key" else row.id)].append(row)
    return found


@prepared
def _versions(ids: tuple, *, label: str):
    thing = things.of(label)
    return thing.history.objects.order_by().filter(**{"key__in" if thing.key == "key" else "id__in": ids})


def shown(thing: Thing, pairs: dict, asked: Asked) -> dict[object, tuple[Change, ...]]:
    """What a list may say of changes, by whatever each pair (before, after) goes by.

    Of a thing of a household that is not open only which fields they were, and the step it is in.
    """
    if asked.subject or not thing.subject:
        words = Words(pairs.values(), is_open=asked.subject is not None)
        return {name: tuple(words.changes(*pair)) for name, pair in pairs.items()}
    return {name: tuple(only_fields(*pair)) for name, pair in pairs.items()}


def _posted(events: list[Event]) -> dict[int, int]:
    """How many lines of the ledger each event posted."""
    return dict(_lines_of(tuple(event.pk for event in events)))


@prepared
def _lines_of(events: tuple[int, ...]):
    rows = Entry.objects.filter(event__in=events).order_by()
    return rows.values_list("event").annotate(n=Count("pk"))


def _words(events: list[Event], asked: Asked) -> dict[int, str]:
    """The reasons of an opened household's events; none for any other list."""
    if not asked.subject:
        return {}
    open_to_read = [event.pk for event in events if event.name not in SEALED_WORDS]
    bodies = EventBody.objects.filter(event__in=open_to_read).select_related("event")
    return {body.event_id: why_of(body.event) for body in bodies}


def _readings(hits: list[Hit], asked: Asked) -> list[Line]:
    homes = things.words_of("governance.subject", {str(hit.row.subject_key) for hit in hits})
    return [
        Line(
            at=row.at, kind="reading", what="打开档案看", about=homes.get(str(row.subject_key), "一户的档案"),
            url=reverse("changes_of", args=[row.subject_key]), who=str(row.by), role=ROLE_WORDS.get(row.role, ""),
            village=row.village.name, why=row.why if asked.subject else "",
        )
        for row in (hit.row for hit in hits)
    ]  # fmt: skip


def _entries(hits: list[Hit], asked: Asked) -> list[Line]:
    thing = things.of("governance.entry")
    return [
        Line(
            at=row.posted_at, kind="ledger", what="冲销一条记分" if row.reverses_id else "记一条分",
            about=thing.titled(row), url=story_url(thing, row.key), who=who(row.event.by, row.event.role),
            role=ROLE_WORDS.get(row.event.role, ""), village=row.village.name,
            note=f"{format_points(row.raw_tenths)}分",
        )
        for row in (hit.row for hit in hits)
    ]  # fmt: skip


def _tasks(hits: list[Hit], asked: Asked) -> list[Line]:
    return task_lines([hit.row for hit in hits])


def task_lines(rows: list[Task]) -> list[Line]:
    """Steps of processes as lines, in their order; a constant number of queries."""
    moved = _moved({row.process_id for row in rows}) if rows else {}
    lines = []
    for row in rows:
        title, url, village = moved.get(row.process_id, ("", "", ""))
        role = ROLE_OF_STEP.get(_step_name(row), "system")
        is_waiting = row.owner is None and role != "system"
        lines.append(
            Line(
                at=row.created, kind="task", what=str(row.flow_task.task_title or ""), about=title, url=url,
                who="还没人办" if is_waiting else who(row.owner, role), role=ROLE_WORDS[role], village=village,
                note=_stands(row), done_at=row.finished,
            )
        )  # fmt: skip
    return lines


def _step_name(task: Task) -> str:
    flow = type(task.flow_task.flow_class.instance)
    return f"{flow.__module__.replace('.', '/', 1)}.{flow.__name__}.{task.flow_task.name}"


def _stands(task: Task) -> str:
    if task.status == STATUS.DONE and task.finished:
        return "办好了"
    return "取消了" if task.status == STATUS.CANCELED else "还在等"


def _moved(processes: set[int]) -> dict[int, tuple[str, str, str]]:
    """(title, address, village) of what processes move, by process; one query for each kind of process."""
    found = {}
    for thing in (one for one in things.THINGS.values() if one.process == ("process",)):
        rows = thing.model.objects.filter(process__in=processes).select_related(
            "village", "process", *thing.beside
        )
        for row in rows:
            found[row.process.pk] = thing.titled(row), story_url(thing, row.key), row.village.name
    return found


def _history(hits: list[Hit], asked: Asked) -> list[Line]:
    by_label = defaultdict(list)
    for hit in hits:
        by_label[hit.thing.label].append(hit)
    roles = roles_at((hit.row.history_user_id, hit.row.history_date) for hit in hits)
    changes, titles, places = {}, {}, _places(hits)
    for name, mine in by_label.items():
        thing = things.of(name)
        keys = {_key(thing, hit.row) for hit in mine}
        titles |= {(name, key): words for key, words in things.words_of(name, keys).items()}
        changes |= _changes_at(thing, mine, keys, asked)
    lines = []
    for hit in hits:
        row, thing, key = hit.row, hit.thing, _key(hit.thing, hit.row)
        role = roles.get((row.history_user_id, row.history_date), "" if row.history_user_id else "system")
        action = row.history_change_reason
        lines.append(
            Line(
                at=row.history_date, kind="history", what=label(action) if action else _MADE[row.history_type],
                about=titles.get((thing.label, key), f"{thing.noun}（已经删了）"), url=story_url(thing, key),
                who=_who_changed(row, role, roles), role=ROLE_WORDS.get(role, ""),
                village=places.get(getattr(row, "village_id", None), ""), changes=changes.get(hit.place, ()),
                note="" if row.history_type == "~" else _MADE[row.history_type],
            )
        )  # fmt: skip
    return lines


def _key(thing: Thing, version: Model) -> str:
    return str(version.key if thing.key == "key" else version.id)


def _changes_at(thing: Thing, hits: list[Hit], keys: set[str], asked: Asked) -> dict:
    pairs = {}
    chains = versions_of(thing, keys)
    for hit in hits:
        chain = chains[_key(thing, hit.row)]
        n = next(n for n, row in enumerate(chain) if row.pk == hit.row.pk)
        if n and hit.row.history_type == "~":
            pairs[hit.place] = chain[n - 1], chain[n]
    return shown(thing, pairs, asked)


def roles_at(moments: Iterable[tuple[int, datetime]]) -> dict[tuple, str]:
    """The role people acted in, by (person, moment), from the events of that moment; by (person,) who has an office."""
    moments = set(moments)
    users = {user for user, _ in moments if user}
    acts = Event.objects.filter(by__in=users, at__in={at for _, at in moments}).exclude(role="")
    roles = {(by, at): role for by, at, role in acts.order_by("id").values_list("by", "at", "role")}
    appointed = Appointment.objects.filter(user__in=users).values_list("user", flat=True)
    return roles | {(user,): "" for user in appointed}


def _who_changed(version: Model, role: str, roles: dict) -> str:
    user = version.history_user
    if user is None or role == "resident":
        return who(user, role)
    return str(user) if role or (user.pk,) in roles else "住户"


def _places(hits: list[Hit]) -> dict[int, str]:
    ids = {getattr(hit.row, "village_id", None) for hit in hits} - {None}
    return dict(Division.objects.filter(pk__in=ids).values_list("pk", "name"))


_TELLERS = {"event": _events, "reading": _readings, "ledger": _entries, "task": _tasks, "history": _history}


def home_line(subject: Subject) -> str:
    """Which household a file is of, without its name: 柳溪村东片的一户."""
    return f"{subject.village.name}{subject.area.name}的一{subject.get_kind_display()}"
