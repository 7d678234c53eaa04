"""Households as those who write to them see them: who has an account, who may read the score, who takes part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from governance.models import Consent, Division, Member, Subject


@dataclass(frozen=True)
class Home:
    """One household now. `adults` and `readers` are ids of accounts: of whoever lives there, and of those who see
    its score (their own consent stands and the head's does)."""

    key: UUID
    takes_part: bool = False
    adults: frozenset[int] = frozenset()
    readers: frozenset[int] = frozenset()


class Homes:
    """Households by key, read together; a file that was split, merged or moved leads to those that followed it."""

    def __init__(self):
        self._known: dict[UUID, Home] = {}
        self._followed: dict[UUID, list[UUID]] = {}

    def of(self, key: UUID | None) -> list[Home]:
        """A household, or those that followed its closed file; none for no key."""
        if key is None:
            return []
        self.load({key})
        later = [home for each in self._followed.get(key, ()) for home in self.of(each)]
        return later or [self._known[key]]

    def load(self, keys: set[UUID]) -> None:
        """Read households that are not known yet, and whoever followed them; a few queries for any number."""
        asked = {key for key in keys if key not in self._known}
        while asked:
            self._known |= _read(asked)
            empty = {key for key in asked if not self._known[key].adults and not self._known[key].takes_part}
            following = _followers(empty)
            self._followed |= following
            asked = {key for later in following.values() for key in later} - self._known.keys()

    def readers_in(self, village: Division) -> set[int]:
        """Ids of all accounts of a village's households that see their score; two queries."""
        keys = Subject.objects.living().filter(village=village, enrolled_from__isnull=False)
        return {pk for home in _read(set(keys.values_list("key", flat=True))).values() for pk in home.readers}


def _read(keys: set[UUID]) -> dict[UUID, Home]:
    rows = defaultdict(list)
    members = Member.objects.filter(subject__key__in=keys, left_on__isnull=True)
    for key, *row in members.values_list("subject__key", "pk", "user", "user__is_active", "is_head"):
        rows[key].append(row)
    agreed = set(
        Consent.objects.filter(
            purpose=Consent.Purpose.SCORING, withdrawn_on__isnull=True, member__subject__key__in=keys
        ).values_list("member", flat=True)
    )
    return {key: _home(key, rows[key], agreed) for key in keys}


def _home(key: UUID, rows: Iterable, agreed: set[int]) -> Home:
    takes_part = any(is_head and pk in agreed for pk, _, _, is_head in rows)
    accounts = {pk: user for pk, user, is_active, _ in rows if user and is_active}
    readers = {user for pk, user in accounts.items() if pk in agreed and takes_part}
    return Home(key, takes_part, frozenset(accounts.values()), frozenset(readers))


def _followers(keys: set[UUID]) -> dict[UUID, list[UUID]]:
    """{key of a closed file: keys of the files that followed it}."""
    found = defaultdict(list)
    if keys:
        rows = Subject.objects.filter(key__in=keys, closed_on__isnull=False, went_to__isnull=False)
        for key, later in rows.order_by("went_to__pk").values_list("key", "went_to__key"):
            found[key].append(later)
    return dict(found)
