"""A month from opening to close, told by the people who do it."""

from datetime import UTC, timedelta

import pytest

from governance import deadlines, policies
from governance.models import Entry, Event
from governance.refusals import Conflict, Invalid, Refused
from tests import people
from tests.months import Month
from tests.people import NOON
from workflows import ballots, observations, publications, reviews, rounds, sheets, signatures
from workflows.models import Observation, Publication, Round, Sheet, SheetLine
from workflows.observations import Fact
from workflows.steps import now_open

State = Observation.State


class TestOpening:
    def test_each_rater_gets_a_sheet_per_area(self, october, world):
        assert {(s.rater.name, s.area.name) for s in october.round.sheets.all()} == {
            ("李党员", "东片"), ("周党员", "东片"), ("周党员", "西片"),
        }  # fmt: skip

    def test_who_has_not_agreed_is_on_no_sheet(self, october, world):
        assert not SheetLine.objects.filter(subject=world.chen_home).exists()

    def test_a_household_joins_from_the_next_month(self, world):
        world.chen_home.enrolled_from = NOON.date().replace(day=1)
        world.chen_home.save()
        month = Month(world, NOON).open()
        assert not SheetLine.objects.filter(subject=world.chen_home, sheet__round=month.round).exists()

    def test_a_rater_s_kin_goes_to_another_rater_of_the_area(self, world):
        people.kin(world.li, world.wang_home)
        month = Month(world, NOON).open()
        line = SheetLine.objects.get(subject=world.wang_home, sheet__round=month.round)
        assert (line.sheet.rater, line.instead_of) == (world.zhou, world.li)

    def test_when_all_raters_are_kin_the_township_rates(self, world):
        for rater in (world.li, world.zhou):
            people.kin(rater, world.wang_home)
        month = Month(world, NOON).open()
        assert (
            SheetLine.objects.get(subject=world.wang_home, sheet__round=month.round).sheet.rater
            in world.panel
        )

    def test_a_month_opens_once(self, october):
        with pytest.raises(Conflict, match="已经开了"):
            october.open()

    def test_only_the_clerk_opens_it(self, world):
        with pytest.raises(Refused, match="文书"):
            rounds.open_month(village=world.village, month=NOON.date().replace(day=1), by=world.li, at=NOON)

    def test_without_a_rulebook_in_force_it_does_not_open(self, world):
        with pytest.raises(Refused, match="评分细则"):
            rounds.open_month(
                village=world.elsewhere, month=NOON.date().replace(day=1), by=world.elsewhere_clerk, at=NOON
            )

    def test_the_calendar_opens_it_where_a_village_wants_that(self, world):
        assert rounds.open_due(NOON) == []
        policies.set_value(
            "round_opens_day",
            10,
            village=world.village,
            starts=NOON.date(),
            source="村民代表会议",
            by=world.clerk,
            at=NOON,
        )
        assert [r.month.month for r in rounds.open_due(NOON)] == [11]
        assert rounds.open_due(NOON) == []


class TestRating:
    def test_points_follow_from_rule_and_quantity(self, october, world):
        item = october.observe("扫路", world.wang_home, "volunteer", quantity_milli=3000, photos=())
        assert item.raw_tenths == 15

    def test_a_range_needs_grounds(self, october, world):
        with pytest.raises(Invalid) as refusal:
            october.observe("沙石占路", world.wang_home, "block", chosen_tenths=30)
        assert "grounds" in refusal.value.errors

    def test_protected_conduct_is_stopped_and_nothing_is_kept(self, october, world):
        with pytest.raises(Invalid) as refusal:
            october.observe("x", world.wang_home, "litter", fact="他家又到镇里上访了")
        assert "权利" in refusal.value.errors["stop"]
        assert not Observation.objects.exists()

    def test_facts_of_another_month_go_elsewhere(self, october, world):
        with pytest.raises(Invalid) as refusal:
            october.observe("扫路", world.wang_home, "sweep", occurred_on=NOON.date().replace(day=2))
        assert "10月" in refusal.value.errors["occurred_on"]

    def test_another_rater_s_household_is_refused(self, october, world):
        with pytest.raises(Refused):
            observations.draft(
                sheet=october.sheet(world.li), subject=world.zhao_home, rule=world.rules["sweep"],
                fact=Fact(fact="扫路", occurred_on=october.month), by=world.li, at=NOON,
            )  # fmt: skip
        with pytest.raises(Refused, match="只有本人"):
            sheets.nothing(sheet=october.sheet(world.li), by=world.zhou, at=NOON)

    def test_kin_declared_after_opening_is_refused_and_handed_over(self, october, world):
        people.kin(world.li, world.wang_home)
        with pytest.raises(Refused, match="亲属"):
            october.observe("扫路", world.wang_home, "sweep")
        sheets.nothing(sheet=october.sheet(world.li), by=world.li, at=NOON)
        sheets.file(sheet=october.sheet(world.li), by=world.li, at=NOON)
        assert SheetLine.objects.get(subject=world.wang_home).sheet.rater == world.zhou

    def test_a_sheet_with_households_to_do_is_not_taken(self, october, world):
        with pytest.raises(Invalid, match="还有2户没评"):
            sheets.file(sheet=october.sheet(world.li), by=world.li, at=NOON)

    def test_an_item_without_its_evidence_is_not_taken(self, october, world):
        october.observe("扫路", world.wang_home, "sweep", photos=())
        sheets.nothing(sheet=october.sheet(world.li), by=world.li, at=NOON)
        with pytest.raises(Invalid, match="照片"):
            sheets.file(sheet=october.sheet(world.li), by=world.li, at=NOON)

    def test_a_role_revoked_after_opening_is_refused_at_the_act(self, october, world):
        world.li.appointments.update(ends=(NOON - timedelta(days=1)).date())
        with pytest.raises(Refused, match="没有这个职务"):
            sheets.nothing(sheet=october.sheet(world.li), by=world.li, at=NOON)

    def test_dropping_the_only_fact_makes_the_household_to_do_again(self, october, world):
        item = october.observe("扫路", world.wang_home, "sweep")
        observations.drop(observation=item, by=world.li, at=NOON)
        assert october.sheet(world.li).lines.get(subject=world.wang_home).verdict == "todo"


class TestConfirming:
    def test_the_leader_measures_again_and_the_points_follow(self, october, world):
        item = october.observe("扫路", world.wang_home, "volunteer", quantity_milli=4000, photos=())
        october.file_all()
        observations.adjust(
            observation=item, fact=Fact(fact="", occurred_on=item.occurred_on, quantity_milli=2000),
            why="只有两个小时", by=world.shi, at=NOON,
        )  # fmt: skip
        item.refresh_from_db()
        assert (item.raw_tenths, item.filed_tenths, item.state) == (10, 20, State.CONFIRMED)

    def test_a_returned_sheet_comes_back_to_its_rater(self, october, world):
        october.observe("扫路", world.wang_home, "sweep")
        october.file_all()
        sheet = sheets.send_back(sheet=october.sheet(world.li), why="照片看不清", by=world.shi, at=NOON)
        assert sheet.state == Sheet.State.RETURNED
        sheets.file(sheet=sheet, by=world.li, at=NOON)
        assert october.sheet(world.li).state == Sheet.State.FILED

    def test_a_leader_does_not_confirm_their_own_sheet(self, world):
        people.appoint(world.shi, "rater", world.village)
        world.wang_home.links.all().update(rater=world.shi)
        month = Month(world, NOON).open().file_all()
        with pytest.raises(Refused, match="自己评的"):
            rounds.confirm_sheet(sheet=month.sheet(world.shi), by=world.shi, at=NOON)
        rounds.confirm_sheet(sheet=month.sheet(world.shi), by=world.gao, at=NOON)

    def test_a_leader_who_is_kin_leaves_the_item_to_another_leader(self, october, world):
        item = october.observe("扫路", world.wang_home, "sweep")
        people.kin(world.shi, world.wang_home)
        october.file_all()
        with pytest.raises(Refused, match="亲属"):
            observations.confirm(observation=item, by=world.shi, at=NOON)
        observations.confirm(observation=item, by=world.gao, at=NOON)

    def test_a_sheet_with_unsettled_items_is_not_confirmed(self, october, world):
        october.observe("扫路", world.wang_home, "sweep")
        october.file_all()
        with pytest.raises(Refused, match="还有1条没核"):
            rounds.confirm_sheet(sheet=october.sheet(world.li), by=world.shi, at=NOON)

    def test_the_last_confirmed_sheet_opens_the_review(self, october):
        assert october.to_review().round.state == Round.State.REVIEWING

    def test_sheets_not_handed_in_are_listed_as_missing(self, world):
        month = Month(world, NOON).open().wait(1)
        assert set(month.round.sheets.values_list("state", flat=True)) == {Sheet.State.MISSING}
        assert month.round.state == Round.State.REVIEWING

    def test_facts_of_a_missing_sheet_come_in_next_month_under_their_own_date(self, october, world):
        item = october.observe("扫路", world.wang_home, "sweep")
        october.wait(1)
        november = Month(world, october.at, month=NOON.date().replace(day=1)).open()
        item.refresh_from_db()
        assert item.round == november.round
        assert item.occurred_on.month == 10


class TestVoting:
    @pytest.fixture
    def fine(self, october, world):
        item = october.observe("乱倒垃圾", world.wang_home, "litter")
        october.to_review()
        item.refresh_from_db()
        return item

    def test_votes_are_sealed_until_all_have_voted(self, october, world, fine):
        ballots.cast(observation=fine, choice="approve", reason="有照片", by=world.lin, at=NOON)
        with pytest.raises(Refused, match="封着"):
            ballots.tally(fine)

    def test_a_majority_passes(self, october, fine):
        assert october.vote(fine, "approve", "approve", "approve", "reject", "reject").state == State.APPROVED

    def test_no_majority_fails(self, october, fine):
        assert october.vote(fine, "approve", "approve", "reject", "reject", "reject").state == State.REJECTED

    def test_a_tie_fails(self, october, world, fine):
        people.kin(world.council[4], world.wang_home)
        assert october.vote(fine, "approve", "approve", "reject", "reject").state == State.REJECTED

    def test_sent_back_it_is_looked_at_again_and_voted_on_afresh(self, october, world, fine):
        item = october.vote(fine, "send_back")
        assert (item.state, item.turn) == (State.FILED, 2)
        observations.confirm(observation=item, by=world.shi, at=NOON)
        assert october.vote(item, "approve").state == State.APPROVED

    def test_kin_neither_votes_nor_reads_the_ballot(self, world, fine):
        people.kin(world.lin, world.wang_home)
        with pytest.raises(Refused, match="看不到这一票"):
            ballots.cast(observation=fine, choice="approve", reason="好", by=world.lin, at=NOON)

    def test_nobody_votes_twice(self, world, fine):
        ballots.cast(observation=fine, choice="approve", reason="好", by=world.lin, at=NOON)
        with pytest.raises(Conflict, match="已经投了"):
            ballots.cast(observation=fine, choice="reject", reason="不", by=world.lin, at=NOON)

    def test_a_deduction_is_voted_on_with_a_reason(self, world, fine):
        with pytest.raises(Invalid, match="理由"):
            ballots.cast(observation=fine, choice="approve", reason=" ", by=world.lin, at=NOON)

    def test_below_the_quorum_the_township_votes(self, october, world, fine):
        for member in world.council[:3]:
            people.kin(member, world.wang_home)
        item = october.vote(fine, "approve")
        assert item.state == State.APPROVED
        assert {b.voter for b in item.ballots.all()} == set(world.panel)

    def test_at_the_deadline_a_quorum_decides(self, october, world, fine):
        for member in world.council[:3]:
            ballots.cast(observation=fine, choice="approve", reason="好", by=member, at=october.at)
        october.wait(15)
        fine.refresh_from_db()
        assert fine.state == State.APPROVED

    def test_at_the_deadline_without_quorum_it_goes_to_the_township(self, october, world, fine):
        ballots.cast(observation=fine, choice="approve", reason="好", by=world.lin, at=october.at)
        october.wait(15)
        fine.refresh_from_db()
        assert (fine.state, fine.at_township) == (State.CONFIRMED, True)
        assert october.vote(fine, "approve").state == State.APPROVED

    def test_small_plus_items_pass_together_but_not_large_ones(self, october, world):
        small = october.observe("扫路", world.liu_home, "sweep")
        large = october.observe("乱倒", world.wang_home, "litter")
        october.to_review()
        with pytest.raises(Refused, match="要投票"):
            reviews.approve_together(round=october.round, observations=[small, large], by=world.lin, at=NOON)
        assert reviews.approve_together(round=october.round, observations=[small], by=world.lin, at=NOON) == 1

    def test_a_contested_item_needs_a_ballot(self, october, world):
        small = october.observe("扫路", world.liu_home, "sweep")
        october.to_review()
        reviews.contest(observation=small, why="日子不对", by=world.lin, at=NOON)
        with pytest.raises(Refused, match="要投票"):
            reviews.approve_together(round=october.round, observations=[small], by=world.council[1], at=NOON)


class TestSigningAndPosting:
    @pytest.fixture
    def reviewed(self, october, world):
        october.observe("扫路", world.liu_home, "sweep")
        october.observe("乱倒", world.wang_home, "litter")
        return october.to_review().review_all()

    def test_the_month_is_not_sent_with_items_open(self, october, world):
        october.observe("乱倒", world.wang_home, "litter")
        october.to_review()
        with pytest.raises(Refused, match="还有1条没定"):
            october.send()

    def test_who_has_rated_does_not_sign(self, reviewed, world):
        people.appoint(world.li, "committee", world.village)
        reviewed.send()
        with pytest.raises(Refused, match="评过"):
            signatures.sign(round=reviewed.round, word="", by=world.li, at=NOON)

    def test_a_signer_s_kin_needs_a_second_signer(self, reviewed, world):
        first, second = world.committee[:2]
        people.kin(first, world.wang_home)
        reviewed.send()
        assert (
            signatures.sign(round=reviewed.round, word="", by=first, at=NOON).state == Round.State.RESOLVING
        )
        assert (
            signatures.sign(round=reviewed.round, word="", by=second, at=NOON).state == Round.State.RESOLVED
        )

    def test_an_item_sent_back_is_voted_on_while_the_rest_is_signed(self, reviewed, world):
        reviewed.send()
        item = reviewed.items["扫路"]
        signatures.send_back(observation=item, why="门牌不对", by=world.committee[0], at=NOON)
        assert reviewed.sign().round.state == Round.State.RESOLVING
        assert reviewed.vote(item, "approve").state == State.APPROVED
        reviewed.round.refresh_from_db()
        assert reviewed.round.state == Round.State.RESOLVING
        assert reviewed.sign().publish().round.state == Round.State.PUBLISHED

    def test_when_the_item_sent_back_falls_the_signed_month_goes_on_by_itself(self, reviewed, world):
        reviewed.send()
        item = reviewed.items["扫路"]
        signatures.send_back(observation=item, why="门牌不对", by=world.committee[0], at=NOON)
        reviewed.sign()
        reviewed.vote(item, "reject")
        reviewed.round.refresh_from_db()
        assert reviewed.round.state == Round.State.RESOLVED

    def test_nobody_signs_the_same_items_twice(self, reviewed, world):
        people.kin(world.committee[0], world.wang_home)
        reviewed.send().sign()
        with pytest.raises(Conflict, match="已经签过"):
            reviewed.sign()

    def test_posting_writes_ledger_notice_event_and_leaf(self, reviewed, world):
        reviewed.send().sign().publish()
        assert sorted(Entry.objects.values_list("raw_tenths", flat=True)) == [-20, 10]
        notice = Publication.objects.get()
        event = Event.objects.get(name="round.published")
        assert event.seq == notice.log_size - 1
        assert {f"governance_entry:{e.key}" for e in Entry.objects.all()} <= set(event.digests)
        assert notice.content["dimensions"][3] | {"label": ""} == {
            "dimension": "public", "label": "", "plus": 1, "minus": 1, "sum_tenths": -10,
        }  # fmt: skip

    def test_the_notice_stays_as_posted(self, reviewed, world):
        reviewed.send().sign().publish()
        before = Publication.objects.get().content
        publications.extend(
            publication=Publication.objects.get(), days=2, why="下雨", by=world.clerk, at=NOON
        )
        assert Publication.objects.get().content == before

    def test_after_the_window_items_are_final(self, reviewed):
        reviewed.send().sign().publish().wait(6)
        assert reviewed.round.state == Round.State.CLOSED
        assert set(reviewed.round.observations.values_list("state", flat=True)) == {State.FINAL}

    def test_a_held_item_is_not_final(self, reviewed, world):
        from governance import holds

        reviewed.send().sign().publish()
        entry = Entry.objects.get(raw_tenths=-20)
        holds.place(entry=entry, cause="objection:x", by=world.wang, at=reviewed.at)
        reviewed.wait(6)
        assert entry.observation.state == State.PUBLISHED

    def test_posting_twice_tells_who_was_first(self, reviewed, world):
        reviewed.send().sign().publish()
        with pytest.raises(Conflict, match="沈文书"):
            publications.publish_round(round=reviewed.round, by=world.clerk, at=NOON)

    def test_the_process_has_one_open_step_at_a_time(self, reviewed):
        from workflows.flows import RoundFlow

        reviewed.send()
        assert now_open(reviewed.round.process, RoundFlow.sign)
        assert not now_open(reviewed.round.process, RoundFlow.review)


def test_early_in_the_morning_the_month_is_opened_for_the_day_it_is_in_the_village(world):
    seven = NOON.replace(hour=7).astimezone(UTC)  # still yesterday by world time
    month = Month(world, seven).open()
    assert not deadlines.fire_due(month.at)
