"""How somebody is told: what is taken for granted, what they may choose, and when it goes out."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from governance.refusals import Invalid, Refused
from notifications import preferences
from notifications.models import Preference
from tests.notifications.made import with_phone
from tests.people import NOON

DAY = {"quiet_from": time(21), "quiet_to": time(7), "digest_at": time(8)}


def choose(user, channels, by=None, **changed):
    return preferences.change(user=user, by=by or user, at=NOON, channels=channels, **{**DAY, **changed})


def hour(at) -> str:
    return timezone.localtime(at).strftime("%d %H:%M")


class TestChoosing:
    def test_wang_turns_sms_off_for_his_household(self, world, senders):
        row = choose(with_phone(world.wang), {"work": ["sms"]})
        assert preferences.channels(row, "home") == []
        assert preferences.channels(row, "work") == ["sms"]

    def test_who_chose_nothing_gets_what_is_taken_for_granted(self, world):
        assert [preferences.channels(None, topic) for topic in ("home", "work", "notice")] == [
            ["sms"],
            ["sms"],
            [],
        ]

    def test_a_way_without_an_address_is_refused_with_what_to_do(self, world, senders):
        with pytest.raises(Invalid) as refused:
            choose(world.wang, {"home": ["email"]})
        assert "邮箱" in refused.value.errors["home"]

    def test_a_way_this_place_does_not_have_is_refused(self, world, nobody_sends):
        with pytest.raises(Invalid) as refused:
            choose(with_phone(world.wang), {"notice": ["sms"]})
        assert "还没有开通" in refused.value.errors["notice"]

    def test_nobody_chooses_for_somebody_else(self, world, senders):
        with pytest.raises(Refused):
            choose(world.wang, {}, by=world.clerk)

    def test_the_digest_is_not_in_the_quiet_hours(self, world, senders):
        with pytest.raises(Invalid):
            choose(world.wang, {}, digest_at=time(22))

    def test_changing_twice_keeps_one_row_and_the_addresses(self, world, senders):
        row = choose(world.wang, {})
        row.email = "wang@example.com"
        row.save()
        choose(world.wang, {"home": ["email"]})
        assert Preference.objects.get().email == "wang@example.com"


class TestWhen:
    def test_at_once_by_day_and_after_the_quiet_hours_by_night(self):
        assert preferences.due_at(None, NOON, is_urgent=True) == NOON
        late, early = NOON.replace(hour=23), NOON.replace(hour=3)
        assert hour(preferences.due_at(None, late, is_urgent=True)) == "17 07:00"
        assert hour(preferences.due_at(None, early, is_urgent=True)) == "16 07:00"

    def test_the_rest_at_the_next_hour_of_the_digest(self):
        assert hour(preferences.due_at(None, NOON, is_urgent=False)) == "17 08:00"
        assert hour(preferences.due_at(None, NOON.replace(hour=6), is_urgent=False)) == "16 08:00"

    def test_ones_own_hours(self):
        mine = Preference(quiet_from=time(12), quiet_to=time(14), digest_at=time(18))
        assert hour(preferences.due_at(mine, NOON, is_urgent=True)) == "16 14:00"
        assert hour(preferences.due_at(mine, NOON, is_urgent=False)) == "16 18:00"
        assert preferences.due_at(mine, NOON + timedelta(hours=11), is_urgent=True) == NOON + timedelta(
            hours=11
        )

    def test_from_and_to_the_same_means_none(self):
        none = Preference(quiet_from=time(0), quiet_to=time(0))
        assert not preferences.in_quiet(none, time(0))
