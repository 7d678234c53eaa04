"""Villages in which something is about to happen: a month to post, a quarter to settle, an objection to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from appeals.models import Objection
from governance import vouching
from governance.events import record
from governance.models import Division, Rulebook, User
from governance.rulebooks import step_digests
from notifications.models import Preference
from tests import people
from tests.appeals.cases import Case
from tests.months import Month
from tests.people import World
from workflows.models import Round

BEGAN = datetime(2026, 6, 1, 12, tzinfo=timezone.get_default_timezone())
SUMMER, AUGUST = date(2026, 7, 1), datetime(2026, 8, 3, 12, tzinfo=timezone.get_default_timezone())
STORY = (("plus", "sweep", "扫了路"), ("litter", "litter", "倒了一袋垃圾"), ("more", "sweep", "清了沟"))


@dataclass(frozen=True)
class Place:
    """One village and what waits in it."""

    village: Division
    clerk: User
    round: Round | None = None
    case: Objection | None = None
    officer: User | None = None
    reader: User | None = None  # somebody with a verified phone


def posting(number: int) -> Place:
    """October signed by everybody: the clerk may post it."""
    world = _world(number)
    month = _told(Month(world, timezone.now() - timedelta(days=4), _last_month()).open())
    return Place(world.village, world.clerk, month.to_review().review_all().send().sign().round)


def settling(number: int) -> Place:
    """July posted and closed: the third quarter may be settled."""
    world = _world(number)
    Rulebook.objects.filter(pk=world.rulebook.pk).update(starts_quarter="2026Q1")
    _told(Month(world, AUGUST, SUMMER).open()).to_publication().wait(9)
    return Place(world.village, world.clerk)


def deciding(number: int) -> Place:
    """An objection to a posted deduction, taken up: the officer may decide."""
    world = _world(number)
    at = timezone.now() - timedelta(days=2)
    month = _told(Month(world, at, _last_month()).open()).to_publication()
    case = Case(world, month, at + timedelta(hours=1)).file().accept()
    return Place(world.village, world.clerk, case=case.row, officer=world.officer)


def quiet(number: int) -> Place:
    """Nothing waits."""
    world = _world(number)
    return Place(world.village, world.clerk, reader=world.wang)


@transaction.atomic
def _world(number: int) -> World:
    """A village of its own among others of one township; one event vouches for what the fixtures wrote."""
    world = people.build(f"990101103{300 + 2 * number}", f"990101103{301 + 2 * number}")
    mine = [row for row in vouching.take() if _place(row) == world.village.pk]
    record(
        "test.began", village=world.village, about=world.village, by=None, at=BEGAN, rows=mine,
        digests=step_digests(world.rulebook.rules.all()),
    )  # fmt: skip
    _give_phone(world.wang, number)
    return world


def _place(row) -> int | None:
    return getattr(row, "village_id", None) or getattr(row, "division_id", None)


def _give_phone(user: User, number: int) -> None:
    user.phone, user.phone_verified = f"138{number:08d}", True
    user.save(update_fields=["phone", "phone_index", "phone_verified"])
    Preference.objects.create(
        user=user, quiet_from=time(0), quiet_to=time(0), changed_at=BEGAN
    )  # at any hour


def _told(month: Month) -> Month:
    for name, rule, fact in STORY:
        month.observe(name, month.world.wang_home, rule, fact=fact)
    return month


def _last_month() -> date:
    return (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)
