"""Who a household objected to brings no new deduction on it, settles none and votes on none; others do."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from governance import appointments, events, shields
from governance.models import Event
from governance.refusals import Refused
from tests import people
from tests.months import Month, photo
from tests.people import NOON
from tests.workflows.pages import at_noon, browser
from workflows import ballots, observations, sheets, signatures
from workflows.models import Observation, SheetLine
from workflows.queues import waiting_for
from workflows.standins import Diverted
from workflows.who import confirmers, voters

State = Observation.State
CAUSE = "objection:00000000-0000-4000-8000-000000000001"
OCTOBER_TENTH = date(2026, 10, 10)


def shield(world, *users, home=None):
    shields.raise_for(
        subject=home or world.wang_home, users=users, cause=CAUSE, village=world.village, by=world.wang,
        at=NOON,
    )  # fmt: skip


def diverted():
    return Event.objects.filter(name="observation.diverted")


class TestRating:
    def test_a_deduction_goes_to_another_rater_without_a_word_of_it(self, october, world):
        shield(world, world.li)
        outcome = october.observe("乱倒", world.wang_home, "litter", rater=world.li)
        assert isinstance(outcome, Diverted)
        assert outcome.to.rater == world.zhou
        assert not Observation.objects.exists()
        line = outcome.to.lines.get(subject=world.wang_home)
        assert (line.verdict, line.instead_of) == ("todo", world.li)

    def test_the_log_says_who_under_which_rule_and_about_whom(self, october, world):
        shield(world, world.li)
        october.observe("乱倒", world.wang_home, "litter", rater=world.li)
        event = diverted().get()
        assert (event.by, event.role, event.subject_key) == (world.li, "rater", world.wang_home.key)
        assert '"rule":"1.2"' in event.body.content.replace(" ", "")

    def test_a_plus_stays_with_the_rater_and_so_does_the_household(self, october, world):
        shield(world, world.li)
        october.observe("扫路", world.wang_home, "sweep")
        sheet = october.sheet(world.li)
        observations.draft(
            sheet=sheet, subject=world.wang_home, rule=world.rules["litter"], by=world.li, at=NOON,
            fact=observations.Fact("乱倒", OCTOBER_TENTH),
        )  # fmt: skip
        assert sheet.observations.get().rule == world.rules["sweep"]
        assert sheet.lines.filter(subject=world.wang_home, verdict="observed").exists()

    def test_other_households_and_other_raters_are_not_concerned(self, october, world):
        shield(world, world.li)
        assert isinstance(october.observe("乱倒", world.liu_home, "litter"), Observation)
        outcome = october.observe("乱倒一", world.wang_home, "litter", rater=world.li)
        item = observations.draft(
            sheet=outcome.to, subject=world.wang_home, rule=world.rules["litter"], by=world.zhou, at=NOON,
            fact=observations.Fact("乱倒", OCTOBER_TENTH),
        )  # fmt: skip
        assert item.state == State.DRAFTED

    def test_a_second_deduction_adds_no_second_line_but_is_seen_by_the_supervisor(self, october, world):
        shield(world, world.li)
        first = october.observe("甲", world.wang_home, "litter", rater=world.li)
        sheets.nothing(sheet=first.to, by=world.zhou, at=NOON)
        sheet = october.sheet(world.li)
        fact = observations.Fact("又乱倒", OCTOBER_TENTH)
        again = observations.draft(
            sheet=sheet, subject=world.wang_home, rule=world.rules["litter"], fact=fact, by=world.li, at=NOON
        )
        assert again.to == first.to
        assert diverted().count() == 2
        assert first.to.lines.get(subject=world.wang_home).verdict == "todo"

    def test_a_plus_that_is_changed_into_a_deduction_goes_to_others_and_stays_as_it_was(self, october, world):
        item = october.observe("扫路", world.wang_home, "sweep")
        shield(world, world.li)
        outcome = observations.change(
            observation=item, rule=world.rules["litter"], by=world.li, at=NOON,
            fact=observations.Fact("乱倒", OCTOBER_TENTH),
        )  # fmt: skip
        item.refresh_from_db()
        assert isinstance(outcome, Diverted)
        assert (item.rule, item.fact) == (world.rules["sweep"], "看见扫路")

    def test_a_deduction_drafted_before_the_objection_is_not_handed_in_by_its_rater(self, october, world):
        item = october.observe("乱倒", world.wang_home, "litter")
        shield(world, world.li)
        sheet = october.sheet(world.li)
        sheets.nothing(sheet=sheet, by=world.li, at=NOON)
        sheets.file(sheet=sheet, by=world.li, at=NOON)
        item.refresh_from_db()
        assert item.state == State.WITHDRAWN
        line = SheetLine.objects.get(sheet__round=october.round, subject=world.wang_home)
        assert (line.sheet.rater, line.verdict) == (world.zhou, "todo")
        assert diverted().count() == 1

    def test_the_township_looks_when_every_rater_of_the_village_was_objected_to(self, october, world):
        shield(world, world.li, world.zhou)
        outcome = october.observe("乱倒", world.wang_home, "litter", rater=world.li)
        assert outcome.to.rater in world.panel

    def test_when_nobody_is_left_to_look_nothing_is_written_and_the_supervisor_sees_it(self, october, world):
        shield(world, world.li, world.zhou, *world.panel)
        outcome = october.observe("乱倒", world.wang_home, "litter", rater=world.li)
        assert outcome == Diverted(None)
        assert not Observation.objects.exists()
        assert diverted().count() == 1

    def test_a_rater_leaves_office_while_another_looks_already(self, october, world):
        shield(world, world.li)
        october.observe("乱倒", world.wang_home, "litter", rater=world.li)
        office = world.li.appointments.get(role="rater")
        appointments.end(appointment=office, why="搬走了", by=world.clerk, at=NOON)
        lines = SheetLine.objects.filter(sheet__round=october.round, subject=world.wang_home)
        assert lines.get().sheet.rater == world.zhou


class TestConfirming:
    @pytest.fixture
    def items(self, october, world):
        """A plus and a deduction on 王家户, handed in; 石组长 was objected to."""
        october.observe("扫路", world.wang_home, "sweep")
        sheet = october.sheet(world.li)
        october.items["乱倒"] = observations.draft(
            sheet=sheet, subject=world.wang_home, rule=world.rules["litter"], by=world.li, at=NOON,
            fact=observations.Fact("乱倒", OCTOBER_TENTH, photos=(photo(),)),
        )  # fmt: skip
        october.file_all()
        shield(world, world.shi)
        for item in october.items.values():
            item.refresh_from_db()
        return october.items

    def test_another_leader_settles_the_deduction_and_the_first_the_plus(self, items, world):
        fine, plus = items["乱倒"], items["扫路"]
        with pytest.raises(Refused, match="不是说您有错"):
            observations.confirm(observation=fine, by=world.shi, at=NOON)
        assert confirmers(fine.sheet, at=NOON, item=fine) == [world.gao]
        assert observations.confirm(observation=plus, by=world.shi, at=NOON).state == State.CONFIRMED
        assert observations.confirm(observation=fine, by=world.gao, at=NOON).state == State.CONFIRMED

    def test_the_township_settles_it_when_all_leaders_were_objected_to(self, items, world):
        shields.raise_for(
            subject=world.wang_home,
            users=[world.gao],
            cause="objection:2",
            village=world.village,
            by=None,
            at=NOON,
        )
        assert confirmers(items["乱倒"].sheet, at=NOON, item=items["乱倒"]) == sorted(
            world.panel, key=lambda user: user.name
        )

    def test_nothing_waits_for_nobody_when_the_township_was_objected_to_as_well(self, items, world):
        shields.raise_for(
            subject=world.wang_home, users=[world.gao, *world.panel], cause="objection:2", village=world.village,
            by=None, at=NOON,
        )  # fmt: skip
        people.kin(world.panel[0], world.wang_home)
        found = confirmers(items["乱倒"].sheet, at=NOON, item=items["乱倒"])
        assert set(found) == set(world.panel[1:])

    def test_the_list_of_what_waits_counts_only_what_is_theirs(self, items, world):
        [mine] = [w for w in waiting_for(world.shi, at=NOON) if w.url_name == "area"]
        assert "1条事" in mine.where


class TestVoting:
    @pytest.fixture
    def fine(self, october, world):
        """A deduction on 王家户 before the council."""
        item = october.observe("乱倒", world.wang_home, "litter")
        october.to_review()
        item.refresh_from_db()
        return item

    def test_a_member_objected_to_is_out_and_the_others_decide(self, october, fine, world):
        shield(world, world.lin)
        with pytest.raises(Refused, match="不是说您有错"):
            ballots.cast(observation=fine, choice="approve", reason="有照片", by=world.lin, at=NOON)
        assert world.lin not in voters(fine, at=NOON)
        assert october.vote(fine, "approve").state == State.APPROVED

    def test_a_vote_cast_before_the_objection_counts(self, october, fine, world):
        ballots.cast(observation=fine, choice="reject", reason="看不清", by=world.lin, at=NOON)
        shield(world, world.lin)
        october.vote(fine, "approve")
        assert ballots.tally(fine) == {"reject": 1, "approve": 4}

    def test_it_goes_to_the_township_when_too_few_of_the_council_are_left(self, fine, world):
        shield(world, *world.council[:3])
        assert set(voters(fine, at=NOON)) == set(world.panel)

    def test_the_township_votes_all_the_same_when_it_was_objected_to_as_well(self, fine, world):
        shield(world, *world.council, *world.panel)
        assert set(voters(fine, at=NOON)) == set(world.panel)

    def test_the_page_says_why_and_shows_no_ballot(self, fine, world):
        shield(world, world.lin)
        with at_noon():
            html = (
                browser(world.lin).get(f"/rounds/{fine.round.key}/review/?item={fine.key}").content.decode()
            )
        assert "不是说您有错" in html
        assert 'name="choice"' not in html

    def test_who_voted_before_still_sees_the_case(self, fine, world):
        ballots.cast(observation=fine, choice="reject", reason="看不清", by=world.lin, at=NOON)
        shield(world, world.lin)
        with at_noon():
            html = (
                browser(world.lin).get(f"/rounds/{fine.round.key}/review/?item={fine.key}").content.decode()
            )
        assert "不是说您有错" not in html

    def test_a_plus_is_voted_on_as_ever(self, october, world):
        plus = october.observe("称号", world.wang_home, "honour", labels=("省级",))
        october.to_review()
        plus.refresh_from_db()
        shield(world, world.lin)
        assert world.lin in voters(plus, at=NOON)

    def test_signing_a_month_is_not_concerned(self, october, fine, world):
        shield(world, *world.committee)
        october.review_all().send().sign()
        assert not signatures.uncovered(october.round)


def test_after_half_a_year_everybody_works_as_before(world):
    shield(world, world.li)
    april = Month(
        world, NOON + timedelta(days=181), month=NOON.date().replace(year=2027, month=5, day=1)
    ).open()
    assert isinstance(april.observe("乱倒", world.wang_home, "litter"), Observation)
    assert events.last(april.sheet(world.li), "observation.diverted") is None


class TestTheRatersPage:
    def test_it_says_beforehand_what_will_happen_and_afterwards_what_did(self, october, world):
        shield(world, world.li)
        url = reverse("observation_add", args=[october.sheet(world.li).key, world.wang_home.key])
        sent = {"fact": "路口倒了一袋垃圾", "occurred_on": "2026-10-10", "rule": world.rules["litter"].key}
        with at_noon():
            client = browser(world.li)
            assert "这一户的减分由别的党员去看" in client.get(url).content.decode()
            done = client.post(url, sent, follow=True).content.decode()
        assert "您写的没有存" in done
        assert "周党员" in done
        assert not Observation.objects.exists()


class TestTheSupervisorsPage:
    def page(self, world, tab="diverted", at=NOON):
        with at_noon(at):
            return browser(world.supervision).get(f"{reverse('guard', args=[world.village.code])}?tab={tab}")

    def test_it_lists_what_went_to_others_without_naming_the_household(self, october, world):
        assert "一条也没有" in self.page(world).content.decode()
        shield(world, world.li)
        october.observe("乱倒", world.wang_home, "litter", rater=world.li)
        html = self.page(world).content.decode()
        assert all(words in html for words in ("东片", "乱倒垃圾", "李党员"))
        assert world.wang_home.name not in html

    def test_it_lists_deductions_others_posted_meanwhile(self, october, world):
        shield(world, world.lin)
        october.observe("乱倒", world.wang_home, "litter")
        october.observe("乱倒二", world.liu_home, "litter")
        october.to_publication()
        assert self.page(world, "posted").content.decode().count('data-th="哪件异议"') == 1

    def test_it_asks_as_much_for_many_as_for_one(self, october, world, django_assert_max_num_queries):
        shield(world, world.li)
        for _ in range(5):
            observations.draft(
                sheet=october.sheet(world.li), subject=world.wang_home, rule=world.rules["litter"], by=world.li,
                at=NOON, fact=observations.Fact("乱倒", OCTOBER_TENTH),
            )  # fmt: skip
        with django_assert_max_num_queries(30):
            assert self.page(world).content.decode().count('data-th="哪件异议"') == 5
