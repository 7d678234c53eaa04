"""Reminders: some days before a deadline whoever still has to act, or may still speak, is told once of each mark.

What follows when a deadline has passed is an event of its own (workflows.timers, appeals.timers, rights.timers), and
told like any other: nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from governance.models import Deadline
from notifications import writing
from notifications.kinds.reminded import REMINDERS
from notifications.kinds.scene import Scene, words_of
from notifications.models import Message
from notifications.writing import Told


def remind_due(at: datetime) -> int:
    """Make the reminders whose day has come; returns how many messages.

    A deadline that fails does not stop the others: raised together at the end.
    """
    made, failed = 0, []
    for deadline, days in due(at):
        try:
            made += remind(deadline, days, at=at)
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup(f"{len(failed)} reminders could not be made", failed)
    return made


def due(at: datetime) -> list[tuple[Deadline, int]]:
    """Open deadlines within one of their marks, with the nearest of these, less those already told; two queries."""
    farthest = max(max(kind_days) for kind_days, _ in REMINDERS.values())
    rows = Deadline.objects.filter(
        kind__in=REMINDERS, due_at__gt=at, due_at__lte=at + timedelta(days=farthest), fired_at=None, cancelled_at=None
    ).select_related("village")  # fmt: skip
    near = [(row, days) for row in rows if (days := _mark(row, at))]
    said = set(
        Message.objects.filter(cause__in=[cause(*each) for each in near]).values_list("cause", flat=True)
    )
    return [each for each in near if cause(*each) not in said]


@transaction.atomic
def remind(deadline: Deadline, days: int, *, at: datetime) -> int:
    """Tell one deadline's mark, unless it was told or the deadline is not open any more; returns how many messages."""
    rows = Deadline.objects.select_for_update(of=("self",), no_key=True).select_related("village")
    row = rows.filter(pk=deadline.pk, fired_at=None, cancelled_at=None).first()
    if row is None or Message.objects.filter(cause=cause(row, days)).exists():
        return 0
    thing = apps.get_model(row.about_type)._base_manager.filter(pk=row.about_id).first()
    if thing is None:
        return 0
    return writing.write(row.village, _told(row, thing, days, at), at=at)


def cause(deadline: Deadline, days: int) -> str:
    """What makes a reminder once: the deadline, the moment it stands at, and how many days before."""
    return f"deadline:{deadline.pk}:{deadline.due_at.timestamp():.0f}:{days}"


def _told(row: Deadline, thing: Model, days: int, at: datetime) -> Iterator[Told]:
    _, kinds = REMINDERS[row.kind]
    scene, heard = Scene(row.village, (), at=at), set()
    for kind in kinds:
        audience = kind.who(scene, thing).without(heard)
        heard |= audience.users.keys()
        if audience.users or audience.on_paper:
            local = timezone.localtime(row.due_at)
            values = words_of(thing) | {"day": f"{local.month}月{local.day}日"}
            yield Told(
                kind, audience, cause(row, days), kind.page(scene, thing), writing.filled(kind, values)
            )


def _mark(row: Deadline, at: datetime) -> int:
    """The nearest mark that has come; 0 when none has."""
    days, _ = REMINDERS[row.kind]
    return min((n for n in days if row.due_at - timedelta(days=n) <= at), default=0)
