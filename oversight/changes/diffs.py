"""Before and after of one version of a row, field by field, in plain words.

What is sealed (words of people, names, numbers) is said to have changed, never what it was: it is shown only to who
has opened that household's file, and phone and ID numbers to nobody here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db.models import BooleanField, Field, ForeignKey, Model
from django.utils import timezone

from governance.fields import BlindIndexField, EncryptedTextField
from governance.models import Rule, Subject, User
from governance.periods import quarter_label
from governance.points import format_total
from governance.policies import DEFINED
from governance.refusals import Invalid
from governance.rulebook_changes import conduct_name
from oversight.changes import things
from oversight.changes.field_words import FIELDS
from oversight.changes.things import Thing
from oversight.watch.words import STEP_NAMES

SEALED = "改过，原文不在这里显示"
EMPTY = "空着"
NUMBERS = {"phone", "id_number"}
# Columns that hold a name of the code, and what a reader calls it.
_NAMED = {
    "conduct": conduct_name,
    "kinds": lambda kinds: "、".join(dict(Subject.Kind.choices).get(kind, kind) for kind in kinds),
    "step": lambda step: STEP_NAMES.get(step, step),
    "name": lambda name: DEFINED[name].label if name in DEFINED else name,
}
_STEP = {"state", "outcome"}
_TECHNICAL = {"id", "key", "door_order", "minutes_sha256", "password", "last_login", "village", "family"}


@dataclass(frozen=True)
class Change:
    """One field: what it is called, what it was (empty when it was blank) and what it is; neither where it is sealed."""

    field: str
    before: str = ""
    after: str = ""
    is_sealed: bool = False


class Words:
    """Says values of many versions; what they refer to is read once for all of them, one query for each table."""

    def __init__(self, pairs: Iterable[tuple[Model | None, Model]], *, is_open: bool = False):
        self._pairs, self._is_open = list(pairs), is_open
        self._named = self._look_up()
        self._rules = self._look_up_rules()

    def changes(self, before: Model | None, after: Model) -> list[Change]:
        """What differs from the version before; of the first version everything that is filled in."""
        return [self._change(field, before, after) for field in changed(before, after)]

    def _change(self, field: Field, before: Model | None, after: Model) -> Change:
        sealed = isinstance(field, EncryptedTextField)
        if sealed and (not self._is_open or field.name in NUMBERS):
            return Change(name_of(field), is_sealed=True)
        old = self._said(field, before) if before is not None else EMPTY
        return Change(name_of(field), "" if old == EMPTY else old, self._said(field, after))

    def _said(self, field: Field, row: Model) -> str:
        if isinstance(field, ForeignKey):
            return self._named.get((field.related_model, getattr(row, field.attname)), EMPTY)
        if field.name == "rules":
            return "；".join(self._rules.get(key, "一条细则") for key in row.rules) or EMPTY
        return say(field, row)

    def _look_up(self) -> dict[tuple, str]:
        wanted = defaultdict(set)
        for before, after in self._pairs:
            for field in changed(before, after):
                if isinstance(field, ForeignKey):
                    wanted[field.related_model, field.target_field.name] |= {
                        getattr(row, field.attname) for row in (before, after) if row
                    }
        return {
            (model, pk): words
            for (model, by), pks in wanted.items()
            for pk, words in _named(model, pks - {None}, by).items()
        }

    def _look_up_rules(self) -> dict[str, str]:
        """Rules that a version lists by their keys, by number and text; no query where none does."""
        versions = {row for pair in self._pairs for row in pair if row is not None}
        keys = {key for row in versions for key in getattr(row, "rules", None) or ()}
        rows = Rule.objects.filter(key__in=keys).values_list("key", "number", "text") if keys else ()
        return {str(key): f"{number} {text}" for key, number, text in rows}


def only_fields(before: Model, after: Model) -> list[Change]:
    """Which fields differ, without their values but for the step the thing is in; no query."""
    return [
        Change(name_of(field), say(field, before), say(field, after))
        if field.name in _STEP
        else Change(name_of(field))
        for field in changed(before, after)
    ]


def changed(before: Model | None, after: Model) -> list[Field]:
    """The fields that differ; of a first version those that are filled in."""
    return [field for field in fields_of(type(after)) if _differs(field, before, after)]


@cache
def fields_of(version: type[Model]) -> list[Field]:
    """The fields of a version that mean something to a reader."""
    return [
        field for field in version._meta.concrete_fields
        if field.name not in _TECHNICAL and not field.name.startswith("history_")
        and not isinstance(field, BlindIndexField)
        and not (field.name == "about" and not field.choices)  # of a finding: said again by person, area and step
    ]  # fmt: skip


@cache
def name_of(field: Field) -> str:
    """A field as it is said: its own Chinese name, or the one of the table beside."""
    name = str(field.verbose_name)
    if name.isascii():
        return FIELDS.get(field.name, "别的一项")
    return name.removesuffix("（十分之一分）").removesuffix("（千分之一）")


def say(field: Field, row: Model) -> str:
    """A value in words; what it refers to is not this function's business."""
    value = getattr(row, field.attname)
    if value is None or value == "" or value == []:
        return EMPTY
    if field.choices:
        return dict(field.flatchoices).get(value, str(value))
    if isinstance(field, BooleanField):
        return "是" if value else "否"
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return f"{_day(local.date())}{local:%H:%M}"
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, int) and (field.name.endswith("_tenths") or field.name.endswith("_points")):
        return f"{format_total(value)}分"
    if isinstance(value, int) and field.name.endswith("_milli"):
        return f"{value / 1000:g}"
    return "一份文件" if field.name.endswith("_file") else _text(field.name, value)


def _day(value: date) -> str:
    """A day as the pages say it: with its year where that is not this one."""
    year = "" if value.year == timezone.localdate().year else f"{value.year}年"
    return f"{year}{value.month}月{value.day}日"


def _text(name: str, value) -> str:
    if name in _NAMED:
        return _NAMED[name](value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "、".join(value)
    if isinstance(value, list | dict):
        return f"{len(value)}项"
    if name == "cause":
        noun = things.by_kind(str(value).partition(":")[0])
        return noun.noun if noun else EMPTY
    if name in ("quarter", "starts_quarter"):
        try:
            return quarter_label(value)
        except Invalid:
            return str(value)
    return str(value)


def _differs(field: Field, before: Model | None, after: Model) -> bool:
    value = getattr(after, field.attname)
    if before is None:
        return value not in (None, "", [], False)
    return getattr(before, field.attname) != value


def _named(model: type[Model], pks: set, by: str) -> dict[object, str]:
    """What rows are called, by the column (`by`) that points at them."""
    thing: Thing = things.of(model._meta.label_lower)
    rows = model._default_manager.select_related(*thing.beside or [None]).in_bulk(pks, field_name=by)
    if model is User:
        officials = set(
            User.objects.filter(pk__in=pks, appointments__isnull=False).values_list("pk", flat=True)
        )
        return {pk: str(row) if pk in officials else "住户" for pk, row in rows.items()}
    return {pk: thing.titled(row) if thing.words(row) != str(row) else str(row) for pk, row in rows.items()}
