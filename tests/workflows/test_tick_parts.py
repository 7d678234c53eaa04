"""One part of a tick that fails stops no other: a month that cannot be opened, a deadline, the signing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance import deadlines
from governance.models import Deadline, Policy, Rulebook
from tests import people
from workflows import rounds, tasks, ticker
from workflows.models import Round


@pytest.fixture
def two_villages(world, monkeypatch):
    """Both let the calendar open their months; in the first it breaks."""
    book = people.rulebook(world.elsewhere)
    people.rules(book)
    Rulebook.objects.update(starts_quarter="2025Q1")
    people.link(people.person("桃党员", "rater", world.elsewhere), world.elsewhere_home)
    Policy.objects.create(name="round_opens_day", value=1, starts=people.LONG_AGO)
    make = rounds._make_sheets

    def breaks(round, **who):
        if round.village == world.village:
            raise OSError("the disk is full")
        return make(round, **who)

    monkeypatch.setattr(rounds, "_make_sheets", breaks)
    return world


def test_one_village_that_fails_stops_no_other_and_no_deadline_and_no_signing(two_villages, monkeypatch):
    world, fired = two_villages, []
    monkeypatch.setitem(deadlines.HANDLERS, "test.due", lambda about_id, at: fired.append(about_id))
    past = timezone.now() - timedelta(hours=1)
    deadlines.set_deadline("test.due", about=world.village, village=world.village, due=past)
    with pytest.raises(ExceptionGroup):
        tasks.tick()
    assert [round.village for round in Round.objects.all()] == [world.elsewhere]
    assert fired == [world.village.pk]
    assert Deadline.objects.get(kind="test.due").fired_at


def test_the_next_tick_opens_what_failed(two_villages, monkeypatch):
    with pytest.raises(ExceptionGroup):
        tasks.tick()
    monkeypatch.undo()
    tasks.tick()
    assert Round.objects.count() == 2


def test_what_layers_above_do_at_a_tick_each_goes_on_by_itself(monkeypatch, caplog):
    done = []
    monkeypatch.setattr(ticker, "tick", lambda: 1 / 0)
    monkeypatch.setattr(ticker, "ALSO", [lambda at: 1 / 0, done.append])
    ticker._tick()
    assert len(done) == 1
    assert caplog.text.count("下一轮再办") == 2
