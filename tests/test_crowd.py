"""The walk by two at once: on PostgreSQL, with real threads and commits, everything still holds after each pair.

CROWD_STEPS says how many pairs act. None do when it is not set: who comes first is chance, so a failure could not be
repeated by who reads of it. CROWD_SEED chooses who they are and what they try.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

from tests.walk.crowd import Crowd
from tests.walk.everything import ACTS, PASSING, Everything

pytestmark = pytest.mark.postgres
STEPS = int(os.environ.get("CROWD_STEPS", "0"))
SEED = int(os.environ.get("CROWD_SEED") or Random().randrange(10**9))
EACH = list(dict.fromkeys(ACTS))  # what is rare as often as what is not
WAITS = 0.15  # how often time passes instead


@pytest.mark.skipif(not STEPS, reason="runs by `make crowd`")
def test_whoever_acts_beside_whom_the_village_stays_in_order(transactional_db):
    village = Crowd()
    everything = Everything(village)
    print(f"CROWD_SEED={SEED} CROWD_STEPS={STEPS}")
    for step in range(STEPS):
        village.dice = Random(f"{SEED}/{step}")
        if village.dice.random() < WAITS:
            village.dice.choice(PASSING)(village)
        else:
            village.together(village.dice.choice([ACTS, EACH]))
        everything.check()
    assert village.waited == [], Counter(village.waited)
