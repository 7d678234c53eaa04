"""Events become messages, each once, whatever happens to whoever reads them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals import assignments, hearings, inquiries, papers
from appeals.against import Against
from governance import appointments, consents, files, members
from governance.events import record
from governance.models import Deadline, Event
from governance.models.people import Role
from notifications import relay, reminders
from notifications.models import Channel, Delivery, Message, Preference, Relay
from rights import exports
from tests import people
from tests.appeals.cases import Case
from tests.months import Month, photo
from tests.people import NOON
from tests.published import entry, posted
from tests.real_transactions import at_once
from workflows import sheets
from workflows.models import Sheet

LATER = NOON + timedelta(hours=1)


def told(user) -> set[str]:
    return set(Message.objects.filter(recipient=user).values_list("kind", flat=True))


def begun(world) -> None:
    """The village was read before: what comes now is news."""
    record("area.added", village=world.village, about=world.east, by=world.clerk, at=NOON)
    relay.relay(world.village, NOON)


class TestWhoHears:
    def test_wang_hears_that_his_household_has_a_line_and_nothing_of_it(self, world):
        begun(world)
        posted(world)
        relay.relay(world.village, LATER)
        message = Message.objects.get(recipient=world.wang, kind="round.published.home")
        assert message.subject_key == world.wang_home.key
        assert message.path == "/my/"
        assert not any(word in message.title + message.text + message.short for word in ("王", "垃圾", "2分"))

    def test_a_household_without_an_account_is_told_on_paper(self, world):
        begun(world)
        posted(world)
        relay.relay(world.village, LATER)
        message = Message.objects.get(to=f"household:{world.liu_home.key}")
        assert message.recipient is None
        assert [d.channel for d in message.deliveries.all()] == [Channel.SLIP]
        assert message.deliveries.get().state == Delivery.State.WAITING

    def test_who_acted_is_not_told_of_it(self, world):
        begun(world)
        Month(world, NOON).open().to_publication()
        relay.relay(world.village, LATER)
        assert not Message.objects.filter(event__by_id=world.clerk.pk, recipient=world.clerk).exists()
        assert "round.resolved" in told(world.clerk)  # by the committee

    def test_who_posts_the_month_hears_of_a_line_of_their_own_household(self, world):
        home = people.household("9号", world.east, "沈文书", user=world.clerk, rater=world.li)
        begun(world)
        month = Month(world, NOON).open()
        month.observe("litter", home, "litter", fact="倒垃圾")
        month.to_publication()
        relay.relay(world.village, LATER)
        assert "round.published.home" in told(world.clerk)
        assert "round.published" not in told(world.clerk)

    def test_a_neighbour_gets_the_notice_and_no_word_about_the_household(self, world):
        begun(world)
        people.consent(people.adult(world.sun_home, "孙大妈", sun := people.account("孙大妈")))
        posted(world)
        relay.relay(world.village, LATER)
        assert told(sun) == {"round.published"}

    def test_nobody_hears_one_event_twice(self, world):
        begun(world)
        posted(world)
        relay.relay(world.village, LATER)
        pairs = list(Message.objects.values_list("cause", "to"))
        assert len(pairs) == len(set(pairs))
        assert "round.published" not in told(world.wang)  # the household's own words instead

    def test_kin_and_who_touched_a_case_are_not_its_office(self, world):
        begun(world)
        people.kin(world.officer, world.wang_home)
        Case(world, posted(world)).file()
        relay.relay(world.village, LATER)
        assert "objection.filed.office" not in told(world.officer)
        assert "objection.filed.office" in told(world.panel[0])

    def test_a_household_that_left_hears_of_its_leaving_only(self, world):
        begun(world)
        consents.withdraw(member=world.head, by=world.clerk, at=NOON)
        posted(world, facts=[])
        relay.relay(world.village, LATER)
        assert told(world.wang) == {"consent.withdrawn"}

    def on_paper(self, home) -> set[str]:
        return set(Message.objects.filter(to=f"household:{home.key}").values_list("kind", flat=True))

    def test_a_household_on_paper_hears_the_end_of_its_case_when_it_takes_part_no_more(self, world):
        begun(world)
        month, head = posted(world), world.liu_home.members.get(is_head=True)
        against = Against.line(entry(month, "liu"))
        case = Case(world, month).file(against=against, how="paper", for_member=head, by=world.clerk).accept()
        consents.withdraw(member=head, by=world.clerk, at=NOON)
        case.decide("rejected")
        relay.relay(world.village, LATER)
        window = Deadline.objects.get(kind="objection.window", cancelled_at=None).due_at
        reminders.remind_due(window - timedelta(days=1))
        assert {"objection.decided.home", "objection.window.soon"} <= self.on_paper(world.liu_home)


class TestWhoTakesOver:
    def ends(self, user, by, **more) -> None:
        [office] = user.appointments.all()
        appointments.end(appointment=office, why="外出", by=by, at=NOON, **more)

    def new(self, world, user) -> set[str]:
        before = told(user)
        relay.relay(world.village, LATER)
        return told(user) - before

    def test_who_handed_in_hears_that_households_of_a_leaver_came_to_them(self, world):
        begun(world)
        month = Month(world, NOON).open()
        for own in month.round.sheets.filter(rater=world.zhou):
            sheets.nothing(sheet=own, by=world.zhou, at=NOON)
            sheets.file(sheet=own, by=world.zhou, at=NOON)
        relay.relay(world.village, NOON)
        self.ends(world.li, world.clerk)
        relay.relay(world.village, LATER)
        pages = set(Message.objects.filter(kind="sheet.taken_on").values_list("recipient", "path"))
        added = month.round.sheets.filter(state=Sheet.State.OPEN)
        assert pages == {(sheet.rater_id, reverse("sheet", args=[sheet.key])) for sheet in added} != set()

    def test_who_left_is_not_told_that_they_were_late(self, world):
        begun(world)
        Month(world, NOON).open()
        relay.relay(world.village, NOON)
        self.ends(world.li, world.clerk)
        assert self.new(world, world.li) == {"appointment.ended", "link.ended"}

    def test_a_case_whose_officer_left_is_offered_to_who_may_take_it(self, world):
        begun(world)
        case = Case(world, posted(world)).file()
        assignments.claim(objection=case.row, by=world.officer, at=NOON)
        other = people.person("新专员", Role.OFFICER, world.township)
        relay.relay(world.village, NOON)
        self.ends(world.officer, people.account("县里的", is_superuser=True))
        assert self.new(world, other) == {"objection.passed_on.pool"}

    def test_who_stands_in_hears_nothing_of_their_kin(self, world):
        begun(world)
        case = Case(world, posted(world)).file()
        assignments.claim(objection=case.row, by=world.officer, at=NOON)
        other = people.person("新专员", Role.OFFICER, world.township)
        people.kin(other, world.wang_home)
        today = NOON.date()
        assignments.delegate(to=other, starts=today, ends=today, why="出差", by=world.officer, at=NOON)
        relay.relay(world.village, NOON)
        papers.hand_in(objection=case.again().row, text="补一张", files=[photo()], by=world.wang, at=NOON)
        assert self.new(world, other) == set()
        assert "objection.handed_in.office" in told(world.officer)


def test_each_step_of_a_case_says_its_own_day_however_late_it_is_read(world):
    begun(world)
    case = Case(world, posted(world)).file()
    first = case.row.answer_by
    case.at += timedelta(hours=2)
    later = case.accept().row.answer_by
    relay.relay(world.village, case.at)
    assert first != later
    for kind, day in (("objection.filed.office", first), ("objection.accepted.home", later)):
        [text] = set(Message.objects.filter(kind=kind).values_list("text", flat=True))
        assert f"{day.month}月{day.day}日" in text


class TestBothSides:
    def test_who_was_asked_about_a_case_hears_of_its_hearing_and_sees_when_and_where(self, world, client):
        begun(world)
        case = Case(world, posted(world)).file().accept()
        by = {"by": world.officer, "at": NOON}
        asked = inquiries.ask(objection=case.row, kind="rater", question="看见了吗", to_user=world.li, **by)
        when = NOON + timedelta(days=2)
        row = hearings.call(objection=case.again().row, takes_place_at=when, place="村部会议室", **by)
        relay.relay(world.village, LATER)
        page = reverse("inquiry", args=[asked.key])
        assert Message.objects.get(recipient=world.li, kind="hearing.called.asked").path == page
        client.force_login(world.li)
        with time_machine.travel(LATER, tick=False):
            assert "村部会议室" in client.get(page).content.decode()
            hearings.cancel(hearing=row, why="改期", **by)
            assert "您不用去了" in client.get(page).content.decode()
        relay.relay(world.village, LATER)
        assert {"hearing.called.asked", "hearing.cancelled.asked"} <= told(world.li)
        assert not any("asked" in kind for kind in told(world.wang))


class TestWhatIsStored:
    """Who does not take part, or not any more, is stored all the same, and hears what is done with it."""

    @pytest.fixture
    def mei(self, world):
        user = people.account("王小美")
        people.adult(world.wang_home, "王小美", user)
        begun(world)
        return user

    def after(self, world, user) -> set[str]:
        relay.relay(world.village, LATER)
        return told(user)

    def test_a_look_at_the_full_numbers_is_told_to_who_never_agreed(self, world, mei):
        files.reveal(world.wang_home, by=world.clerk, at=NOON)
        assert self.after(world, mei) == {"subject.revealed"}
        pages = dict(Message.objects.values_list("recipient", "path"))
        assert pages == {mei.pk: reverse("my_data"), world.wang.pk: reverse("my_readings")}

    def test_a_copy_taken_after_withdrawal_is_told(self, world, mei):
        consents.withdraw(member=world.head, by=world.wang, at=NOON)
        exports.hand_out(member=world.head, form="json", how="desk", witness="老张", by=world.clerk, at=NOON)
        assert "file.exported" in self.after(world, world.wang)

    def test_who_was_parted_from_the_household_hears_of_it(self, world, mei):
        members.unbind(member=world.head, why="手机丢了", by=world.clerk, at=NOON)
        assert self.after(world, world.wang) == self.after(world, mei) == {"member.unbound"}

    def test_who_was_taken_out_hears_of_it(self, world, mei):
        members.leave(member=mei.memberships.get(), on=NOON.date(), why="出嫁", by=world.clerk, at=NOON)
        assert self.after(world, world.wang) == self.after(world, mei) == {"member.left"}


class TestOnce:
    def test_reading_again_makes_nothing(self, world):
        posted(world)
        assert relay.relay(world.village, LATER) > 0
        assert relay.relay(world.village, LATER) == 0
        assert relay.due() == []

    def test_a_chunk_that_fails_leaves_no_trace_and_is_read_again(self, world, monkeypatch):
        begun(world)
        posted(world)
        before = Relay.objects.get().seq

        def broken(*args, **kwargs):
            raise OSError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(Delivery.objects, "bulk_create", broken)
            with pytest.raises(ExceptionGroup):
                relay.relay_due(LATER)
        row = Relay.objects.get()
        assert (row.seq, row.failures, row.error[:7]) == (before, 1, "OSError")
        assert Message.objects.count() == 0
        assert relay.relay_due(LATER) > 0
        assert Relay.objects.get().failures == 0

    def test_a_village_that_fails_does_not_stop_the_others(self, world, monkeypatch):
        posted(world)
        for place, by in ((world.village, world.clerk), (world.elsewhere, world.elsewhere_clerk)):
            record("area.added", village=place, about=world.east, by=by, at=NOON)
        chunk = relay._chunk

        def first_breaks(village, at):
            if village == world.village:
                raise OSError
            return chunk(village, at)

        monkeypatch.setattr(relay, "_chunk", first_breaks)
        with pytest.raises(ExceptionGroup):
            relay.relay_due(LATER)
        assert [place.pk for place in relay.due()] == [world.village.pk]

    def test_chunks_come_to_the_same(self, world, monkeypatch):
        posted(world)
        monkeypatch.setattr(relay, "CHUNK", 3)
        relay.relay(world.village, LATER)
        small = set(Message.objects.values_list("cause", "to", "kind"))
        Delivery.objects.all().delete()
        Message.objects.all().delete()
        Relay.objects.all().delete()
        monkeypatch.setattr(relay, "CHUNK", 1000)
        relay.relay(world.village, LATER)
        assert set(Message.objects.values_list("cause", "to", "kind")) == small

    def test_queries_do_not_grow_with_events_nobody_is_told_of(self, world):
        begun(world)
        counts = []
        for n in (3, 60):
            for _ in range(n):
                record(
                    "rule.edited", village=world.village, about=world.rules["sweep"], by=world.clerk, at=NOON
                )
            with CaptureQueriesContext(connection) as asked:
                relay.relay(world.village, LATER)
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_queries_do_not_grow_with_households_told(self, world):
        begun(world)
        counts = []
        for n in (2, 30):
            for _ in range(n):
                record(
                    "subject.corrected", village=world.village, about=world.wang_home, by=world.clerk, at=NOON,
                    subject_key=world.wang_home.key,
                )  # fmt: skip
            with CaptureQueriesContext(connection) as asked:
                relay.relay(world.village, LATER)
            counts.append(len(asked))
        assert counts[0] == counts[1]


class TestTheFirstTime:
    def test_what_is_old_goes_into_the_inbox_as_read_and_nowhere_else(self, world):
        world.wang.phone_verified = True
        world.wang.save()
        posted(world)
        relay.relay(world.village, NOON + timedelta(days=30))
        message = Message.objects.get(recipient=world.wang, kind="round.published.home")
        assert message.read_at == message.made_at == NOON
        assert [d.channel for d in message.deliveries.all()] == [Channel.INBOX]
        assert not Message.objects.filter(recipient=None).exists()

    def test_after_that_what_comes_late_is_still_news(self, world):
        begun(world)
        posted(world)
        relay.relay(world.village, NOON + timedelta(days=30))
        assert Message.objects.get(recipient=world.wang, kind="round.published.home").read_at is None


class TestDeliveries:
    def test_sms_by_day_when_the_phone_is_verified(self, world, senders):
        world.wang.phone_verified = True
        world.wang.save()
        begun(world)
        posted(world)
        relay.relay(world.village, LATER)
        deliveries = Message.objects.get(recipient=world.wang, kind="round.published.home").deliveries
        assert deliveries.get(channel=Channel.INBOX).state == Delivery.State.SENT
        sms = deliveries.get(channel=Channel.SMS)
        assert (sms.state, sms.due_at, sms.is_digest) == (Delivery.State.WAITING, LATER, False)

    def test_work_waits_for_the_digest(self, world, senders):
        world.li.phone_verified = True
        world.li.save()
        begun(world)
        Month(world, NOON).open()
        relay.relay(world.village, LATER)
        sms = Delivery.objects.get(message__recipient=world.li, channel=Channel.SMS)
        assert sms.is_digest
        assert sms.due_at == NOON.replace(hour=8) + timedelta(days=1)

    def test_no_sms_without_a_verified_phone_or_a_provider(self, world, nobody_sends):
        world.wang.phone_verified = True
        world.wang.save()
        begun(world)
        posted(world)
        relay.relay(world.village, LATER)
        assert not Delivery.objects.filter(channel=Channel.SMS).exists()

    def test_what_somebody_chose_is_kept(self, world, senders):
        chosen = Preference(user=world.wang, channels={"home": ["email"]}, changed_at=NOON)
        chosen.email = "wang@example.com"
        chosen.save()
        begun(world)
        posted(world)
        relay.relay(world.village, LATER)
        message = Message.objects.get(recipient=world.wang, kind="round.published.home")
        assert {d.channel for d in message.deliveries.all()} == {Channel.INBOX, Channel.EMAIL}

    def ways_to_wang(self, world) -> set[str]:
        begun(world)
        posted(world)
        relay.relay(world.village, LATER)
        message = Message.objects.get(recipient=world.wang, kind="round.published.home")
        return {d.channel for d in message.deliveries.all()}

    def test_an_account_that_no_way_reaches_is_told_on_paper_too(self, world, senders):
        assert self.ways_to_wang(world) == {Channel.INBOX, Channel.SLIP}

    def test_who_chose_to_be_told_nowhere_else_gets_no_paper(self, world, senders):
        Preference.objects.create(user=world.wang, channels={"home": []}, changed_at=NOON)
        assert self.ways_to_wang(world) == {Channel.INBOX}

    def test_work_never_goes_on_paper(self, world, senders):
        begun(world)
        Month(world, NOON).open()
        relay.relay(world.village, LATER)
        ways = Delivery.objects.filter(message__recipient=world.li).values_list("channel", flat=True)
        assert set(ways) == {Channel.INBOX}


@pytest.mark.postgres
def test_two_who_read_at_once_tell_everything_once(transactional_db):
    world = people.build()
    posted(world)
    reads = [lambda: relay.relay(world.village, LATER) for _ in range(4)]
    made = at_once(reads)
    assert all(isinstance(n, int) for n in made), made
    assert sum(made) == Message.objects.count() > 0
    assert Relay.objects.get().seq == Event.objects.filter(village=world.village).count()


@pytest.mark.postgres
def test_reading_while_people_act_leaves_nothing_out(transactional_db):
    world = people.build()

    def act():
        for _ in range(20):
            record(
                "subject.corrected", village=world.village, about=world.wang_home, by=world.clerk, at=NOON,
                subject_key=world.wang_home.key,
            )  # fmt: skip

    def read():
        return sum(relay.relay(world.village, LATER) for _ in range(30))

    made = at_once([transaction.atomic(act), transaction.atomic(act), read, read])
    assert not [each for each in made if isinstance(each, Exception)], made
    relay.relay(world.village, LATER)
    assert Message.objects.filter(kind="subject.corrected").count() == 40
