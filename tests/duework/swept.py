"""Sweeps that take all they find: evidence that beat runs them, and the proofs of profile A that hold without a page."""

from collections.abc import Callable

from due_work_harness import DueWorkSweep, ExtraProof
from due_work_harness.profiles.automatic_recovery import (
    assert_outstanding_work_is_observable,
    assert_recovers_stranded_work,
    assert_selection_is_stable,
    assert_sweep_bindings_are_production_bound,
    assert_terminal_rows_are_never_selected,
    assert_the_adapter_does_not_author_the_selection,
    assert_the_adapter_does_not_author_the_tick,
    assert_the_tick_is_actually_scheduled,
)

from config.celery import app

WITHOUT_A_PAGE = (
    "a tick takes all it finds, on purpose: each piece is a transaction of its own, two ticks at once harm nobody, and "
    "behind a page something would wait for what fails again and again before it. Every other proof of the profile is "
    "run one by one, below"
)
PROOFS = (
    assert_the_adapter_does_not_author_the_selection,
    assert_the_adapter_does_not_author_the_tick,
    assert_sweep_bindings_are_production_bound,
    assert_recovers_stranded_work,
    assert_terminal_rows_are_never_selected,
    assert_selection_is_stable,
    assert_the_tick_is_actually_scheduled,
    assert_outstanding_work_is_observable,
)


def swept(name: str) -> Callable[[], None]:
    """Fails when beat does not know the task, or no worker would."""

    def check() -> None:
        app.loader.import_default_modules()
        assert name in {entry["task"] for entry in app.conf.beat_schedule.values()}
        assert name in app.tasks

    return check


def one_by_one(sweep: Callable[[], DueWorkSweep], *more: Callable) -> tuple[ExtraProof, ...]:
    """The proofs that hold for a sweep without a page, and those of `more`."""
    return tuple(ExtraProof(name=proof.__name__, run=_applied(proof, sweep)) for proof in (*PROOFS, *more))


def _applied(proof: Callable, sweep: Callable[[], DueWorkSweep]) -> Callable[[], None]:
    def run() -> None:
        # ARRANGE: as the sweep makes what is owed
        # REAL PRODUCTION: the sweep's selection and tick
        # EXTERNAL SEAM: as the sweep says
        # OBSERVE: by the proof
        proof(sweep())

    return run
