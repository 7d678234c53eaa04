"""A repair counts from the month's notice on; a fraud brings the deduction back, and the household may object."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from appeals import objections, repair_posting, repairs
from appeals.against import Against
from appeals.models import Objection, Repair
from governance import holds, households, rules, scorecards, stories
from governance.events import last, why_of
from governance.models import Entry, Hold, Rule, Scorecard
from governance.refusals import Conflict, Invalid, Refused
from governance.replay import replay
from tests import people
from tests.failing import no_room_for
from tests.months import Month
from tests.people import NOON
from tests.published import entry
from tests.repaired import applied, counted, november, ready
from tests.workflows import settled
from workflows import publications
from workflows.models import Amendment, Publication

State = Repair.State
HOUR = NOON + timedelta(hours=1)
LATER = NOON + timedelta(days=1)


def total(world, at) -> int:
    return scorecards.lines(subject=world.wang_home, quarter="2026Q4", at=at).total_tenths


def half(world, points=20):
    world.rulebook.rules.filter(number="1.2").update(repair_half=True, points_tenths=points)


def test_until_it_is_posted_the_deduction_counts_and_then_no_longer(world, month):
    before = total(world, NOON)
    row = counted(world, month)
    assert (row.state, row.round.month.month) == (State.PUBLISHED, 11)
    assert total(world, NOON + timedelta(minutes=59)) == before
    assert total(world, LATER) == before + 20


def test_the_line_stands_under_the_months_event_and_names_its_repair(world, month):
    row = counted(world, month)
    line = Entry.objects.get(reverses=entry(month, "litter"))
    assert (line.source, line.event.name) == (f"repair:{row.key}", "round.published")
    assert {f"governance_entry:{line.key}", f"appeals_repair:{row.key}"} <= line.event.digests.keys()


def test_where_the_rule_says_half_the_other_half_stays(world, month):
    half(world)
    before = total(world, NOON)
    row = counted(world, month)
    assert total(world, LATER) == before + 10
    left = Entry.objects.get(source=f"repair:{row.key}:half")
    assert (left.raw_tenths, left.quarter, left.occurred_on) == (
        -10,
        "2026Q4",
        entry(month, "litter").occurred_on,
    )


def test_half_a_tenth_is_rounded_for_the_resident(world):
    rule = Rule(shape="fixed", repair_half=True)
    line = Entry(raw_tenths=-35, rule=rule, subject=world.wang_home, quarter="2026Q4")
    row = Repair(entry=line, subject=world.wang_home)
    assert [line.raw_tenths for line in repair_posting.offset(row)] == [35, -17]
    row.entry.raw_tenths = -1
    assert [line.raw_tenths for line in repair_posting.offset(row)] == [1]


def test_no_rule_that_counts_times_may_say_half(world):
    draft = people.rulebook(world.village, "draft", version=2)
    rule = people.rules(draft)["burning"]
    with pytest.raises(Invalid) as caught:
        rules.edit(rule=rule, values={"repair_half": True}, by=world.clerk, at=NOON)
    assert "repair_half" in caught.value.errors


def test_the_notice_says_how_many_and_the_preview_said_so(world, month):
    ready(world, month)
    next_month = november(world, HOUR)
    assert publications.preview(next_month.round)["repairs"] == 1
    next_month.publish()
    content = Publication.objects.get(round=next_month.round).content
    assert content["repairs"] == 1
    assert "王家户" not in str(content)


def test_a_repair_not_agreed_to_is_not_posted(world, month):
    row = applied(world, month)
    next_month = november(world, HOUR).publish()
    row.refresh_from_db()
    assert row.state == State.PROMISED
    assert Publication.objects.get(round=next_month.round).content["repairs"] == 0


def test_a_line_held_meanwhile_waits_for_a_later_month(world, month):
    row = ready(world, month)
    holds.place(entry=entry(month, "litter"), cause="objection:x", by=world.wang, at=NOON)
    november(world, HOUR).publish()
    row.refresh_from_db()
    assert row.state == State.APPROVED
    assert not Entry.objects.filter(source=f"repair:{row.key}").exists()


def test_a_deduction_is_repaired_once(world, month):
    counted(world, month)
    with pytest.raises(Refused, match="只能修复一次"):
        applied(world, month)


def test_the_half_that_stays_cannot_be_repaired_again(world, month):
    half(world)
    row = counted(world, month)
    left = Entry.objects.get(source=f"repair:{row.key}:half")
    with pytest.raises(Refused, match="已经修过"):
        repairs.check_repairable(left)


@pytest.mark.parametrize(
    ("write", "table"),
    [("INSERT", "governance_entry"), ("INSERT", "transparency_leaf"), ("UPDATE", "appeals_repair")],
)
def test_nothing_of_a_failed_posting_remains(world, month, write, table):
    row, next_month = ready(world, month), november(world, HOUR)
    with no_room_for(write, table), pytest.raises(DatabaseError, match="disk is full"), transaction.atomic():
        next_month.publish()
    row.refresh_from_db()
    assert row.state == State.APPROVED
    assert not Entry.objects.filter(source__startswith="repair:").exists()
    next_month.publish()
    row.refresh_from_db()
    assert row.state == State.PUBLISHED


class TestSettled:
    """October's quarter was signed and posted before the repair counted."""

    @pytest.fixture
    def row(self, world, month):
        """Approved; the quarter is posted on 6 January, the next month after it."""
        row = ready(world, month)
        settled.posted(world)
        later = Month(world, settled.LATER, date(2027, 1, 1)).open().to_review().review_all().send().sign()
        later.publish()
        row.refresh_from_db()
        return row

    def test_a_signed_scorecard_gets_a_new_version_to_sign(self, world, row):
        card = Scorecard.objects.get(subject=world.wang_home, quarter="2026Q4", version=1)
        amendment = Amendment.objects.get()
        assert (amendment.state, amendment.cause) == ("waiting", f"repair:{row.key}")
        assert amendment.scorecard.total_tenths == card.total_tenths + 20

    def test_revoked_it_is_again_what_was_signed(self, world, row):
        at = settled.LATER + timedelta(hours=2)
        repair_posting.revoke(repair=row, why="照片是别家的", by=world.officer, at=at)
        assert Amendment.objects.get().state == "dropped"
        assert [found for found in replay(village_code=world.village.code) if found.differences] == []


class TestRevoked:
    @pytest.fixture
    def row(self, world, month):
        return counted(world, month)

    def test_the_deduction_counts_again_with_its_reason(self, world, row):
        before = total(world, NOON)
        row = repair_posting.revoke(repair=row, why="照片是别家的", by=world.officer, at=LATER)
        assert row.state == State.REVOKED
        assert total(world, LATER) == before
        event = last(row, "repair.revoked")
        assert (why_of(event), event.subject_key) == ("照片是别家的", world.wang_home.key)

    def test_the_half_that_stayed_goes_when_the_whole_comes_back(self, world, month):
        half(world)
        before = total(world, NOON)
        row = counted(world, month)
        repair_posting.revoke(repair=row, why="假的", by=world.panel[2], at=LATER)
        assert total(world, LATER) == before

    @pytest.mark.parametrize("who", ["clerk", "shi", "lin", "wang", "supervisor", "helper", "stranger"])
    def test_only_the_township_revokes(self, world, row, who):
        with pytest.raises(Refused):
            repair_posting.revoke(repair=row, why="假的", by=getattr(world, who), at=LATER)

    def test_never_kin_never_without_a_reason_and_once(self, world, row):
        people.kin(world.panel[0], world.wang_home)
        with pytest.raises(Refused, match="回避"):
            repair_posting.revoke(repair=row, why="假的", by=world.panel[0], at=LATER)
        with pytest.raises(Invalid):
            repair_posting.revoke(repair=row, why=" ", by=world.officer, at=LATER)
        repair_posting.revoke(repair=row, why="假的", by=world.officer, at=LATER)
        with pytest.raises(Conflict):
            repair_posting.revoke(repair=row, why="假的", by=world.officer, at=LATER)

    def test_who_let_it_pass_does_not_revoke_it(self, world, month):
        row = ready(world, month)
        people.appoint(world.council[0], "panel", world.township)
        november(world, HOUR).publish()
        with pytest.raises(Refused, match="您看过或者投过"):
            repair_posting.revoke(repair=row, why="假的", by=world.council[0], at=LATER)

    def test_the_household_reads_why_and_may_object_for_the_days_of_a_notice(self, world, row):
        repair_posting.revoke(repair=row, why="照片是别家的", by=world.officer, at=LATER)
        line = Entry.objects.get(source=f"repair:{row.key}:revoked")
        fact = stories.facts([line.source])[line.source]
        assert (LATER + timedelta(days=5)).date() == fact.open_until.astimezone(NOON.tzinfo).date()
        story = stories.story(line.source)
        assert "照片是别家的" in [step.why for step in story.steps]
        case = objections.file(
            against=Against.line(line), text="", how="online", for_member=world.head, by=world.wang, at=LATER
        )
        assert case.state == Objection.State.FILED
        assert Hold.objects.get().entry == line

    def test_while_the_half_is_objected_to_it_is_not_revoked(self, world, month):
        half(world)
        row = counted(world, month)
        left = Entry.objects.get(source=f"repair:{row.key}:half")
        objections.file(
            against=Against.line(left), text="", how="online", for_member=world.head, by=world.wang, at=HOUR
        )
        with pytest.raises(Conflict, match="办完了再取消"):
            repair_posting.revoke(repair=row, why="假的", by=world.officer, at=LATER)


def test_the_household_finds_the_way_beside_its_line(world, month):
    def links():
        rows = households.sheet(world.wang_home, "2026Q4", at=NOON).rows
        return {row.entry.raw_tenths: row.mend.label for row in rows if row.can_be_mended}

    assert links() == {-20: "申请修复"}
    applied(world, month)
    assert links() == {-20: "看修复XF-2026-0001"}


def test_a_held_line_offers_no_repair(world, month):
    objections.file(
        against=Against.line(entry(month, "litter")),
        text="",
        how="online",
        for_member=world.head,
        by=world.wang,
        at=NOON,
    )
    rows = households.sheet(world.wang_home, "2026Q4", at=HOUR).rows
    assert [row for row in rows if row.can_be_mended] == []
