"""盲评: drawn by lot, put to somebody else who does not see the first sheet; it measures and changes no score."""

import json
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from governance import appointments, consents, deadlines, shields
from governance.events import row_name
from governance.models import Appointment, Deadline, Entry, Event, Policy
from governance.refusals import Conflict, Invalid, Refused
from tests import people
from tests.months import Month
from tests.people import NOON
from tests.walk.log_holds import LogHolds
from transparency import log
from workflows import rounds, second_agreement, second_draw, second_ratings, sheets
from workflows.models import Round, SecondRating
from workflows.queues import waiting_for
from workflows.who import confirmers

State = SecondRating.State


@pytest.fixture
def reviewed(october) -> Month:
    """October with one plus at 王家户, its sheets confirmed: the lot was drawn."""
    october.observe("扫路", october.world.wang_home, "sweep")
    return october.to_review()


def drawn(month) -> list[SecondRating]:
    return list(month.round.second_ratings.select_related("rater", "subject", "area"))


def put_to(month, home, rater) -> SecondRating:
    """The row of a household, drawn or not, as if the lot had put it to this rater."""
    month.round.second_ratings.all().delete()
    return SecondRating.objects.create(
        village=month.world.village,
        round=month.round,
        area=home.area,
        subject=home,
        rater=rater,
        asked_at=NOON,
    )


def titles(user, at=NOON):
    return [task.title for task in waiting_for(user, at=at) if task.url_name == "second_rating"]


class TestDrawing:
    def test_nothing_is_drawn_while_sheets_are_out(self, october):
        assert not SecondRating.objects.exists()
        assert not Event.objects.filter(name="second.drawn").exists()

    def test_a_share_of_each_area_is_drawn_when_the_last_sheet_is_confirmed(self, reviewed):
        assert sorted(row.area.name for row in drawn(reviewed)) == ["东片", "西片"]

    def test_nobody_looks_again_at_what_they_rated_nor_at_their_own_home(self, reviewed, world):
        for row in drawn(reviewed):
            assert not row.subject.links.filter(rater=row.rater).exists()
            assert row.subject != world.li_home

    def test_a_draw_can_be_repeated_from_the_log(self, reviewed, world):
        event = Event.objects.get(name="second.drawn")
        detail = json.loads(event.body.content)["detail"]
        assert detail["size"] == event.seq
        assert second_ratings.redraw(reviewed.round, detail).is_same

    def test_a_swapped_household_shows(self, reviewed, world):
        detail = json.loads(Event.objects.get(name="second.drawn").body.content)["detail"]
        row = drawn(reviewed)[0]
        taken = {each.subject_id for each in drawn(reviewed)}
        others = (world.wang_home, world.liu_home, world.zhao_home)
        row.subject = next(home for home in others if home.pk not in taken)
        row.save()
        assert not second_ratings.redraw(reviewed.round, detail).is_same

    def test_the_seed_is_the_log_s_root_with_the_leaf_of_the_review(self, reviewed, world):
        event = Event.objects.get(name="second.drawn")
        detail = json.loads(event.body.content)["detail"]
        before = Event.objects.get(village=world.village, seq=event.seq - 1)
        assert before.name == "round.reviewing"
        assert len(bytes.fromhex(detail["root"])) == 32
        assert log.head(world.village.code)[0] == event.seq + 1

    def test_the_event_names_each_rating_s_digest_and_the_log_holds(self, reviewed, world):
        event = Event.objects.get(name="second.drawn")
        assert {row_name(row) for row in drawn(reviewed)} <= set(event.digests)
        LogHolds(world.village).check()

    def test_kin_council_leaders_and_whom_it_objected_to_do_not_look(self, october, world):
        people.kin(world.li, world.sun_home)
        shields.raise_for(
            subject=world.shop, users=[world.li], cause="objection:1", village=world.village, by=None, at=NOON
        )
        people.appoint(world.zhou, "council", world.village)
        rater = people.person("吴党员", "rater", world.village)
        people.appoint(rater, "leader", world.village, world.east)
        october.to_review()
        found = {(row.area, row.rater) for row in drawn(october)}
        assert found == {(world.east, world.li), (world.west, rater)}

    def test_a_household_nobody_may_look_at_is_passed_over_and_named_in_the_event(self, october, world):
        people.appoint(world.li, "committee", world.village)
        people.appoint(world.zhou, "committee", world.village)
        october.to_review()
        assert drawn(october) == []
        detail = json.loads(Event.objects.get(name="second.drawn").body.content)["detail"]
        assert len(detail["passed_over"]) == 6
        assert second_ratings.redraw(october.round, detail).is_same

    def test_a_missing_sheet_s_households_are_not_drawn(self, october, world):
        sheet = october.sheet(world.li)
        second = [s for s in october.round.sheets.all() if s != sheet]
        for each in second:
            sheets.nothing(sheet=each, by=each.rater, at=NOON)
            sheets.file(sheet=each, by=each.rater, at=NOON)
            rounds.confirm_sheet(sheet=each, by=confirmers(each, at=NOON)[0], at=NOON)
        october.wait(15)
        assert {row.subject for row in drawn(october)} <= {world.zhao_home, world.sun_home, world.shop}

    def test_a_village_may_draw_more_within_the_ceiling(self, october, world):
        Policy.objects.create(
            name="second_percent", value=20, village=world.village, starts=people.LONG_AGO, source="大会"
        )
        for n in range(11, 21):
            people.household(f"{n}号", world.east, "某人", rater=world.li)
        month = Month(world, NOON, october.month.replace(month=9)).open().to_review()
        assert len([row for row in drawn(month) if row.area == world.east]) == second_draw.how_many(14, 20)

    def test_drawing_costs_the_same_queries_for_thirty_households(self, world):
        def cost(n):
            month = Month(world, NOON, NOON.date().replace(month=n, day=1)).open()
            month.file_all()
            with CaptureQueriesContext(connection) as seen, transaction.atomic():
                month.confirm_all()
                transaction.set_rollback(True)
            return len(seen)

        few = cost(9)
        for n in range(11, 41):
            people.household(f"{n}号", world.east, "某人", rater=world.li)
        assert cost(10) == few


class TestAnswering:
    def test_it_waits_for_the_second_rater_and_nobody_else(self, reviewed, world):
        put_to(reviewed, world.wang_home, world.zhou)
        assert titles(world.zhou) == ["10月抽到您再看一户，点三下"]
        assert titles(world.li) == []

    def test_an_answer_is_recorded_and_changes_no_score(self, reviewed, world):
        row = put_to(reviewed, world.wang_home, world.zhou)
        rule = world.rules["sweep"]
        row = second_ratings.answer(rating=row, rules=[rule], by=world.zhou, at=NOON)
        assert (row.state, row.rules, row.answered_at) == (State.ANSWERED, [str(rule.key)], NOON)
        event = Event.objects.get(name="second.answered")
        assert (event.by, event.subject_key) == (world.zhou, world.wang_home.key)
        assert not Entry.objects.exists()
        assert row.history.filter(history_change_reason="second.answered", history_user=world.zhou).exists()
        assert titles(world.zhou) == []

    def test_who_does_not_know_says_so(self, reviewed, world):
        row = put_to(reviewed, world.wang_home, world.zhou)
        row = second_ratings.answer(rating=row, rules=[], knows=False, by=world.zhou, at=NOON)
        assert row.state == State.UNSURE

    @pytest.mark.parametrize("who", ["li", "shi", "clerk", "wang"])
    def test_nobody_answers_for_another(self, reviewed, world, who):
        row = put_to(reviewed, world.wang_home, world.zhou)
        with pytest.raises(Refused):
            second_ratings.answer(rating=row, rules=[], by=getattr(world, who), at=NOON)

    def test_an_answer_is_given_once(self, reviewed, world):
        row = put_to(reviewed, world.wang_home, world.zhou)
        second_ratings.answer(rating=row, rules=[], by=world.zhou, at=NOON)
        with pytest.raises(Conflict):
            second_ratings.answer(rating=row, rules=[], by=world.zhou, at=NOON)

    def test_a_rule_of_shops_is_no_rule_of_a_household(self, reviewed, world):
        row = put_to(reviewed, world.wang_home, world.zhou)
        with pytest.raises(Invalid):
            second_ratings.answer(rating=row, rules=[world.rules["prices"]], by=world.zhou, at=NOON)

    def test_kin_found_out_later_do_not_answer_and_are_not_asked(self, reviewed, world):
        row = put_to(reviewed, world.wang_home, world.zhou)
        people.kin(world.zhou, world.wang_home)
        assert titles(world.zhou) == []
        with pytest.raises(Refused):
            second_ratings.answer(rating=row, rules=[], by=world.zhou, at=NOON)

    def test_who_rates_the_household_this_month_does_not_look_again(self, reviewed, world):
        row = put_to(reviewed, world.wang_home, world.li)
        with pytest.raises(Refused):
            second_ratings.answer(rating=row, rules=[], by=world.li, at=NOON)

    def test_what_nobody_answered_by_its_day_is_late(self, reviewed, world):
        row = put_to(reviewed, world.wang_home, world.zhou)
        deadline = Deadline.objects.get(kind=second_ratings.DUE)
        deadlines.fire_due(deadline.due_at + timedelta(minutes=1))
        row.refresh_from_db()
        assert row.state == State.LATE
        assert Event.objects.filter(name="second.late").count() == 1


class TestComingAndGoing:
    def test_a_rater_who_leaves_hands_it_to_another_who_may(self, reviewed, world):
        wu = people.person("吴党员", "rater", world.village)
        row = put_to(reviewed, world.wang_home, world.zhou)
        post = Appointment.objects.get(user=world.zhou)
        appointments.end(appointment=post, why="换届", by=world.clerk, at=NOON)
        row.refresh_from_db()
        assert (row.rater, row.state) == (wu, State.ASKED)
        assert Event.objects.filter(name="second.passed_on").count() == 1

    def test_when_nobody_is_left_it_is_cancelled(self, reviewed, world):
        row = put_to(reviewed, world.wang_home, world.zhou)
        post = Appointment.objects.get(user=world.zhou)
        appointments.end(appointment=post, why="换届", by=world.clerk, at=NOON)
        row.refresh_from_db()
        assert row.state == State.CANCELLED

    @pytest.mark.parametrize("answered", [True, False])
    def test_a_household_that_withdraws_is_not_looked_at(self, reviewed, world, answered):
        row = put_to(reviewed, world.wang_home, world.zhou)
        if answered:
            second_ratings.answer(rating=row, rules=[world.rules["sweep"]], by=world.zhou, at=NOON)
        consents.withdraw(member=world.head, by=world.wang, at=NOON)
        row.refresh_from_db()
        assert (row.state, row.rules) == (State.CANCELLED, [])
        assert titles(world.zhou) == []


class TestAgreement:
    def look(self, month, home, rater, *rules, knows=True):
        row = put_to(month, home, rater)
        keys = [month.world.rules[name] for name in rules]
        return second_ratings.answer(rating=row, rules=keys, knows=knows, by=rater, at=month.at)

    def numbers(self, month):
        month.review_all().send().sign().publish()
        here = type(month.world.village).objects.filter(pk=month.world.village.pk)
        [found] = second_agreement.by_area(here, month.month, month.month)
        return found

    def test_both_saw_the_same(self, reviewed, world):
        self.look(reviewed, world.wang_home, world.zhou, "sweep")
        found = self.numbers(reviewed)
        assert (found.asked, found.answered, found.same, found.percent) == (1, 1, 1, 100)
        assert found.is_small

    def test_one_saw_nothing(self, reviewed, world):
        self.look(reviewed, world.wang_home, world.zhou)
        found = self.numbers(reviewed)
        assert (found.same, found.one_saw_nothing, found.other_rules) == (0, 1, 0)

    def test_both_saw_something_else(self, reviewed, world):
        self.look(reviewed, world.wang_home, world.zhou, "litter")
        found = self.numbers(reviewed)
        assert (found.same, found.one_saw_nothing, found.other_rules) == (0, 0, 1)

    def test_who_could_not_say_is_not_counted_as_disagreeing(self, reviewed, world):
        self.look(reviewed, world.wang_home, world.zhou, knows=False)
        found = self.numbers(reviewed)
        assert (found.answered, found.unsure, found.percent) == (0, 1, None)

    def test_a_fact_of_an_earlier_month_handed_in_late_is_no_disagreement(self, world):
        september = Month(world, NOON.replace(month=9, day=20), date(2026, 9, 1)).open()
        september.wait(15)  # 李党员's sheet is missing; its days may come later
        october = Month(world, NOON.replace(month=10, day=20), date(2026, 10, 1)).open()
        october.observe("晚交的", world.wang_home, "sweep", occurred_on=date(2026, 9, 3))
        self.look(october.to_review(), world.wang_home, world.zhou)
        assert self.numbers(october).same == 1

    def test_the_same_rule_of_another_version_is_the_same(self, reviewed, world):
        row = put_to(reviewed, world.wang_home, world.zhou)
        sweep = world.rules["sweep"]
        book = people.rulebook(world.village, version=2, state="adopted")
        other = people.rule(book, "1.1", sweep.text, sweep.shape, 1, points_tenths=10)
        other.family = sweep.family
        other.save()
        row = second_ratings.answer(rating=row, rules=[sweep], by=world.zhou, at=reviewed.at)
        SecondRating.objects.filter(pk=row.pk).update(rules=[str(other.key)])
        assert self.numbers(reviewed).same == 1

    def test_nothing_is_told_before_the_month_is_posted(self, reviewed, world):
        self.look(reviewed, world.wang_home, world.zhou, "sweep")
        here = type(world.village).objects.filter(pk=world.village.pk)
        assert second_agreement.by_area(here, reviewed.month, reviewed.month) == []


class TestTheBoard:
    def answered(self, world, area, n, same, month=10):
        """n answered looks of an area's households in one posted month; in some both saw nothing."""
        round, _ = Round.objects.get_or_create(
            village=world.village, month=NOON.date().replace(month=month, day=1),
            defaults={"state": "closed", "opened_at": NOON},
        )  # fmt: skip
        for k in range(n):
            home = people.household(f"{SecondRating.objects.count()}-{k}", area, "某人")
            SecondRating.objects.create(
                village=world.village, round=round, area=area, subject=home, rater=world.zhou, asked_at=NOON,
                answered_at=NOON, state=State.ANSWERED,
                rules=[] if k < same else [str(world.rules["sweep"].key)],
            )  # fmt: skip

    def board(self, world):
        return second_agreement.for_the_board(world.village, at=NOON)

    def test_plain_numbers_by_area(self, world):
        self.answered(world, world.east, 12, 9)
        assert self.board(world) == [("东片", 10, 9)]

    def test_four_would_point_at_somebody_and_are_not_told(self, world):
        self.answered(world, world.east, 4, 4)
        assert self.board(world) == []

    def test_small_areas_are_not_told_together_or_the_first_that_grows_would_tell_of_the_others(self, world):
        self.answered(world, world.east, 4, 4)
        self.answered(world, world.west, 3, 1)
        assert self.board(world) == []

    def test_no_two_boards_differ_by_fewer_than_five_answers(self, world):
        told = [(0, 0)]
        for month in range(1, 11):
            for n in (1, 2, 3):
                self.answered(world, world.east, n, n - 1, month=month)
                told += [(looked, same) for _, looked, same in self.board(world)]
        steps = {now[0] - was[0] for was, now in pairwise(told)}
        assert steps == {0, 5}
        assert all(now == was for was, now in pairwise(told) if now[0] == was[0])

    def test_a_month_posted_late_does_not_move_what_was_told(self, world):
        self.answered(world, world.east, 5, 5, month=9)
        self.answered(world, world.east, 4, 0, month=8)
        assert self.board(world) == [("东片", 5, 5)]

    def test_a_year_counts_and_leaves_by_whole_blocks(self, world):
        self.answered(world, world.east, 3, 3, month=1)
        self.answered(world, world.east, 3, 3, month=9)
        assert self.board(world) == [("东片", 5, 5)]
        soon = NOON.replace(year=2027, month=3)
        assert second_agreement.for_the_board(world.village, at=soon) == []
