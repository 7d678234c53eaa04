"""What waits is sent once; what fails is tried again, then given up where everybody sees it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import sending
from notifications.channels.base import AddressError, SendError
from notifications.models import Channel, Delivery, Topic
from tests import people
from tests.notifications.made import message, out, with_phone
from tests.people import NOON
from tests.real_transactions import at_once

State = Delivery.State
SMS = Channel.SMS


@pytest.fixture
def wang(world, senders):
    return with_phone(world.wang)


class TestOneMessage:
    def test_wang_gets_its_short_words_by_sms(self, world, wang, senders):
        told = message(world.village, wang, home=world.wang_home)
        assert sending.send_due(NOON) == 1
        [letter] = senders[SMS].letters
        assert (letter.to, letter.text) == ("13800000001", told.short)
        assert letter.reference == str(out(told).key)
        assert (out(told).state, out(told).reference, out(told).done_at) == (State.SENT, "no-1", NOON)

    def test_nothing_goes_out_twice(self, world, wang, senders):
        message(world.village, wang, home=world.wang_home)
        sending.send_due(NOON)
        assert sending.send_due(NOON + timedelta(days=1)) == 0
        assert len(senders[SMS].letters) == 1

    def test_at_night_it_waits_for_the_morning(self, world, wang, senders):
        night = NOON.replace(hour=23)
        told = message(world.village, wang, home=world.wang_home, at=night)
        assert sending.send_due(night) == 0
        assert timezone.localtime(out(told).due_at) == NOON.replace(hour=7) + timedelta(days=1)
        assert sending.send_due(NOON + timedelta(days=1)) == 1

    def test_what_was_read_meanwhile_is_not_sent_but_a_household_is_told_anyway(self, world, wang, senders):
        notice = message(world.village, wang, topic=Topic.WORK)
        home = message(world.village, wang, home=world.wang_home)
        for each in (notice, home):
            each.read_at = NOON
            each.save()
        assert sending.send_due(NOON + timedelta(days=1)) == 1
        assert (out(notice).state, out(home).state) == (State.DROPPED, State.SENT)

    def test_nobody_writes_to_a_closed_account(self, world, wang, senders):
        told = message(world.village, wang, home=world.wang_home)
        wang.is_active = False
        wang.save()
        sending.send_due(NOON)
        assert (out(told).state, senders[SMS].letters) == (State.DROPPED, [])


class TestTheDigest:
    def test_all_that_is_due_leaves_as_one_letter(self, world, senders):
        li = with_phone(world.li)
        told = [message(world.village, li, topic=Topic.WORK, title=f"第{n}件事") for n in range(5)]
        assert sending.send_due(NOON, limit=1) == 0  # not before eight in the morning
        assert sending.send_due(NOON + timedelta(days=1), limit=1) == 5
        [letter] = senders[SMS].letters
        assert "5件" in letter.text
        assert len(letter.text) <= 70
        assert letter.template == "digest"
        assert {out(each).state for each in told} == {State.SENT}

    def test_two_people_get_two(self, world, senders):
        for user, number in ((world.li, "13800000001"), (world.zhou, "13800000002")):
            message(world.village, with_phone(user, number), topic=Topic.WORK)
        sending.send_due(NOON + timedelta(days=1))
        assert sorted(letter.to for letter in senders[SMS].letters) == ["13800000001", "13800000002"]

    def test_one_alone_says_what_it_is(self, world, senders):
        told = message(world.village, with_phone(world.li), topic=Topic.WORK)
        sending.send_due(NOON + timedelta(days=1))
        assert senders[SMS].letters[0].text == told.short


class TestFailure:
    def test_it_is_tried_again_later_and_later_and_then_given_up(self, world, wang, senders):
        told, at, waits = message(world.village, wang, home=world.wang_home), NOON, []
        senders[SMS].fails = [SendError("busy")] * 6
        for _ in range(5):
            sending.send_due(at)
            assert out(told).state == State.WAITING
            waits.append(out(told).due_at - at)
            at = out(told).due_at
        assert waits[:3] == [timedelta(minutes=n) for n in (1, 5, 30)]
        sending.send_due(at)
        assert (out(told).state, out(told).tries) == (State.FAILED, 6)
        assert "13800000001" not in out(told).error

    def test_what_no_try_can_mend_is_given_up_at_once(self, world, wang, senders):
        told = message(world.village, wang, home=world.wang_home)
        senders[SMS].fails = [AddressError("no such number")]
        sending.send_due(NOON)
        assert (out(told).state, out(told).tries) == (State.FAILED, 1)

    def test_then_the_household_is_told_on_paper(self, world, wang, senders):
        told = message(world.village, wang, home=world.wang_home)
        senders[SMS].fails = [AddressError]
        sending.send_due(NOON)
        assert out(told, Channel.SLIP).state == State.WAITING

    def test_but_not_when_another_way_worked_nor_for_work(self, world, wang, senders):
        told = message(world.village, wang, home=world.wang_home)
        Delivery.objects.create(
            village=world.village, message=told, channel=Channel.EMAIL, state=State.SENT, due_at=NOON
        )
        work = message(world.village, with_phone(world.li, "13800000002"), topic=Topic.WORK)
        senders[SMS].fails = [AddressError, AddressError]
        sending.send_due(NOON + timedelta(days=1))
        assert (out(told).state, out(work).state) == (State.FAILED, State.FAILED)
        assert not Delivery.objects.filter(channel=Channel.SLIP).exists()

    def test_one_that_breaks_does_not_stop_the_next(self, world, wang, senders):
        first = message(world.village, wang, home=world.wang_home)
        second = message(world.village, wang, home=world.wang_home)
        senders[SMS].fails = [ZeroDivisionError()]
        assert sending.send_due(NOON) == 1
        assert [out(first).state, out(second).state] == [State.WAITING, State.SENT]

    def test_a_phone_taken_away_meanwhile_is_no_address(self, world, wang, senders):
        told = message(world.village, wang, home=world.wang_home)
        wang.phone_verified = False
        wang.save()
        sending.send_due(NOON)
        assert out(told).state == State.FAILED

    def test_what_was_given_up_goes_again_when_an_operator_says_so(self, world, wang, senders):
        told = message(world.village, wang, home=world.wang_home)
        senders[SMS].fails = [AddressError]
        sending.send_due(NOON)
        assert sending.due_again(out(told), at=NOON)
        assert not sending.due_again(out(told), at=NOON)
        assert sending.send_due(NOON) == 1
        assert out(told).state == State.SENT


class TestAWorkerThatDies:
    def test_what_it_claimed_is_taken_over_after_ten_minutes_under_the_same_reference(
        self, world, wang, senders
    ):
        told = message(world.village, wang, home=world.wang_home)
        sending._claim(NOON, 10)  # and then it is killed
        assert sending.send_due(NOON + timedelta(minutes=9)) == 0
        assert sending.send_due(NOON + timedelta(minutes=11)) == 1
        assert senders[SMS].letters[0].reference == str(out(told).key)


class TestAWorkerThatIsSlow:
    """A provider took eleven minutes over the first letter, and another worker began meanwhile."""

    @pytest.fixture
    def told(self, world, wang):
        return [message(world.village, wang, home=world.wang_home) for _ in range(3)]

    @pytest.fixture
    def eleven_minutes(self, monkeypatch, senders, told):
        """What the other worker does while the first one waits, and how the first one's letter ends."""
        clock, sms, later = [0.0], senders[SMS], NOON + timedelta(minutes=11)
        monkeypatch.setattr(sending, "monotonic", lambda: clock[0])

        def slow(meanwhile, ends=None):
            send = sms.send

            def wait(letter):
                clock[0] += 660
                sms.send = send
                meanwhile(later)
                if ends:
                    raise ends
                return send(letter)

            sms.send = wait

        return slow

    def test_it_leaves_the_rest_of_its_letters_to_the_other(self, told, senders, eleven_minutes):
        eleven_minutes(sending.send_due)
        assert sending.send_due(NOON) == 1
        sent = [letter.reference for letter in senders[SMS].letters]
        assert [sent.count(str(out(each).key)) for each in told] == [2, 1, 1]

    def test_it_goes_on_when_nobody_took_over(self, told, senders, eleven_minutes):
        eleven_minutes(lambda later: None)
        assert sending.send_due(NOON) == 3
        assert sending.send_due(NOON + timedelta(minutes=12)) == 0
        assert len(senders[SMS].letters) == 3

    @pytest.mark.parametrize("ends", [SendError("busy"), AddressError("no such number")])
    def test_its_failure_undoes_nothing_of_what_the_other_is_doing(self, told, eleven_minutes, ends):
        eleven_minutes(lambda later: sending._claim(later, 10), ends)
        sending.send_due(NOON)
        assert {out(each).state for each in told} == {State.SENDING}
        assert not Delivery.objects.filter(channel=Channel.SLIP).exists()
        assert sending.send_due(NOON + timedelta(minutes=12)) == 0


@pytest.mark.postgres
def test_two_workers_send_each_letter_once(real_transactions, senders):
    world = people.build()
    wang = with_phone(world.wang)
    for _ in range(40):
        message(world.village, wang, home=world.wang_home)

    def work():
        return sum(sending.send_due(NOON, limit=5) for _ in range(12))

    sent = at_once([work, work, work])
    assert all(isinstance(n, int) for n in sent), sent
    assert sum(sent) == 40
    references = [letter.reference for letter in senders[SMS].letters]
    assert len(references) == len(set(references)) == 40
