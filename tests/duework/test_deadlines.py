"""What is due happens by itself: once, whatever the ticker dies of (governance/deadlines.py)."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction
from django.utils import timezone
from due_work_harness import (
    Claim,
    Decline,
    DueWorkContract,
    DueWorkSweep,
    ExtraProof,
    HandoffHistory,
    NotApplicable,
    Profile,
    Retention,
    SafetyContract,
    SafetyProfile,
    SupersededSnapshot,
    due_work_contract_suite,
)
from due_work_harness.profiles.automatic_recovery import (
    assert_oldest_work_is_recovered_first,
    assert_one_failing_row_does_not_stall_the_tick,
    assert_selection_does_not_read_the_replica,
    assert_selection_is_index_served,
)

from governance import deadlines, imports
from governance.models import Deadline, Event, ImportBatch
from operations.metrics import domain
from tests import people
from tests.duework.queue import Queue
from tests.duework.swept import WITHOUT_A_PAGE, one_by_one, swept
from tests.months import Month
from workflows import tasks
from workflows.models import Round

pytestmark = pytest.mark.postgres
_codes = count(990101400000, 2)


def upload(age: timedelta = timedelta()) -> Deadline:
    """A roster that was uploaded long enough ago to be thrown away for as long as told."""
    place, now = people.village(code=str(next(_codes))), timezone.now()
    row = ImportBatch.objects.create(
        village=place, kind="roster", file_name="花名册.xlsx", content="", uploaded_by=people.account("沈文书"),
        uploaded_at=now - age - imports.KEPT,
    )  # fmt: skip
    return deadlines.set_deadline(imports.EXPIRES, about=row, village=place, due=now - age)


def over(age: timedelta = timedelta()) -> list[Deadline]:
    """One that was fired and one that was called off."""
    fired, off = upload(age), upload(age)
    now = timezone.now()
    Deadline.objects.filter(pk=fired.pk).update(fired_at=now)
    Deadline.objects.filter(pk=off.pk).update(cancelled_at=now)
    return [fired, off]


def _tick() -> int:
    done, _ = tasks.run(timezone.now())
    return len(done["fired"])


def _missed_by_the_metrics() -> float:
    [n, _] = domain.missed(timezone.now())
    return n.samples[0].value


def sweep() -> DueWorkSweep:
    """The minute's tick over what is due. Whoever counts what was missed gives it five minutes first."""
    return DueWorkSweep(
        name="deadlines",
        due_work=lambda: deadlines.due(timezone.now()),
        run_tick=_tick,
        make_owed=upload,
        make_terminal=over,
        recovery_delay=deadlines.GRACE,
        page_size=None,
        assert_scheduled=swept("workflows.tick"),
        observe_outstanding=_missed_by_the_metrics,
    )


def one_that_breaks() -> None:
    """What cannot be done is noted, and the ones behind it are done all the same."""
    # ARRANGE
    made = iter([upload(timedelta(hours=2)), upload(timedelta(hours=1))])
    # EXTERNAL SEAM: what the first is about is of a kind that nobody knows any more
    # REAL PRODUCTION: the tick
    # OBSERVE
    assert_one_failing_row_does_not_stall_the_tick(
        name="deadlines",
        make_owed=lambda: next(made),
        run_tick=_tick,
        fail_dispatch_for=lambda row: Deadline.objects.filter(pk=row.pk).update(kind="nobody.knows"),
        dispatched_ids=lambda: list(Deadline.objects.exclude(fired_at=None)),
    )


def snapshot() -> SupersededSnapshot:
    """A ticker that reads what is due and comes too late: it was called off meanwhile."""
    # ARRANGE
    row = upload(timedelta(hours=1))
    batch = ImportBatch.objects.get(pk=row.about_id)
    return SupersededSnapshot(
        name="deadlines",
        # REAL PRODUCTION
        take_snapshot=lambda: next(iter(deadlines.due(timezone.now()))),
        supersede=lambda: deadlines.cancel(imports.EXPIRES, about=batch, at=timezone.now()),
        run_with_snapshot=lambda found: deadlines.fire(found, timezone.now()),
        # EXTERNAL SEAM: none
        # OBSERVE
        observe=lambda: (
            ImportBatch.objects.filter(pk=batch.pk).exists(),
            Deadline.objects.values_list("fired_at", flat=True).get(pk=row.pk),
        ),
    )


def retention() -> Retention:
    """An upload is kept for its seven days and not longer."""
    return Retention(
        name="deadlines",
        # ARRANGE
        make_non_terminal=lambda: upload(-timedelta(days=1)).about_id,
        make_prunable=lambda: upload(timedelta(hours=1)).about_id,
        # REAL PRODUCTION
        run_retention=lambda: deadlines.fire_due(timezone.now()),
        # EXTERNAL SEAM: none
        # OBSERVE
        still_exists=lambda pk: ImportBatch.objects.filter(pk=pk).exists(),
    )


def late_village() -> tuple[Round, Deadline]:
    """The day for confirming the sheets is over, and an old upload has to go."""
    code = next(_codes)
    world = people.build(str(code), str(code + 1))
    round = Month(world, timezone.now()).open().round
    with transaction.atomic():
        deadlines.set_deadline(
            "round.areas", about=round, village=world.village, due=timezone.now() - timedelta(hours=1)
        )
    return round, upload(timedelta(hours=1))


def happened(late: tuple[Round, Deadline]) -> tuple:
    """How often the village heard that it is late, whether the upload is there, what is still due."""
    round, row = late
    return (
        Event.objects.filter(name="round.areas_late", village=round.village).count(),
        ImportBatch.objects.filter(pk=row.about_id).exists(),
        Deadline.objects.filter(village__in=[round.village, row.village], fired_at=None).count(),
    )


DEADLINES = DueWorkContract(
    name="deadlines",
    profiles={
        Profile.A: Decline(WITHOUT_A_PAGE),
        Profile.B: Decline(
            "a deadline is fired and marked in one transaction; nobody owns it before or after"
        ),
        Profile.C: NotApplicable("no handler calls anybody outside; what has to leave the house is an event"),
        Profile.D: Claim(),
        Profile.E: Claim(),
        Profile.F: Decline(
            "a deadline is set in the transaction of what it is about; notices are the exception"
        ),
    },
    safety=SafetyContract(
        name="deadlines",
        profiles={
            SafetyProfile.REPLAY_SAFE_EXECUTION: Decline(
                "fired is marked with what it did: a second firing finds it shut"
            ),
            SafetyProfile.BOUNDED_RETRY: Decline(
                "one that fails is tried each minute and shown to the operators: a household's time is not given up"
            ),
        },
    ),
    retention=retention,
    snapshot=snapshot,
    handoffs=(
        HandoffHistory(
            name="a tick",
            arrange=late_village,
            transition=lambda late: deadlines.fire_due(timezone.now()),
            observe=happened,
        ),
    ),
    handoff_delivery=Queue("deadlines", recover=lambda: deadlines.fire_due(timezone.now())),
    extras=(
        *one_by_one(
            sweep,
            assert_oldest_work_is_recovered_first,
            assert_selection_is_index_served,
            assert_selection_does_not_read_the_replica,
        ),
        ExtraProof(name="one that breaks stops no other", run=one_that_breaks),
    ),
)


@due_work_contract_suite(DEADLINES)
class TestDeadlinesDueWork:
    """Generated from the contract above."""
