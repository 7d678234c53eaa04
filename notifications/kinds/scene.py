"""What the events of one chunk are about, loaded together: as many queries for five hundred events as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from appeals.models import Delegation, Objection, Repair
from appeals.repair_who import electors, verifiers
from appeals.who import eligible_in
from governance.access import staff, today
from governance.models import Division, Event, User
from governance.models.people import OF_VILLAGES
from governance.periods import month_label, quarter_label
from notifications.kinds.homes import Home, Homes
from workflows.amendment_signing import signers
from workflows.models import Amendment, Observation, Sheet
from workflows.who import electorates, settlers

# What kinds are about, with what they read of it.
BESIDE = {
    "appeals.correction": ("village", "rule", "round"),
    "appeals.delegation": (),
    "appeals.objection": ("village", "for_member", "entry", "scorecard", "repair__entry"),
    "appeals.repair": ("village", "subject__area", "entry"),
    "governance.appointment": (),
    "governance.consent": ("member",),
    "governance.kinship": (),
    "governance.link": (),
    "governance.member": (),
    "governance.rulebook": (),
    "governance.subject": (),
    "oversight.finding": ("area",),
    "rights.erasure": ("for_member",),
    "rights.rectification": ("for_member",),
    "workflows.amendment": ("village", "settlement", "subject"),
    "workflows.observation": ("village", "rule", "round", "sheet__area", "sheet__village"),
    "workflows.publication": (),
    "workflows.round": ("village", "publication"),
    "workflows.secondrating": ("round",),
    "workflows.settlement": ("village", "publication"),
    "workflows.sheet": ("village", "area", "round"),
}

# What has steps, each with a day of its own.
DUE = {Objection: "answer_by", Repair: "due_on"}


class Scene:
    """A village at a moment and the things some of its events are about; each question is asked once."""

    def __init__(self, village: Division, events: Iterable[Event], *, at: datetime):
        self.village, self.at, self._events = village, at, list(events)
        self._homes, self._said, self._known = Homes(), set(), {}
        self._homes.load({event.subject_key for event in self._events} - {None})

    def thing(self, event: Event) -> Model | None:
        """What an event is about; None for what is not there any more, or of no use here."""
        return self._things.get((event.about_type, event.about_id))

    def homes(self, keys: Iterable[UUID | None]) -> list[Home]:
        """Households as they are now, each once; in the place of a closed file those that followed it."""
        keys = list(keys)
        self._homes.load(set(keys) - {None})
        return list(dict.fromkeys(home for key in keys for home in self._homes.of(key)))

    def staff(self, role: str, *, area=None) -> list[User]:
        """Who holds a role over the village now."""
        return self._once((role, area), lambda: staff(role, self.village, at=self.at, area=area))

    @cached_property
    def officials(self) -> set[int]:
        """Ids of everybody who works for the village."""
        return {user.pk for role in OF_VILLAGES for user in self.staff(role)}

    @cached_property
    def residents(self) -> set[int]:
        """Ids of the village's adults who have an account and see their household's score."""
        return self._homes.readers_in(self.village)

    def first(self, what: object) -> bool:
        """Is this the first time that something is asked here: then it is said, and not a second time."""
        new = what not in self._said
        self._said.add(what)
        return new

    # -- who may act, for all things of the chunk at once ----------------------
    def eligible(self, case: Objection) -> list[User]:
        """Who may act on a case."""
        return self._each(Objection, eligible_in)[case.pk]

    def verifiers(self, repair: Repair) -> list[User]:
        """Who may look at a repair."""
        return self._each(Repair, verifiers)[repair.pk]

    def electors(self, repair: Repair) -> list[User]:
        """Who votes on a repair."""
        return self._each(Repair, electors)[repair.pk]

    def signers(self, amendment: Amendment) -> list[User]:
        """Who may sign a corrected scorecard."""
        return list(self._each(Amendment, signers)[amendment.pk])

    def electorate(self, item: Observation) -> list[User]:
        """Who votes on an item."""
        return self._each(Observation, electorates)[item.pk]

    def settlers(self, sheet: Sheet, item: Observation | None = None) -> list[User]:
        """Who may settle a sheet, with all of its items that wait, or one item."""
        return self._once(("settlers", sheet.pk, item and item.pk), lambda: self._settlers(sheet, item))

    @cached_property
    def stand_ins(self) -> dict[int, list[int]]:
        """Who handles the cases of officers who are away: {officer id: user ids}."""
        found = defaultdict(list)
        for away, to in Delegation.objects.on(today(self.at)).values_list("user", "to"):
            found[away].append(to)
        return found

    # -- words ------------------------------------------------------------------
    def words(self, event: Event) -> dict[str, str]:
        """Month, quarter, number and day of what an event is about: all that a message may say of it."""
        words, day = words_of(self.thing(event)), self._days.get((event.about_id, event.at, event.name))
        return words | {"day": str(_Day(day))} if day else words

    @cached_property
    def _days(self) -> dict[tuple[str, datetime, str], date]:
        """By which day a case or repair was due as each act left it: read late, a later step has moved it on."""
        found = {}
        for model, field in DUE.items():
            ids = {thing.pk for thing in self._things.values() if isinstance(thing, model)}
            then = model.history.filter(id__in=ids).order_by("history_id")
            rows = then.values_list("key", "history_date", "history_change_reason", field)
            found |= {(str(key), at, act): day for key, at, act, day in rows if day}
        return found

    def _settlers(self, sheet: Sheet, item: Observation | None) -> list[User]:
        asked = [(sheet, item)]
        if item is None:
            items = sheet.observations.filter(state=Observation.State.FILED).select_related("rule")
            asked += [(sheet, each) for each in items]
        found = settlers(asked, at=self.at)
        return list(dict.fromkeys(user for users in found.values() for user in users))

    def _each(self, model: type[Model], question: Callable) -> dict[int, object]:
        def ask():
            return question(
                [thing for thing in self._things.values() if isinstance(thing, model)], at=self.at
            )

        return self._once((model, question), ask)

    def _once(self, asked: object, question: Callable):
        if asked not in self._known:
            self._known[asked] = question()
        return self._known[asked]

    @cached_property
    def _things(self) -> dict[tuple[str, str], Model]:
        asked = defaultdict(set)
        for event in self._events:
            if event.about_type in BESIDE:
                asked[event.about_type].add(event.about_id)
        return {
            (label, str(key)): thing
            for label, keys in asked.items()
            for key, thing in _rows(label, keys).items()
        }


@dataclass(frozen=True)
class _Day:
    """How a day is said, and no more precisely."""

    day: date

    def __str__(self) -> str:
        return f"{self.day.month}月{self.day.day}日"


def words_of(thing: Model | None) -> dict[str, str]:
    """What a message may say of a thing: its month, quarter, number, and by which day."""
    month = getattr(getattr(thing, "round", thing), "month", None)
    quarter = getattr(getattr(thing, "settlement", thing), "quarter", None)
    day = getattr(thing, "answer_by", None) or getattr(thing, "due_on", None)
    notice = getattr(thing, "publication", thing)
    if day is None and (ends := getattr(notice, "window_ends", None)):
        day = timezone.localdate(ends)
    return {
        "month": month_label(month) if month else "",
        "quarter": quarter_label(quarter) if quarter else "",
        "number": str(getattr(thing, "number", "") or ""),
        "day": str(_Day(day)) if day else "",
    }


def _rows(label: str, keys: set[str]) -> dict[UUID, Model]:
    rows = apps.get_model(label)._base_manager.select_related(*BESIDE[label])
    return rows.in_bulk([UUID(key) for key in keys], field_name="key")
