"""What is stuck is found, tried again once with a reason, and every try is told."""

from datetime import date, timedelta

import pytest

from governance.events import why_of
from governance.models import Appointment, Deadline, Event
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from oversight.stuck import retrying
from oversight.stuck.missed import WORDS
from oversight.stuck.retrying import retry, retry_each
from tests import people
from tests.failing import no_room_for
from tests.months import Month
from tests.oversight.stuck import EVENTS, LATER, fail, parked, source, window
from tests.people import NOON
from tests.published import posted
from workflows.models import Round, Sheet
from workflows.queues import waiting_for

FULL = "数据库的盘满了，清过了"


@pytest.fixture
def month(world) -> Month:
    """October posted at noon; its window ended while the disk was full."""
    october = posted(world)
    fail()
    return october


def missed(world, at=LATER):
    return list(source("deadlines").rows(retrying.places(world.operator, at=at), at=at))


def titles(name, world, at=LATER):
    found = source(name)
    return [
        item.title for item in found.items(list(found.rows(retrying.places(world.operator, at=at), at=at)))
    ]


def again(world, row, name="deadlines", *, why=FULL, by=None, at=LATER):
    return retry(source=source(name), row=row, why=why, by=by or world.operator, at=at)


class TestMissedTimers:
    def test_a_deadline_that_failed_is_shown_with_month_and_kind_of_error(self, world, month):
        [item] = source("deadlines").items(missed(world))
        assert item.title == "2026年10月月评：公示期满，办结"
        assert (item.village, item.since, item.tries) == (world.village, window(month).due_at, 1)
        assert "Error governance/events.py:" in item.error
        assert "disk" not in item.error

    def test_mended_and_fired_by_hand_the_month_closes(self, world, month):
        outcome = again(world, window(month))
        assert outcome.done
        month.round.refresh_from_db()
        assert month.round.state == Round.State.CLOSED
        assert missed(world) == []
        event = Event.objects.get(name="deadline.fired_by_hand")
        assert (event.by, event.role, why_of(event)) == (world.operator, Role.OPERATOR, FULL)

    def test_while_it_is_broken_a_try_changes_nothing_and_is_told(self, world, month):
        # The history cannot be written: the event of the try still can.
        with no_room_for("INSERT", "workflows_historicalround"):
            outcome = again(world, window(month))
        assert not outcome.done
        assert "Error governance/vouching.py:" in outcome.error
        month.round.refresh_from_db()
        assert month.round.state == Round.State.PUBLISHED
        assert window(month).failures == 2
        assert not Event.objects.filter(name="deadline.fired_by_hand").exists()
        [tried] = retrying.in_words(retrying.attempts_on(source("deadlines"), window(month)))
        assert (tried.done, tried.why, tried.error) == (False, FULL, outcome.error)
        assert tried.event.name == "deadline.fire_failed"

    def test_fired_by_hand_it_is_not_fired_again(self, world, month):
        row = window(month)
        again(world, row)
        with pytest.raises(Conflict, match=r"庞运维在11月22日12:00已经办了，不用再办"):
            again(world, row)
        assert Event.objects.filter(name="deadline.fired_by_hand").count() == 1
        assert Event.objects.filter(name="round.closed").count() == 1

    def test_what_the_ticker_did_meanwhile_is_not_done_again(self, world, month):
        row = window(month)
        month.wait(6)
        with pytest.raises(Conflict, match="刚刚办掉"):
            again(world, row)

    def test_nobody_tries_without_a_reason_or_without_the_office(self, world, month):
        with pytest.raises(Invalid):
            again(world, window(month), why="  ")
        for user in (world.supervisor, world.clerk, world.officer):
            with pytest.raises(Refused, match="系统运维"):
                again(world, window(month), by=user)
        assert missed(world)

    def test_an_operator_of_another_township_sees_and_does_nothing(self, world, month):
        other = people.person("外镇运维", Role.OPERATOR, elsewhere())
        assert not source("deadlines").rows(retrying.places(other, at=LATER), at=LATER).exists()
        with pytest.raises(Refused):
            again(world, window(month), by=other)

    def test_one_that_lost_what_it_was_about_is_shown_all_the_same(self, world, month):
        Deadline.objects.filter(pk=window(month).pk).update(about_id=0)
        assert titles("deadlines", world) == ["记录找不到了：公示期满，办结"]

    def test_many_are_tried_each_by_itself(self, world, month):
        row = window(month)
        lost = Deadline.objects.create(
            village=world.village, kind="round.window", about_type="workflows.round", about_id=0, due_at=NOON
        )
        outcomes, late = retry_each(
            source=source("deadlines"), rows=[lost, row, row], why=FULL, by=world.operator, at=LATER
        )
        assert ([outcome.done for outcome in outcomes], late) == ([False, True], 1)
        assert outcomes[0].error.startswith("DoesNotExist")

    def test_the_retry_of_a_case_s_deadline_stands_in_its_household_s_history(self, world):
        from appeals import objections
        from appeals.against import Against

        case = objections.file(
            against=Against.missing(world.wang_home, date(2026, 10, 20), world.rules["sweep"]),
            text="我扫了路。", how="online", for_member=world.head, by=world.wang, at=NOON,
        )  # fmt: skip
        row = Deadline.objects.get(kind="objection.accept", about_id=case.pk)
        again(world, row, at=LATER)
        event = Event.objects.get(name="deadline.fired_by_hand")
        assert event.subject_key == world.wang_home.key


def elsewhere():
    return people.Division.objects.create(code="990101104000", name="外镇", level="township")


class TestFailedSteps:
    def test_a_parked_step_is_shown_and_done_again(self, world):
        task = parked(world)
        [item] = source("steps").items(list(source("steps").rows(places(world), at=LATER)))
        assert item.title == "2026年1月月评：写清单"
        assert again(world, task, "steps").done
        assert Event.objects.filter(name="test.listed").count() == 1
        assert Event.objects.get(name="step.retried").village == world.village
        with pytest.raises(Conflict, match="庞运维"):
            again(world, task, "steps")

    def test_a_step_that_fails_again_is_told(self, world):
        task = parked(world)
        with no_room_for("INSERT", "viewflow_task"):
            assert not again(world, task, "steps").done
        [tried] = retrying.in_words(retrying.attempts(places(world)))
        assert (tried.what, tried.done) == ("2026年1月月评：写清单", False)


def places(world, at=LATER):
    return retrying.places(world.operator, at=at)


class TestNobodyThere:
    def test_a_sheet_of_somebody_who_left_office_goes_to_others(self, world):
        month = Month(world, NOON).open()
        month.observe("扫路", world.liu_home, "sweep")
        Appointment.objects.filter(user=world.li, role=Role.RATER).update(
            ends=NOON.date() - timedelta(days=1)
        )
        sheet = month.sheet(world.li)
        assert titles("sheets", world, NOON) == ["2026年10月东片的评户单"]
        assert again(world, sheet, "sheets", why="离任没有交接", at=NOON).done
        sheet.refresh_from_db()
        assert sheet.state == Sheet.State.MISSING
        assert month.round.sheets.filter(rater=world.zhou, lines__subject=world.liu_home).exists()
        assert titles("sheets", world, NOON) == []

    def test_a_rater_in_office_or_on_the_panel_keeps_their_sheet(self, world):
        Month(world, NOON).open()
        Appointment.objects.filter(user=world.li).update(role=Role.PANEL, division=world.township)
        assert titles("sheets", world, NOON) == []

    def test_a_step_whose_office_is_empty_names_the_offices(self, world):
        month = Month(world, NOON).open()
        month.observe("乱倒", world.wang_home, "litter")
        month.to_review()
        assert titles("vacancies", world, NOON) == []
        Appointment.objects.filter(role__in=(Role.COUNCIL, Role.PANEL)).update(
            ends=NOON.date() - timedelta(days=1)
        )
        assert titles("vacancies", world, NOON) == ["1个月等审议，和治理事会、镇评审组都没有人"]


def test_what_should_have_happened_has_words_for_every_kind_of_deadline():
    from governance.deadlines import HANDLERS

    assert {kind for kind in HANDLERS if not kind.startswith("test.")} <= set(WORDS)


def test_an_operator_s_to_dos_count_what_is_stuck_and_only_for_them(world, month):
    found = [(todo.title, todo.where) for todo in waiting_for(world.operator, at=LATER)]
    assert ("到期没办的", "1件") in found
    assert not [todo for todo in waiting_for(world.supervisor, at=LATER) if todo.title == "到期没办的"]


def test_an_event_that_cannot_be_written_takes_the_retry_back(world, month):
    with no_room_for("INSERT", EVENTS), pytest.raises(Exception, match="disk is full"):
        again(world, window(month))
    month.round.refresh_from_db()
    assert month.round.state == Round.State.PUBLISHED
