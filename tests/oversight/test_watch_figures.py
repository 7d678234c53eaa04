"""What the watch counts: each figure from a story of a few months, with what makes it fair beside it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appeals import decisions, facts, objections, waits
from appeals.against import Against
from governance.models import Division
from oversight.watch import changed, habits, look, months, raters, steps
from tests import people
from tests.months import Month
from tests.oversight.conftest import noon
from tests.published import entry

MAY, OCTOBER = date(2026, 5, 1), date(2026, 10, 1)


def here(world):
    return Division.objects.filter(pk=world.village.pk)


def stock(world, first=MAY, last=OCTOBER):
    return months.read(here(world), first, last)


def rated(world, user):
    return next(each for each in raters.rated(stock(world)) if each.user == user)


class TestRaters:
    def test_pluses_minuses_months_and_households(self, world, month):
        month(9, (world.wang_home, "sweep"), (world.liu_home, "litter"))
        month(10, (world.wang_home, "sweep"))
        li = rated(world, world.li)
        assert (li.months, li.households, li.household_months) == (2, 2, 4)
        assert (li.pluses, li.minuses, li.plus_rate, li.minus_rate, li.minus_share) == (2, 1, 50, 25, 33)
        assert (li.mean_tenths, li.spread_tenths) == (0, 14)
        assert li.areas == ("东片",)

    def test_few_months_are_said_to_be_few(self, world, month):
        month(9, (world.wang_home, "sweep"))
        assert rated(world, world.li).is_small

    def test_the_others_are_everybody_else_with_their_range(self, world, month):
        people.household("61号", world.west, "牛家", rater=world.zhou)
        month(9, (world.wang_home, "sweep"), (world.sun_home, "sweep"), (world.zhao_home, "litter"))
        everybody = raters.rated(stock(world))
        rest = raters.others(next(e for e in everybody if e.user == world.li), everybody)
        assert (rest.people, rest.pluses, rest.minuses, rest.household_months) == (1, 1, 1, 5)
        assert rest.plus_range == (20, 20)

    def test_whoever_rates_fewer_than_five_households_is_no_measure_for_others(self, world, month):
        month(9, (world.sun_home, "litter"))
        everybody = raters.rated(stock(world))
        assert not any(each.is_shown for each in everybody)
        assert {raters.others(each, everybody).people for each in everybody} == {0}

    def test_raters_stand_by_area_and_name_not_by_figures(self, world, month):
        month(9, (world.sun_home, "litter"))
        assert [each.user for each in raters.rated(stock(world))] == sorted(
            [world.li, world.zhou], key=lambda user: user.name
        )

    def test_drafts_and_what_was_withdrawn_are_nobody_s_figure(self, world, month):
        month(9)
        made = Month(world, noon(date(2026, 10, 15)), OCTOBER).open()
        made.observe("扫路", world.wang_home, "sweep")
        assert rated(world, world.li).items == 0


class TestRuns:
    def test_every_household_a_plus_month_after_month(self, world, month):
        for number in (7, 8, 9):
            month(number, (world.wang_home, "sweep"), (world.liu_home, "own"))
        runs = rated(world, world.li).runs
        assert (runs.always_plus, runs.identical, runs.blank) == (3, 0, 0)

    def test_every_household_the_same(self, world, month):
        for number in (7, 8):
            month(number, (world.wang_home, "sweep"), (world.liu_home, "sweep"))
        month(9, (world.wang_home, "sweep"))
        assert rated(world, world.li).runs.identical == 2

    def test_nothing_for_anybody_is_a_run_of_its_own(self, world, month):
        for number in (7, 8, 9):
            month(number, (world.sun_home, "sweep"))
        assert rated(world, world.li).runs.blank == 3

    def test_a_month_between_breaks_a_run(self, world, month):
        month(7, (world.wang_home, "sweep"), (world.liu_home, "sweep"))
        month(9, (world.wang_home, "sweep"), (world.liu_home, "sweep"))
        assert rated(world, world.li).runs.identical == 1

    def test_a_deduction_is_no_plus(self, world, month):
        month(7, (world.wang_home, "sweep"), (world.liu_home, "litter"))
        assert rated(world, world.li).runs.always_plus == 0


class TestHabits:
    def of(self, world, user):
        return habits.habits(stock(world), habits.homes_in_office(here(world), on=OCTOBER))[user.pk]

    def test_facts_of_one_day_handed_in_at_the_last_moment(self, world, month):
        day = {"occurred_on": date(2026, 9, 3)}
        last = noon(date(2026, 9, 30))
        month(9, *((home, "sweep", day) for home in (world.wang_home, world.liu_home)), at=last)
        assert (self.of(world, world.li).late_items, self.of(world, world.li).biggest_batch) == (2, 2)

    def test_the_same_in_good_time_is_no_habit(self, world, month):
        month(9, (world.wang_home, "sweep"), (world.liu_home, "sweep"))
        assert self.of(world, world.li).late_items == 0

    def test_facts_long_past(self, world, month):
        august = Month(world, noon(date(2026, 8, 1)), date(2026, 8, 1)).open()
        august.wait(31)  # 李党员's sheet is missing; its days may come later
        month(9, (world.wang_home, "sweep", {"occurred_on": date(2026, 8, 2)}))
        assert (self.of(world, world.li).old_items, self.of(world, world.li).most_old) == (1, 1)

    def test_a_deduction_without_evidence_is_counted_even_if_the_rule_asks_for_none(self, world, month):
        rule = world.rules["litter"]
        rule.evidence = "none"
        rule.save()
        month(9, (world.wang_home, "litter", {"photos": ()}), (world.liu_home, "own", {"photos": ()}))
        assert (self.of(world, world.li).taken, self.of(world, world.li).unproved) == (2, 1)

    def test_colleagues_homes_beside_the_others(self, world, month):
        month(9, (world.li_home, "sweep"), (world.zhao_home, "sweep"))
        found = self.of(world, world.zhou)
        assert (found.colleagues_months, found.colleagues_plus, found.colleagues_minus) == (1, 1, 0)
        assert not found.tells_colleagues  # one home: its counts would be that home's

    @pytest.mark.parametrize(
        ("theirs", "others", "told"), [(5, 5, True), (4, 5, False), (5, 4, False), (0, 5, True)]
    )
    def test_colleagues_homes_are_told_only_where_neither_they_nor_the_rest_are_few(
        self, world, month, theirs, others, told
    ):
        wu = people.person("吴党员", "rater", world.village)
        homes = [
            people.household(f"{n}号", world.west, f"牛{n}叔", rater=wu)
            for n in range(70, 70 + theirs + others)
        ]
        month(9)
        in_office = {-n: home.pk for n, home in enumerate(homes[:theirs], 1)}
        assert habits.habits(stock(world), in_office)[wu.pk].tells_colleagues is told


class TestFavours:
    def each_other(self, world, month, *more):
        """李党员 rates 周党员's home and he rates 李党员's, a plus each for three months."""
        home = people.household("9号", world.east, "周党员", user=world.zhou, rater=world.li)
        for number in (7, 8, 9):
            month(number, (world.li_home, "sweep"), (home, "sweep"), *more)
        homes = habits.homes_in_office(here(world), on=OCTOBER)
        return habits.favours(stock(world), homes)

    def test_two_who_only_give_each_other_pluses(self, world, month):
        found = self.each_other(world, month)
        assert {(each.rater, each.other) for each in found} == {
            (world.li.pk, world.zhou.pk), (world.zhou.pk, world.li.pk),
        }  # fmt: skip
        assert {(each.given, each.received, each.months, each.rate) for each in found} == {(3, 3, 3, 100)}

    def test_who_gives_everybody_as_much_does_nobody_a_favour(self, world, month):
        assert self.each_other(world, month, (world.wang_home, "sweep"), (world.liu_home, "sweep")) == []

    def test_one_deduction_and_it_is_none(self, world, month):
        assert self.each_other(world, month, (world.li_home, "litter")) == []


def objected(world, made, name, *, at):
    case = objections.file(
        against=Against.line(entry(made, name)), text="那天我不在家。", how="online", for_member=world.head,
        by=world.wang, at=at,
    )  # fmt: skip
    decisions.accept(objection=case, by=world.officer, at=at)
    case.refresh_from_db()
    return case


def decided(world, case, outcome, *, at):
    decisions.decide(
        objection=case,
        outcome=outcome,
        grounds="看了照片。",
        seen=facts.seen(case, at=at),
        by=world.officer,
        at=at,
    )


class TestChanged:
    def upheld(self, world, made, name, *, at):
        decided(world, objected(world, made, name, at=at), "upheld", at=at)

    def test_of_a_rater_with_few_households_is_not_told_that_one_objected(self, world, month):
        made = month(9, (world.wang_home, "block", {"chosen_tenths": 20, "grounds": "半条"}))
        self.upheld(world, made, "9-0", at=made.at)
        hats = {row.hat for row in changed.changed(here(world), MAY, OCTOBER)}
        assert hats == {"confirmed", "voted"}

    def test_whose_work_an_upheld_objection_was_about(self, world, month):
        for door in ("9号", "51号", "52号"):
            people.household(door, world.east, f"马{door}", rater=world.li)
        made = month(9, (world.wang_home, "block", {"chosen_tenths": 20, "grounds": "半条"}))
        self.upheld(world, made, "9-0", at=made.at)
        rows = changed.changed(here(world), MAY, OCTOBER)
        found = {(row.user, row.hat): (row.handled, row.decided, row.changed) for row in rows}
        assert found[world.li, "rated"] == (1, 1, 1)
        assert found[world.shi, "confirmed"] == (1, 1, 1)
        assert {user for user, hat in found if hat == "voted"} <= set(world.council)
        assert len(found) == 2 + len([1 for _, hat in found if hat == "voted"]) > 2

    def test_nobody_has_more_changed_than_they_handled(self, world, month):
        made = month(4, (world.wang_home, "block", {"chosen_tenths": 20, "grounds": "半条"}))
        self.upheld(world, made, "4-0", at=made.at)
        assert changed.changed(here(world), MAY, OCTOBER) == []
        assert {
            (row.handled, row.changed) for row in changed.changed(here(world), date(2026, 4, 1), MAY)
        } == {(1, 1)}

    def test_without_objections_nobody_is_shown(self, world, month):
        month(9, (world.wang_home, "sweep"))
        assert changed.changed(here(world), MAY, OCTOBER) == []


class TestSteps:
    def test_working_days_of_each_step(self, world, month):
        made = month(9, (world.wang_home, "litter"))
        found = {step.name: step for step in steps.steps(world.village, stock(world), at=made.at)}
        assert [found[name].days for name in ("review", "sign", "publish")] == [[0], [0], [0]]
        assert found["confirm"].days == [0, 0, 0]
        assert (found["review"].within, found["review"].late, found["sign"].late) == (5, 0, None)

    def test_a_slow_council_is_late(self, world, month):
        made = Month(world, noon(date(2026, 9, 15)), date(2026, 9, 1)).open()
        made.observe("扫路", world.wang_home, "sweep")
        made.to_review()
        made.at += timedelta(days=14)
        made.review_all().send().sign().publish()
        [review] = [s for s in steps.steps(world.village, stock(world), at=made.at) if s.name == "review"]
        assert review.late == 1
        assert review.days[0] > 5

    def test_a_case_lawfully_extended_is_late_only_after_its_own_day(self, world, month):
        made = month(9, (world.wang_home, "block", {"chosen_tenths": 20, "grounds": "半条"}))
        case = objected(world, made, "9-0", at=made.at)
        waits.extend(objection=case, days=10, why="等照片", by=world.officer, at=made.at + timedelta(days=1))
        at = made.at + timedelta(days=16)
        case.refresh_from_db()
        decided(world, case, "rejected", at=at)
        [decide] = [s for s in steps.steps(world.village, stock(world), at=at) if s.name == "decide"]
        assert decide.days[0] > decide.within
        assert decide.late == 0


class TestSevere:
    def kinds(self, world):
        return {row.kind for row in look.found(world.village, MAY, OCTOBER, at=noon(date(2026, 10, 28)))}

    def rated(self, world, month, *, others):
        """李党员 with five minuses in three months; beside him somebody with some households, who records nothing."""
        for n in range(20, 24):
            people.household(f"{n}号", world.east, f"马{n}", rater=world.li)
        wu = people.person("吴党员", "rater", world.village)
        for n in range(70, 70 + others):
            people.household(f"{n}号", world.west, f"牛{n}", rater=wu)
        for number in (7, 8, 9):
            month(number, (world.wang_home, "litter"), (world.liu_home, "litter"))

    def test_nobody_is_held_against_a_single_household(self, world, month):
        self.rated(world, month, others=1)
        assert "severe" not in self.kinds(world)

    def test_beside_enough_others_it_is_asked(self, world, month):
        self.rated(world, month, others=5)
        assert "severe" in self.kinds(world)


def test_everything_found_costs_the_same_queries_for_three_households_and_for_thirty(world, month):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            list(look.found(world.village, MAY, OCTOBER, at=noon(date(2026, 10, 28))))
        return len(seen)

    month(8, (world.wang_home, "sweep"))
    few = cost()
    homes = [people.household(f"{n}号", world.east, "某人", rater=world.li) for n in range(11, 41)]
    month(9, *((home, "sweep") for home in homes))
    assert cost() <= few


def test_three_households_alike_are_nobody_s_question_for_it_would_tell_what_they_got(world, month):
    third = people.household("9号", world.east, "马大叔", rater=world.li)
    for number in (7, 8, 9):
        month(number, *((home, "sweep") for home in (world.wang_home, world.liu_home, third)))
    assert rated(world, world.li).runs.identical == 3
    assert list(look.found(world.village, MAY, OCTOBER, at=noon(date(2026, 10, 28)))) == []


def test_ordinary_months_raise_nothing(world, month):
    month(8, (world.wang_home, "sweep"), (world.sun_home, "litter"))
    month(9, (world.liu_home, "own"), (world.zhao_home, "sweep"))
    assert look.look(village=world.village, by=world.supervision, at=noon(date(2026, 10, 28))) == []


@pytest.mark.parametrize(("months_back", "first"), [(0, OCTOBER), (5, MAY), (12, date(2025, 10, 1))])
def test_months_are_counted_back_over_the_year(months_back, first):
    assert look.months_before(OCTOBER, months_back) == first
