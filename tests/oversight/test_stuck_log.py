"""What of a village's log nobody signed for longer than a day, and what the signer refuses."""

from datetime import timedelta

import pytest
from django.apps import apps

from governance.events import record
from oversight.stuck import retrying
from tests.oversight.stuck import source
from tests.people import NOON

HOUR = timedelta(hours=1)


def _table(name):
    try:
        return apps.get_model("transparency", name)
    except LookupError:
        return None


Checkpoint, Problem = _table("Checkpoint"), _table("SigningProblem")
signing = pytest.mark.skipif(Checkpoint is None, reason="nothing is signed in this version")


def said(world, at, name="log"):
    found = source(name)
    rows = found.rows(retrying.places(world.operator, at=at), at=at)
    return [(item.title, item.since) for item in found.items(list(rows))]


def happen(world, at):
    record("test.done", village=world.village, about=world.village, by=None, at=at)


def sign(world, size, at):
    fields = {"village": world.village.code, "size": size, "root": "00", "note": "-", "signed_at": at}
    return Checkpoint.objects.create(**fields, epoch=1)


@pytest.mark.skipif(Checkpoint is not None, reason="here logs are signed")
def test_where_nothing_is_signed_nothing_is_said_about_it(world):
    happen(world, NOON - 48 * HOUR)
    assert said(world, NOON) == []
    assert not source("log").is_watched


@signing
def test_leaves_that_wait_longer_than_a_day_are_shown_with_when_it_was_signed_last(world):
    happen(world, NOON - 72 * HOUR)
    sign(world, 1, NOON - 70 * HOUR)
    happen(world, NOON - 30 * HOUR)
    happen(world, NOON - HOUR)
    assert said(world, NOON) == [("有2条记录没签，上次签是11月13日14:00", NOON - 30 * HOUR)]


@signing
def test_a_quiet_village_whose_newest_leaf_is_fresh_is_not_late(world):
    happen(world, NOON - 720 * HOUR)
    sign(world, 1, NOON - 719 * HOUR)
    assert said(world, NOON) == []
    happen(world, NOON - HOUR)
    assert said(world, NOON) == []


@signing
def test_a_log_that_was_never_signed_says_so(world):
    happen(world, NOON - 30 * HOUR)
    assert said(world, NOON) == [("有1条记录没签，从来没签过", NOON - 30 * HOUR)]


@signing
def test_what_the_signer_refuses_is_shown_until_it_signs_again(world):
    refused = Problem.objects.create(
        village=world.village.code, says="对不上", since=NOON - 5 * HOUR, last_at=NOON
    )
    assert said(world, NOON, "signing") == [("签名的程序不肯签", NOON - 5 * HOUR)]
    refused.solved_at = NOON
    refused.save()
    assert said(world, NOON, "signing") == []
