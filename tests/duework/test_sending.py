"""A letter leaves the house: claimed, handed over, marked (notifications/sending.py)."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from unittest import mock

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from due_work_harness import (
    Adoption,
    BoundedRetry,
    Claim,
    ConvergentWrite,
    Decline,
    DueWorkContract,
    DueWorkSweep,
    ExternalCall,
    FencedOwnership,
    Findings,
    HandoffHistory,
    InFlightExecution,
    KnownGap,
    NotApplicable,
    Profile,
    SafetyContract,
    SafetyProfile,
    due_work_contract_suite,
)

from notifications import sending, tasks
from notifications.channels.base import SendError
from notifications.models import Delivery
from operations.metrics import domain
from tests.duework import post
from tests.duework.post import OFFICE, State
from tests.duework.queue import Queue
from tests.duework.swept import swept

pytestmark = pytest.mark.postgres
AT_ONCE = 5  # production takes 2000 a run, in lots of 100


def _sweep_again() -> int:
    """Beat, once a dead worker's claim has run out."""
    with time_machine.travel(timezone.now() + sending.LOST + timedelta(minutes=1), tick=False):
        return tasks.send()


@contextmanager
def _holding():
    """The office takes a letter and does not answer until told to."""
    took, answer, send = Event(), Event(), OFFICE.send

    def slow(letter):
        number = send(letter)
        took.set()
        answer.wait(20)
        return number

    with mock.patch.object(OFFICE, "send", slow):
        yield took, answer


@contextmanager
def _in_flight(delivery, tick):
    def work():
        try:
            tick()
        finally:
            connections.close_all()

    with _holding() as (took, answer):
        worker = Thread(target=work)
        worker.start()
        assert took.wait(20)
        try:
            yield
        finally:
            answer.set()
            worker.join()


def _waiting_by_the_metrics() -> float:
    [counts, _] = domain.deliveries(timezone.now())
    return sum(each.value for each in counts.samples if each.labels["state"] == "waiting")


@contextmanager
def sweep():
    """What waits is found and sent by the sweep alone."""
    with mock.patch.multiple(tasks, LETTERS_AT_ONCE=AT_ONCE, LETTERS_A_RUN=AT_ONCE):
        yield DueWorkSweep(
            name="letters",
            # ARRANGE: rows as the relay writes them
            make_owed=post.letter,
            make_terminal=post.settled,
            # REAL PRODUCTION: the selection and the task that beat starts
            due_work=lambda: sending.waiting(timezone.now()),
            run_tick=lambda: tasks.send(),
            page_size=AT_ONCE,
            recovery_delay=timedelta(),
            assert_scheduled=swept("notifications.send"),
            # EXTERNAL SEAM: the office takes letters instead of a provider
            dispatched_ids=lambda: [letter.reference for letter in OFFICE.letters],
            identity_of=lambda delivery: str(delivery.key),
            in_flight=InFlightExecution(
                make_owed=post.letter, start=_in_flight, execution_count_for=post.taken
            ),
            # OBSERVE: the gauge an operator sees
            observe_outstanding=_waiting_by_the_metrics,
        )


def _claim():
    rows = sending._claim(timezone.now(), 1)
    return (rows[0].pk, rows[0].claim) if rows else None


def _by_slow_worker(pk, claim) -> list[Delivery]:
    """What a worker has in hand that claimed it longer ago than a claim lasts."""
    row = Delivery.objects.select_related("message").get(pk=pk)
    row.claim, row.claimed_at = claim, timezone.now() - sending.LOST
    return [row]


def _lapse(pk) -> None:
    Delivery.objects.filter(pk=pk).update(claimed_at=timezone.now() - sending.LOST - timedelta(seconds=1))


def ownership() -> FencedOwnership:
    """Ten minutes of one worker's, renewed before each letter; who lost it notes nothing any more."""
    return FencedOwnership(
        name="letters",
        # ARRANGE
        make_claimable=post.letter,
        expire_lease=_lapse,
        # REAL PRODUCTION: no reaper: what lapsed is in the selection again, and claimed like anything else
        claim=_claim,
        fenced_write=lambda pk, claim: sending._again(
            _by_slow_worker(pk, claim), None, SendError("busy"), timezone.now()
        ),
        other_fenced_writes={
            "give up": lambda pk, claim: sending.give_up(
                _by_slow_worker(pk, claim), SendError("busy"), timezone.now()
            )
        },
        renew_lease=lambda pk, claim: sending.keep(_by_slow_worker(pk, claim), timezone.now()),
        reclaim_stalled=lambda pk: next(
            (pk for row in sending.waiting(timezone.now()) if row.pk == pk), None
        ),
        # EXTERNAL SEAM: none, nothing is sent here
        # OBSERVE
        observe=lambda pk: Delivery.objects.values_list("state", "due_at", "claimed_at", "claim").get(pk=pk),
    )


def _stand(pk):
    return Delivery.objects.values_list("pk", "state", "reference").get(pk=pk)


def _left(stand):
    """A worker, whichever, says that the letter left."""
    sending._mark(
        [Delivery.objects.get(pk=stand[0])], state=State.SENT, done_at=timezone.now(), reference="no-2"
    )
    return _stand(stand[0])


def convergence() -> ConvergentWrite:
    """What left has left, whoever says something else later."""
    return ConvergentWrite(
        name="letters",
        # ARRANGE
        settled_state=lambda: _stand(post.letter(state=State.SENT, reference="no-1").pk),
        unsettled_state=lambda: _stand(post.letter(state=State.SENDING).pk),
        # REAL PRODUCTION
        apply_evidence=_left,
        # EXTERNAL SEAM: none, the provider's answer is the evidence
        # OBSERVE
        is_settled=lambda stand: stand[1] == State.SENT,
    )


@contextmanager
def retry():
    """A provider that is busy is asked six times, then the letter is given up."""
    asked = []

    def busy(letter):
        asked.append(letter.reference)
        raise SendError("busy")

    # EXTERNAL SEAM
    with mock.patch.object(OFFICE, "send", busy):
        yield BoundedRetry(
            name="letters",
            max_executions=len(sending.BACKOFF) + 1,
            # ARRANGE
            make_failing=post.letter,
            advance_to_due=lambda row: Delivery.objects.filter(pk=row.pk).update(due_at=timezone.now()),
            # REAL PRODUCTION
            due_work=lambda: sending.waiting(timezone.now()),
            run_once=lambda row: tasks.send(),
            # OBSERVE
            is_terminal=lambda row: _stand(row.pk)[1] == State.FAILED,
            failure_attempt_count=lambda row: asked.count(str(row.key)),
            observe=lambda row: Delivery.objects.values_list("state", "tries", "done_at").get(pk=row.pk),
            identity_of=lambda row: row.pk,
        )


TWICE = "a worker that dies after the provider took a letter cannot say so: it goes again, under the same reference"
SENDING = DueWorkContract(
    name="letters",
    adoption=Adoption.LEGACY,
    profiles={
        Profile.A: Claim(),
        Profile.B: Claim(),
        Profile.C: KnownGap(
            f"{TWICE}. No provider used here can be asked by our reference whether it took one, and a villager told "
            "twice is better off than one not told: at least once, on purpose"
        ),
        Profile.D: NotApplicable(
            "no pass deletes deliveries; forgetting a household is an action of a person"
        ),
        Profile.E: Claim(),
        Profile.F: NotApplicable(
            "a delivery is written with its message, in the transaction that read the event"
        ),
    },
    safety=SafetyContract(
        name="letters",
        profiles={
            SafetyProfile.REPLAY_SAFE_EXECUTION: Decline(
                "a letter that was handed over is handed over again by no code of ours; the one way it happens is the "
                "known gap of profile C"
            ),
            SafetyProfile.BOUNDED_RETRY: Claim(),
        },
        retry=retry,
    ),
    sweep=sweep,
    ownership=ownership,
    convergence=convergence,
    handoffs=(
        HandoffHistory(
            name="a letter leaves",
            arrange=post.letter,
            transition=lambda delivery: tasks.send(),
            observe=lambda delivery: (str(_stand(delivery.pk)[1]), post.taken(delivery)),
            external_calls=(ExternalCall(OFFICE, "send"),),
            findings=Findings(("sent", 1), {"worker died after external call 1": ("sent", 2)}),
        ),
    ),
    handoff_delivery=Queue("letters", recover=_sweep_again),
    handoff_gaps={"a letter leaves": TWICE},
)


@due_work_contract_suite(SENDING)
class TestLettersDueWork:
    """Generated from the contract above."""
