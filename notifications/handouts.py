"""通知纸条: slips for households that nobody can reach by phone, for the clerk, and for the helper they asked.

Printed, folded with the words inside, carried to the door. One sheet of paper for each addressee, whatever waits for
them; who only asked for a deletion reads of it under their own name, not under the household's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from governance import access
from governance.models import Area, Division, Member, Reading, Subject, User
from governance.models.people import Role
from notifications import slips
from notifications.models import Delivery

ROLES = (Role.CLERK, Role.HELPER)
AT_ONCE = 60  # papers in one batch
WHY = "打印送到家的通知纸条"
# A page that is loaded again within this, or printed once more because the paper jammed, is one look.
ONE_LOOK = timedelta(minutes=10)
State = Delivery.State


@dataclass
class Paper:
    """What goes to one addressee: where to, to whom, and the slips on it, oldest first."""

    subject: Subject
    to: str
    slips: list[Delivery] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The page of the newest slip that is about one: what its code opens."""
        return next((slip.message.path for slip in reversed(self.slips) if slip.message.path), "")

    @property
    def keys(self) -> list[str]:
        """Keys of its slips, for the form that notes them as handed over."""
        return [str(slip.key) for slip in self.slips]

    @property
    def since(self) -> datetime:
        """When the oldest was made."""
        return self.slips[0].message.made_at


def of_village(user: User, village: Division, state: str, *, at: datetime) -> QuerySet[Delivery]:
    """Slips of a village in a state, of the households its reader may see. Raises Refused for who carries none."""
    access.check_role(user, *ROLES, village=village, at=at)
    rows = slips.listed(user, at=at).filter(village=village, state=state)
    return rows.select_related("message__recipient")


def waiting_homes(
    user: User, village: Division, *, at: datetime, area: Area | None = None, words: str = ""
) -> QuerySet[Subject]:
    """Households with a slip to carry, as one walks: of one area; at a door, or with exactly this name."""
    keys = of_village(user, village, State.WAITING, at=at).values("message__subject_key")
    found = Subject.objects.filter(village=village, key__in=keys).select_related("area", "village").in_order()
    if area:
        found = found.filter(area=area)
    return found.filter(_named(village, words)) if words else found


def papers(user: User, village: Division, subjects: Iterable[Subject], *, at: datetime) -> list[Paper]:
    """What waits for some households, a paper for each addressee; as many queries for a hundred as for one."""
    by_key = {subject.key: subject for subject in subjects}
    rows = of_village(user, village, State.WAITING, at=at).filter(message__subject_key__in=list(by_key))
    return _sorted_out(list(rows.order_by("pk")), by_key)


def done(user: User, village: Division, *, at: datetime, words: str = "") -> QuerySet[Delivery]:
    """Slips that were handed over, newest first."""
    rows = of_village(user, village, State.SENT, at=at)
    if words:
        keys = Subject.objects.filter(_named(village, words), village=village).order_by().values("key")
        rows = rows.filter(message__subject_key__in=keys)
    return rows.order_by("-done_at", "-pk")


def note_reading(papers: list[Paper], *, by: User, at: datetime) -> None:
    """Let the households see who printed their slips, once within ONE_LOOK; a few queries."""
    subjects = {paper.subject.key: paper.subject for paper in papers}
    if not subjects:
        return
    noted = Reading.objects.filter(by=by, why=WHY, at__gt=at - ONE_LOOK, subject_key__in=list(subjects))
    new = subjects.keys() - set(noted.values_list("subject_key", flat=True))
    village = next(iter(subjects.values())).village
    role = access.check_role(by, *ROLES, village=village, at=at)
    Reading.objects.bulk_create(
        Reading(village=village, subject_key=key, by=by, role=role, why=WHY, at=at)
        for key in subjects
        if key in new
    )


def _sorted_out(rows: list[Delivery], by_key: dict) -> list[Paper]:
    found = defaultdict(list)
    for row in rows:
        found[row.message.subject_key, row.message.recipient].append(row)
    names = _as_neighbours_know_them(user for _, user in found if user)
    made = [
        Paper(by_key[key], names[user] if user else by_key[key].name or "", rows)
        for (key, user), rows in found.items()
    ]
    order = {key: n for n, key in enumerate(by_key)}
    return sorted(made, key=lambda paper: order[paper.subject.key])


def _as_neighbours_know_them(users: Iterable[User]) -> dict[User, str]:
    """By what name to ask for them at the door: as the roster has it, for an account may go by its user name alone."""
    users = list(users)
    rows = Member.objects.filter(user__in=users).order_by("pk")
    known = {row.user_id: row.name for row in rows if row.name}
    return {user: known.get(user.pk, str(user)) for user in users}


def _named(village: Division, words: str) -> Q:
    """At a door with these words, or with exactly this name, or where an adult has it."""
    here = Member.objects.filter(village=village, name_index=words, left_on__isnull=True)
    return Q(door__icontains=words) | Q(name_index=words) | Q(pk__in=here.values("subject"))
