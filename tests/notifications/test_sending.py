"""What waits is sent once; what fails is tried again, then given up where everybody sees it."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from governance import consents, members
from governance.models import Event
from notifications import addresses, inbox, preferences, sending, trial
from notifications.channels.base import AddressError, SendError
from notifications.models import Channel, Delivery, Topic
from tests import people
from tests.appeals.cases import Case
from tests.notifications.made import message, out, with_phone
from tests.people import NOON
from tests.published import posted
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


class TestWhatChangedMeanwhile:
    """Queued at eleven in the evening, to go out at seven."""

    NIGHT, MORNING = NOON.replace(hour=23), NOON.replace(hour=7) + timedelta(days=1)

    @pytest.fixture
    def told(self, world, wang):
        return message(world.village, wang, home=world.wang_home, at=self.NIGHT)

    def choose(self, user, *home: str, **hours) -> None:
        hours = {"quiet_from": time(21), "quiet_to": time(7), "digest_at": time(12)} | hours
        preferences.change(user=user, by=user, at=self.NIGHT, channels={"home": home}, **hours)

    def ways(self, told) -> dict:
        return dict(told.deliveries.exclude(channel=Channel.INBOX).values_list("channel", "state"))

    def test_a_way_that_was_switched_off_is_not_taken(self, wang, told, senders):
        self.choose(wang)
        assert sending.send_due(self.MORNING) == 0
        assert self.ways(told) == {SMS: State.DROPPED}

    def test_the_way_chosen_instead_is(self, wang, told, senders):
        addresses.bind(channel=Channel.EMAIL, address="wang@example.com", by=wang, at=self.NIGHT)
        self.choose(wang, Channel.EMAIL)
        sending.send_due(self.MORNING)
        assert sending.send_due(self.MORNING) == 1
        assert self.ways(told) == {SMS: State.DROPPED, Channel.EMAIL: State.SENT}

    def test_an_address_its_owner_took_away_is_nobodys_failure_and_paper_goes_instead(self, wang, told):
        wang.phone_verified = False
        wang.save()
        sending.send_due(self.MORNING)
        assert self.ways(told) == {SMS: State.DROPPED, Channel.SLIP: State.WAITING}

    def test_quiet_hours_that_were_moved_are_kept(self, wang, told, senders):
        self.choose(wang, SMS, quiet_to=time(10))
        assert sending.send_due(self.MORNING) == 0
        assert sending.send_due(self.MORNING.replace(hour=10)) == 1

    def test_who_left_the_household_reads_no_more_of_it(self, world, senders):
        mei = with_phone(people.account("王小美"))
        people.consent(member := people.adult(world.wang_home, "王小美", mei))
        told = message(world.village, mei, home=world.wang_home, at=self.NIGHT)
        members.leave(member=member, on=NOON.date(), why="离婚", by=world.clerk, at=NOON)
        assert sending.send_due(self.MORNING) == 0
        assert self.ways(told) == {SMS: State.DROPPED}

    def test_nobody_reads_of_a_household_that_withdrew_but_who_has_a_case_of_it(
        self, world, wang, told, senders
    ):
        case = Case(world, posted(world)).file()
        filed = Event.objects.filter(name="objection.filed").get()
        own = message(
            world.village, wang, home=world.wang_home, at=self.NIGHT, kind="objection.filed.home", event=filed
        )
        consents.withdraw(member=world.head, by=wang, at=NOON)
        assert case.row.for_member.user == wang
        assert sending.send_due(self.MORNING) == 1
        assert (out(told).state, out(own).state) == (State.DROPPED, State.SENT)


class TestTheQuietHours:
    def test_a_backlog_waits_for_the_morning_and_that_is_no_try(self, world, wang, senders):
        told = message(world.village, wang, home=world.wang_home, at=NOON.replace(hour=20, minute=55))
        assert sending.send_due(NOON.replace(hour=23)) == 0
        assert (out(told).state, out(told).tries) == (State.WAITING, 0)
        assert timezone.localtime(out(told).due_at) == NOON.replace(hour=7) + timedelta(days=1)

    def test_so_does_what_an_operator_sends_again(self, world, wang, senders):
        told = message(world.village, wang, home=world.wang_home)
        senders[SMS].fails = [AddressError]
        sending.send_due(NOON)
        sending.due_again(out(told), at=NOON.replace(hour=23))
        assert sending.send_due(NOON.replace(hour=23)) == 0
        assert out(told).state == State.WAITING

    def test_what_somebody_tries_out_goes_at_any_hour_and_read_or_not(self, world, wang, senders):
        trial.send(by=wang, at=NOON.replace(hour=23))
        inbox.mark_all_read(by=wang, at=NOON.replace(hour=23))
        assert sending.send_due(NOON.replace(hour=23)) == 1


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
def test_two_workers_send_each_letter_once(transactional_db, senders):
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
