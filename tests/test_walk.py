"""A random walk of everybody through months and quarters; what must hold is checked after every step.

WALK_STEPS sets how many steps there are in all (300 when it is not set), WALK_PARTS into how many walks they are
split, to run side by side; WALK_SEED repeats them.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed
from hypothesis import settings as Settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.walk import chance
from tests.walk.everything import ACTS, PASSING, Everything
from tests.walk.village import Village

STEPS = int(os.environ.get("WALK_STEPS", "300"))
SEED = int(
    os.environ.get("WALK_SEED") or (0 if "WALK_STEPS" not in os.environ else Random().randrange(10**9))
)
PARTS = int(os.environ.get("WALK_PARTS", "1"))
A_WALK = 500  # steps of one walk at most: half a year or so
VERBS = ACTS + PASSING


class Walk(RuleBasedStateMachine):
    """One walk in a transaction of its own, taken back at its end."""

    def __init__(self):
        super().__init__()
        self.steps = 0
        self.around = ExitStack()
        self.around.enter_context(chance.out_of(SEED))
        self.around.enter_context(transaction.atomic())
        self.village = Village()
        self.everything = Everything(self.village)

    @rule(dice=st.integers(0, 2**20))
    def act(self, dice):
        """Somebody acts; where there is nothing to act on, somebody else does something else."""
        # The seed and the step's number count too: hypothesis begins with a walk of nothing but zeros.
        self.steps += 1
        self.village.dice = Random(f"{SEED}/{dice}/{self.steps}")
        tried = self.village.tried
        while self.village.tried == tried:
            self.village.dice.choice(VERBS)(self.village)

    @invariant()
    def everything_holds(self):
        """Whatever must hold."""
        self.everything.check()

    def teardown(self):
        """Forget the walk."""
        transaction.set_rollback(True)
        self.around.close()


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.django_db
def test_whatever_anybody_does_the_village_stays_in_order(part):
    print(f"WALK_SEED={SEED} WALK_STEPS={STEPS} WALK_PARTS={PARTS}")
    run_state_machine_as_test(seed(SEED + part)(Walk), settings=_how_far(STEPS // PARTS))


def _how_far(steps: int) -> Settings:
    return Settings(
        max_examples=max(1, steps // A_WALK), stateful_step_count=min(steps, A_WALK), deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=True,
    )  # fmt: skip
