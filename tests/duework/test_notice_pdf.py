"""A posted notice gets its PDF, whether or not anybody asked for it (workflows/notice_files.py)."""

from __future__ import annotations

from itertools import count

import pytest
from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone
from due_work_harness import (
    Claim,
    Decline,
    DueWorkContract,
    ExternalCall,
    HandoffHistory,
    NotApplicable,
    Profile,
    SafetyContract,
    SafetyProfile,
    StateDerived,
    due_work_contract_suite,
)

from governance import deadlines
from governance.models import Deadline, Event
from governance.uploads import path_of
from tests import people
from tests.duework.queue import Queue
from tests.published import posted
from transparency import signing
from workflows import notice_files
from workflows.models import NoticeFile, Publication

pytestmark = pytest.mark.postgres
_codes = count(990101500000, 2)


def unsigned() -> Publication:
    """October's notice of one more 柳溪村, posted; its log is not signed yet."""
    code = next(_codes)
    world = people.build(str(code), str(code + 1))
    posted(world, facts=[("sweep", "打扫了门前的路", {})])
    return Publication.objects.get(village=world.village)


def notice() -> Publication:
    """The same, signed: its PDF is owed, and nobody has asked for it."""
    row = unsigned()
    signing.sign_village(row.village.code, timezone.now(), row.log_size)
    return row


def _tick(*_) -> None:
    """The two parts of a tick that make PDFs."""
    notice_files.ask_for_missing(timezone.now())
    deadlines.fire_due(timezone.now())


def _asked() -> list[int]:
    return [row.about_id for row in deadlines.due(timezone.now()) if row.kind == notice_files.DUE]


def _name_goes(pk: int) -> int:
    """A name is taken out of the notice: its file is made anew. Returns which making that will be."""
    with transaction.atomic():
        gone = notice_files.withdraw([Publication.objects.get(pk=pk)], at=timezone.now())
    return len(gone) + 1


def _making(pk: int) -> int:
    """Which making of the file is owed."""
    return NoticeFile.objects.filter(publication=pk).exclude(gone_at=None).count() + 1


def derivation() -> StateDerived:
    """Posted and signed is enough: nobody has to remember that a PDF is owed."""
    return StateDerived(
        name="notices",
        # ARRANGE
        make_implied_obligation=lambda: notice().pk,
        make_stopped=lambda: unsigned().pk,
        # REAL PRODUCTION
        derive=lambda: notice_files.ask_for_missing(timezone.now()),
        outstanding=_asked,
        settle=lambda pk: deadlines.fire_due(timezone.now()),
        move_desired_state=_name_goes,
        # EXTERNAL SEAM: files lie in the test's folder
        # OBSERVE
        record_of=lambda pk: list(
            Deadline.objects.filter(about_id=pk, kind=notice_files.DUE).values_list(
                "pk", "due_at", "failures"
            )
        ),
        desired_of=_making,
    )


def owed() -> tuple[Publication, int]:
    """A notice whose file is owed and never was asked for, and how often it was printed before.

    One notice for all histories of a case: to post another takes seconds.
    """
    row = Publication.objects.first() or notice()
    for file in row.files.all():
        path_of(file).unlink(missing_ok=True)
    row.files.update(gone_at=timezone.now())
    Deadline.objects.filter(kind=notice_files.DUE).delete()
    return row, _printed(row)


def printed() -> tuple[Publication, int]:
    """A notice with its file."""
    row, before = owed()
    notice_files.make(publication=row, at=timezone.now())
    return row, before


def left_over(handle: tuple[Publication, int]) -> tuple:
    """The notice's file, and how many of those with the name are still on the disk."""
    row, _ = handle
    gone = row.files.exclude(gone_at=None)
    return made(handle), sum(path_of(file).exists() for file in gone)


def _printed(row: Publication) -> int:
    return Event.objects.filter(name="publication.printed", about_id=str(row.key)).count()


def made(handle: tuple[Publication, int]) -> tuple:
    """Whether the file's bytes are there, and how often the log vouched for one meanwhile."""
    row, before = handle
    files = [path_of(file).read_bytes()[:5] for file in row.files.filter(gone_at=None)]
    return files, _printed(row) - before


NOTICES = DueWorkContract(
    name="notices",
    profiles={
        Profile.A: Decline(
            "what is asked for is a deadline, found and fired like every other: see their contract"
        ),
        Profile.B: Decline(
            "a file is made under the lock of its notice, in the transaction that fires the deadline"
        ),
        Profile.C: NotApplicable(
            "no provider: the file is written on our own disk, under a name of its own each time"
        ),
        Profile.D: NotApplicable(
            "no pass deletes notices' files; one goes only when a name is taken out, by a person"
        ),
        Profile.E: Decline("the notice is read again under its lock; nobody prints from an older reading"),
        Profile.F: Claim(),
    },
    safety=SafetyContract(
        name="notices",
        profiles={
            SafetyProfile.REPLAY_SAFE_EXECUTION: Decline(
                "made twice it is one file: the second making finds the first"
            ),
            SafetyProfile.BOUNDED_RETRY: Decline(
                "one that fails is tried each minute and shown to the operators: people want the notice they were promised"
            ),
        },
    ),
    derivation=derivation,
    handoffs=(
        HandoffHistory(
            name="a notice is printed",
            arrange=owed,
            transition=_tick,
            observe=made,
            external_calls=(ExternalCall(Storage, "save"),),
        ),
        HandoffHistory(
            name="a name goes",
            arrange=printed,
            transition=lambda handle: _name_goes(handle[0].pk),
            observe=left_over,
        ),
    ),
    handoff_delivery=Queue("notices", recover=_tick),
)


@due_work_contract_suite(NOTICES)
class TestNoticesDueWork:
    """Generated from the contract above."""
