"""What a reader asks the search for, and how far their sight goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q

from governance import access
from governance.access import appointments
from governance.models import Division, Subject, User
from governance.models.people import Role
from governance.prepared import prepared
from governance.refusals import Refused
from oversight.opening import ROLES

KINDS = {
    "": "办事和看档案",
    "event": "只看办的事",
    "history": "改了哪些内容",
    "task": "流程里的步骤",
    "ledger": "记到账上的分",
    "reading": "谁看了一户的档案",
}
# Beside offices: a household's own act, what a deadline did, and who was asked in a case.
ROLE_WORDS = dict(Role.choices) | {"resident": "住户", "system": "到期自动", "asked": "被问到的人"}


@dataclass(frozen=True)
class Places:
    """The divisions a reader supervises, by id and, of villages, as they are; `is_all` when there are no others."""

    ids: tuple[int, ...]
    is_all: bool
    villages: tuple[Division, ...] = field(default=(), compare=False)

    def village(self, code: str | None) -> Division | None:
        """The village of a code, or the only one there is."""
        if len(self.villages) == 1:
            return self.villages[0]
        return next((row for row in self.villages if row.code == code), None)


@dataclass(frozen=True)
class Asked:
    """One question to the search. None leaves a thing open; an empty tuple of people or rules finds nothing.

    `keys` are what events call the things under the rules.
    """

    places: Places
    kind: str = ""
    village: Division | None = None
    subject: Subject | None = None
    people: tuple[int, ...] | None = None
    rules: tuple[int, ...] | None = None
    keys: tuple[str, ...] | None = None
    role: str = ""
    name: str = ""
    since: datetime | None = None
    until: datetime | None = None
    oldest_first: bool = False

    @property
    def is_plain(self) -> bool:
        """Is it the list as it opens, without a kind, an act, a role or a household asked for."""
        return not (self.kind or self.name or self.role or self.subject)

    def within(self, village: str) -> Q:
        """Rows of the villages asked for, by the path of their village."""
        if self.village:
            return Q(**{village: self.village.pk})
        return Q() if self.places.is_all else Q(**{f"{village}__in": self.places.ids})

    def during(self, column: str) -> Q:
        """Rows from `since` on and before `until`."""
        found = Q()
        if self.since:
            found &= Q(**{f"{column}__gte": self.since})
        return found & Q(**{f"{column}__lt": self.until}) if self.until else found

    def person(self, column: str) -> Q:
        """Rows of the people asked for; of a single one said so that an index by person and moment serves."""
        return Q(**{column: self.people[0]}) if len(self.people) == 1 else Q(**{f"{column}__in": self.people})

    def only(self, kind: str) -> Asked:
        """The same question about one kind."""
        return replace(self, kind=kind)


def places(user: User, *, at: datetime, villages: Iterable[Division] | None = None) -> Places:
    """Where a user supervises, the divisions above its villages too: offices of the township are recorded there.

    `villages`, with their townships, where they were read already. Raises Refused for anybody else.
    """
    offices = [a.division for a in appointments(user, at=at) if a.role in ROLES]
    if not offices:
        names = "、".join(Role(role).label for role in ROLES)
        raise Refused(f"改动记录由{names}来查。您现在没有这个职务。")
    prefixes = tuple({office.prefix for office in offices})
    if villages is None:
        villages = access.villages(user, *ROLES, at=at).select_related("parent")
    mine = tuple(row for row in villages if row.code.startswith(prefixes))
    above = {row.parent for row in mine if row.parent and row.parent.code.startswith(prefixes)}
    ids = {row.pk for row in (*mine, *above, *offices)}
    is_all = len(prefixes) == 1 and not _beyond(prefixes[0].ljust(12, "0"), prefixes[0].ljust(12, "9"))
    return Places(tuple(sorted(ids)), is_all, mine)


@prepared
def _beyond(lowest: str, highest: str):
    return Division.objects.filter(Q(code__lt=lowest) | Q(code__gt=highest)).order_by()[:1]
