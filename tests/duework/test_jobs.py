"""Long work goes on after its worker: taken over, done once, kept for seven days (governance/jobs)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import Storage, default_storage
from django.db import transaction
from django.utils import timezone
from due_work_harness import (
    Claim,
    Decline,
    DueWorkContract,
    DueWorkSweep,
    ExternalCall,
    FencedOwnership,
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
    assert_selection_cost_does_not_grow_with_the_history,
    assert_selection_does_not_read_the_replica,
)

from governance import jobs, tasks
from governance.jobs import running
from governance.models import Job
from operations.metrics import domain
from tests.duework import counting
from tests.duework.counting import told, wanted
from tests.duework.queue import Queue
from tests.duework.swept import WITHOUT_A_PAGE, one_by_one, swept

pytestmark = pytest.mark.postgres
State = Job.State
OLD = jobs.KEPT + timedelta(hours=1)


def over(age: timedelta = timedelta()) -> list[Job]:
    """One that was done and one that was not, so long ago."""
    ended = {"finished_at": timezone.now() - age, "says": "数" * 200}
    return [wanted(age, state=state, **ended) for state in (State.DONE, State.FAILED)]


def reads_no_history(sweep: DueWorkSweep) -> None:
    """The index itself holds the few that are open, so it is read whole: measured, since a plan does not tell."""
    assert_selection_cost_does_not_grow_with_the_history(sweep, history_rows=300)


def _open_by_the_metrics() -> float:
    [found] = domain.jobs(timezone.now())
    return sum(each.value for each in found.samples if each.labels["state"] in Job.OPEN)


def sweep() -> DueWorkSweep:
    """The minute's look for what no worker heard of, or died over."""
    return DueWorkSweep(
        name="jobs",
        due_work=lambda: jobs.unheard(timezone.now()),
        run_tick=lambda: tasks.sweep_jobs(),
        make_owed=wanted,
        make_terminal=over,
        recovery_delay=jobs.UNHEARD,
        page_size=None,
        assert_scheduled=swept("governance.sweep_jobs"),
        observe_outstanding=_open_by_the_metrics,
    )


def _claim():
    for key in running.waiting(timezone.now()):
        if job := running.claim(key, timezone.now()):
            return job.pk, job.claim
    return None


def _in_hand(pk, claim) -> Job:
    """What a worker holds that claimed it."""
    job = Job.objects.get(pk=pk)
    job.claim = claim
    return job


def _silent(pk) -> None:
    Job.objects.filter(pk=pk).update(beat_at=timezone.now() - running.STALE - timedelta(seconds=1))


def _keeps(pk, claim, **values) -> bool:
    return running._keep(_in_hand(pk, claim), **values)


def ownership() -> FencedOwnership:
    """A minute of silence, and the job is somebody else's; who lost it changes nothing."""
    return FencedOwnership(
        name="jobs",
        # ARRANGE
        make_claimable=wanted,
        expire_lease=_silent,
        # REAL PRODUCTION: no reaper: what fell silent is waiting again, and claimed like anything else
        claim=_claim,
        fenced_write=lambda pk, claim: _keeps(pk, claim, done=1, total=3, says="数了1"),
        other_fenced_writes={
            "done": lambda pk, claim: _keeps(pk, claim, state=State.DONE, finished_at=timezone.now()),
            "failed": lambda pk, claim: _keeps(pk, claim, state=State.FAILED, finished_at=timezone.now()),
        },
        renew_lease=lambda pk, claim: _keeps(pk, claim, beat_at=timezone.now()),
        reclaim_stalled=lambda pk: next((pk for row in jobs.unheard(timezone.now()) if row.pk == pk), None),
        # EXTERNAL SEAM: none
        # OBSERVE
        observe=lambda pk: Job.objects.values_list("state", "done", "beat_at", "claim", "says").get(pk=pk),
    )


def snapshot() -> SupersededSnapshot:
    """A worker that comes back after a minute of silence, when another has taken its job over."""
    # ARRANGE
    job = wanted()

    def takes_over():
        with time_machine.travel(timezone.now() + running.STALE + timedelta(seconds=1), tick=False):
            running.run(job.key, is_beating=False)

    return SupersededSnapshot(
        name="jobs",
        # REAL PRODUCTION
        take_snapshot=lambda: running.claim(job.key, timezone.now()),
        supersede=takes_over,
        run_with_snapshot=lambda claimed: list(running.advance(claimed)),
        # EXTERNAL SEAM: files lie in the test's folder
        # OBSERVE
        observe=lambda: (told(job), len(_files())),
    )


def _files() -> list[str]:
    return default_storage.listdir("jobs")[1] if default_storage.exists("jobs") else []


def retention() -> Retention:
    """What ended a week ago goes; what is still to be done stays, however old."""
    return Retention(
        name="jobs",
        # ARRANGE
        make_non_terminal=lambda: wanted(OLD, state=State.RUNNING, beat_at=timezone.now()).pk,
        make_prunable=lambda: over(OLD)[0].pk,
        # REAL PRODUCTION
        run_retention=lambda: tasks.sweep_jobs(),
        # EXTERNAL SEAM: none
        # OBSERVE
        still_exists=lambda pk: Job.objects.filter(pk=pk).exists(),
    )


def _asks(about: Job) -> Job:
    """Somebody asks for a job on a page: one transaction."""
    with transaction.atomic():
        return jobs.start(kind=counting.NAME, about=about.about, by=about.by, at=timezone.now())


def _asked(about: Job) -> list[tuple]:
    """What became of the jobs that were asked for in its place."""
    return [told(job) for job in Job.objects.filter(about=about.about).exclude(pk=about.pk)]


def _later() -> None:
    """Beat, once a job is overdue for its worker; what it hands on is done by a worker that lives."""
    with time_machine.travel(timezone.now() + running.STALE + timedelta(seconds=1), tick=False):
        for job in jobs.unheard(timezone.now()):
            tasks.run_job(str(job.key))


JOBS = DueWorkContract(
    name="jobs",
    profiles={
        Profile.A: Decline(WITHOUT_A_PAGE),
        Profile.B: Claim(),
        Profile.C: NotApplicable(
            "a job calls nobody outside; its file is written before its row says it is done"
        ),
        Profile.D: Claim(),
        Profile.E: Claim(),
        Profile.F: Decline("a job is what somebody asked for on a page, and is written with the asking"),
    },
    safety=SafetyContract(
        name="jobs",
        profiles={
            SafetyProfile.REPLAY_SAFE_EXECUTION: Decline(
                "a job that ended is claimed by nobody, so it is not replayed"
            ),
            SafetyProfile.BOUNDED_RETRY: NotApplicable(
                "one that fails is not tried again by itself; one whose workers die is given up at the fourth"
            ),
        },
    ),
    ownership=ownership,
    retention=retention,
    snapshot=snapshot,
    handoffs=(
        HandoffHistory(
            name="a job is asked for", arrange=lambda: over()[0], transition=_asks, observe=_asked
        ),
        HandoffHistory(
            name="a job is done",
            arrange=wanted,
            transition=lambda job: tasks.run_job(str(job.key)),
            observe=told,
            external_calls=(ExternalCall(Storage, "save"),),
        ),
    ),
    handoff_delivery=Queue("jobs", recover=_later),
    extras=one_by_one(
        sweep,
        assert_oldest_work_is_recovered_first,
        reads_no_history,
        assert_selection_does_not_read_the_replica,
    ),
)


@due_work_contract_suite(JOBS)
class TestJobsDueWork:
    """Generated from the contract above."""
