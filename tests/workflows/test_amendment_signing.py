"""Two people sign a corrected scorecard: who may, what they must have seen, what then takes effect."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import holds, households
from governance.models import Appointment, Event, Reading, Scorecard
from governance.models.people import Role
from governance.refusals import Conflict, Refused
from governance.replay import replay
from tests import people
from tests.failing import no_room_for
from tests.workflows.settled import (
    JANUARY,
    LATER,
    Q4,
    computed,
    line,
    october,
    posted,
    signed,
    take_out,
)
from tests.workflows.test_amendments import as_stored
from workflows import amendment_signing, amendments, publications, settlements
from workflows.models import Amendment, Publication, Settlement
from workflows.queues import waiting_for

DAY = timedelta(days=1)
SOON = LATER + timedelta(hours=1)
CASE = f"case:{uuid4()}"


@pytest.fixture
def month(world):
    return october(world)


@pytest.fixture
def quarter(world, month):
    return posted(world)


@pytest.fixture
def row(world, month, quarter) -> Amendment:
    """王家户, red with 96 points, is 99 now and waits."""
    [row] = take_out(world, line(month, "堆柴"))
    return row


@pytest.fixture
def decided():
    """Tell who decided a case."""

    def told(*users):
        amendment_signing.NOT_TO_SIGN["case"] = lambda keys: {
            key: {user.pk for user in users} for key in keys
        }

    before = dict(amendment_signing.NOT_TO_SIGN)
    yield told
    amendment_signing.NOT_TO_SIGN.clear()
    amendment_signing.NOT_TO_SIGN.update(before)


def look_and_sign(row, by, at=SOON, word=""):
    row = Amendment.objects.get(pk=row.pk)
    amendment_signing.look(amendment=row, by=by, at=at)
    return amendment_signing.sign(amendment=row, word=word, by=by, at=at)


def signers(row) -> set:
    return set(amendment_signing.signers([row], at=SOON)[row.pk])


def sheet(world, at=SOON):
    return households.sheet(world.wang_home, Q4, at=at)


# -- who ---------------------------------------------------------------------------------------------


def test_the_committee_signs(world, row):
    assert signers(row) == set(world.committee)


def test_nobody_signs_for_kin(world, row):
    people.kin(world.committee[0], world.wang_home)
    assert signers(row) == set(world.committee[1:])
    with pytest.raises(Refused, match="亲属"):
        amendment_signing.look(amendment=row, by=world.committee[0], at=SOON)
    assert not Reading.objects.filter(by=world.committee[0], at=SOON).exists()


def test_who_rated_in_the_quarter_does_not_sign(world, row):
    people.appoint(world.li, Role.COMMITTEE, world.village)
    assert world.li not in signers(row)
    with pytest.raises(Refused, match="评过"):
        amendment_signing.look(amendment=row, by=world.li, at=SOON)


def test_who_decided_a_case_behind_it_does_not_sign_even_after_another_case(world, month, row, decided):
    first = row.cause.partition(":")[2]
    amendment_signing.NOT_TO_SIGN["case"] = lambda keys: (
        {first: {world.committee[0].pk}} if first in keys else {}
    )
    [again] = take_out(world, line(month, "乱倒"), at=SOON, cause=f"case:{uuid4()}")
    assert signers(again) == set(world.committee[1:])
    with pytest.raises(Refused, match="是您办的"):
        amendment_signing.look(amendment=again, by=world.committee[0], at=SOON)
    decided()


def test_fewer_than_two_of_the_committee_and_the_township_helps(world, row, decided):
    with pytest.raises(Refused, match="村两委有人能签"):
        amendment_signing.look(amendment=row, by=world.panel[0], at=SOON)
    decided(*world.committee[:2])
    assert signers(row) == {world.committee[2], *world.panel}


def test_nobody_left_in_village_and_township_and_the_supervisor_signs(world, row, decided):
    decided(*world.committee, *world.panel[:2])
    assert signers(row) == {world.panel[2], world.supervisor}


def test_a_stranger_is_told_whose_it_is(world, row):
    with pytest.raises(Refused, match="镇评审组"):
        amendment_signing.look(amendment=row, by=world.clerk, at=SOON)


def test_nothing_is_signed_before_the_quarter_is_posted(world, month):
    settlement = signed(world, computed(world))
    [row] = take_out(world, line(month, "堆柴"))
    with pytest.raises(Refused, match="2026年第四季度还没公示"):
        amendment_signing.look(amendment=row, by=world.committee[0], at=SOON)
    assert not [w for w in waiting_for(world.committee[0], at=SOON) if w.url_name == "amendment"]
    publications.publish_settlement(settlement=settlement, by=world.clerk, at=SOON)
    for signer in world.committee[:2]:
        row = look_and_sign(row, signer, at=SOON + DAY)
    assert row.state == Amendment.State.SIGNED


# -- signing -----------------------------------------------------------------------------------------


def test_nobody_signs_unseen(world, row):
    with pytest.raises(Conflict, match="还没看"):
        amendment_signing.sign(amendment=row, word="", by=world.committee[0], at=SOON)


def test_the_household_sees_who_looked_and_once(world, row):
    for _ in range(2):
        amendment_signing.look(amendment=row, by=world.committee[0], at=SOON)
    looked = Reading.objects.get(subject_key=world.wang_home.key, at=SOON)
    assert (looked.by, looked.why) == (world.committee[0], "2026年第四季度更正签字前查看")


def test_one_signs_once(world, row):
    look_and_sign(row, world.committee[0])
    with pytest.raises(Conflict, match="已经签过"):
        look_and_sign(row, world.committee[0])


def test_two_signatures_put_the_new_card_in_place_of_the_old(world, quarter, row):
    old = Scorecard.objects.get(subject=world.wang_home, quarter=Q4, version=1)
    before = as_stored(old), as_stored(quarter.publication)
    assert look_and_sign(row, world.committee[0], word="看过").state == Amendment.State.WAITING
    assert not Publication.objects.filter(amends=quarter.publication).exists()
    assert sheet(world).is_changing
    done = look_and_sign(row, world.committee[1])
    assert (done.state, done.signed_at) == (Amendment.State.SIGNED, SOON)
    now = sheet(world)
    assert (now.card.version, now.score.total_tenths, now.is_changing) == (2, 990, False)
    assert now.card.confirmed_at == now.card.published_at == SOON
    old.refresh_from_db()
    kept = Publication.objects.get(pk=quarter.publication.pk)
    assert (as_stored(old), as_stored(kept)) == before
    assert not [one.differences for one in replay() if one.differences]
    assert Event.objects.filter(name="amendment.signed", subject_key=world.wang_home.key).count() == 2


def test_the_notice_of_correction_has_the_new_counts_and_nobody_s_way(world, month, quarter):
    [row] = take_out(world, line(month, "堆柴"))
    [row] = take_out(world, line(month, "乱倒"), at=LATER + timedelta(minutes=1))
    for signer in world.committee[:2]:
        look_and_sign(row, signer)
    notice = Publication.objects.get(amends=quarter.publication)
    assert notice.content == {
        "title": "柳溪村2026年第四季度季亮晒公示的更正",
        "of": {"title": "柳溪村2026年第四季度季亮晒公示", "year": 2027, "number": 1},
        "corrected": 1,
        "counts": {"green": 2, "blue": 4, "red": 0},
    }
    assert quarter.publication.content["counts"] == {"green": 1, "blue": 4, "red": 1}


def test_a_correction_in_bulk_is_one_notice_when_the_last_is_signed(world, month, quarter):
    for name in ("堆柴", "乱倒", "扫路"):
        take_out(world, line(month, name), cause="bulk:1", follow=False)
    homes = [world.wang_home, world.liu_home, world.zhao_home]
    rows = amendments.follow_all(subjects=homes, quarter=Q4, cause="bulk:1", by=world.officer, at=LATER)
    assert len(rows) == 2
    for signer in world.committee[:2]:
        look_and_sign(rows[0], signer)
    assert not quarter.publication.corrections.exists()
    for signer in world.committee[1:]:
        look_and_sign(rows[1], signer, at=SOON + DAY)
    content = quarter.publication.corrections.get().content
    assert (content["corrected"], content["counts"]) == (2, {"green": 1, "blue": 5, "red": 0})


def test_a_batch_whose_last_is_dropped_is_posted_then(world, month, quarter):
    take_out(world, line(month, "扫路"), cause="bulk:1", follow=False)
    holds.place(entry=line(month, "乱倒"), cause="case:9", by=world.wang, at=LATER)
    follow = {"quarter": Q4, "cause": "bulk:1", "by": world.officer}
    rows = amendments.follow_all(subjects=[world.wang_home, world.liu_home], at=LATER, **follow)
    liu = next(row for row in rows if row.subject == world.liu_home)
    for signer in world.committee[:2]:
        look_and_sign(liu, signer)
    assert not quarter.publication.corrections.exists()
    holds.lift(cause="case:9", by=world.officer, at=SOON)
    amendments.follow(subject=world.wang_home, quarter=Q4, cause="case:9", by=world.officer, at=SOON)
    assert quarter.publication.corrections.get().content["corrected"] == 1


def test_a_new_correction_voids_what_was_signed_and_must_be_seen_anew(world, month, row):
    look_and_sign(row, world.committee[0])
    [again] = take_out(world, line(month, "乱倒"), at=SOON)
    assert not amendment_signing.standing(again).exists()
    with pytest.raises(Conflict, match="看一遍再签"):
        amendment_signing.sign(amendment=again, word="", by=world.committee[0], at=SOON + DAY)
    for signer in world.committee[:2]:
        again = look_and_sign(again, signer, at=SOON + DAY)
    assert again.scorecard.total_tenths == 1010


def test_a_card_signed_anew_can_be_corrected_again(world, month, row):
    for signer in world.committee[:2]:
        look_and_sign(row, signer)
    [second] = take_out(world, line(month, "乱倒"), at=SOON + DAY, cause="case:2")
    for signer in world.committee[1:]:
        look_and_sign(second, signer, at=SOON + 2 * DAY)
    assert [card.version for card in world.wang_home.scorecards.order_by("version")] == [1, 2, 3]
    assert [n.content["corrected"] for n in Publication.objects.filter(amends__isnull=False)] == [1, 1]
    assert not [one.differences for one in replay() if one.differences]


def test_what_is_signed_or_dropped_is_not_signed_again(world, month, row):
    for signer in world.committee[:2]:
        look_and_sign(row, signer)
    with pytest.raises(Conflict, match="已经签好"):
        look_and_sign(row, world.committee[2])


def test_if_the_notice_cannot_be_written_nothing_is_signed(world, quarter, row):
    look_and_sign(row, world.committee[0])
    with no_room_for("INSERT", "workflows_publication"), pytest.raises(Exception, match="disk is full"):
        look_and_sign(row, world.committee[1])
    row.refresh_from_db()
    assert (row.state, row.signatures.count()) == (Amendment.State.WAITING, 1)
    assert sheet(world).card.version == 1


# -- a quarter that is not signed yet ----------------------------------------------------------------


def test_a_line_corrected_after_computing_stops_the_signature_until_it_is_computed_again(world, month):
    settlement = computed(world)
    take_out(world, line(month, "堆柴"))
    with pytest.raises(Conflict, match="算分以后有记分更正了，请先重新算"):
        settlements.check_sign(settlement, by=world.committee[0], at=SOON)
    settlements.recompute(settlement=settlement, why="更正了", by=world.committee[0], at=SOON)
    settlement = signed(world, Settlement.objects.get(), SOON)
    assert settlement.state == Settlement.State.CONFIRMED
    assert Scorecard.objects.get(subject=world.wang_home).total_tenths == 990


def test_signed_first_and_corrected_after_is_an_amendment(world, month):
    signed(world, computed(world))
    assert [row.state for row in take_out(world, line(month, "堆柴"))] == [Amendment.State.WAITING]


def test_a_deduction_held_after_computing_stops_the_signature_a_plus_does_not(world, month):
    settlement = computed(world)
    holds.place(entry=line(month, "清渠"), cause="case:1", by=world.wang, at=LATER)
    assert not settlements.is_overtaken(settlement)
    holds.place(entry=line(month, "乱倒"), cause="case:2", by=world.wang, at=LATER)
    assert settlements.is_overtaken(settlement)
    holds.lift(cause="case:2", by=world.officer, at=SOON)
    assert not settlements.is_overtaken(settlement)


def test_a_hold_let_go_after_computing_stops_the_signature(world, month):
    holds.place(entry=line(month, "乱倒"), cause="case:2", by=world.wang, at=JANUARY - DAY)
    settlement = computed(world)
    assert not settlements.is_overtaken(settlement)
    holds.lift(cause="case:2", by=world.officer, at=SOON)
    assert settlements.is_overtaken(settlement)


def test_settling_with_an_open_case_leaves_the_line_out_and_a_new_version_brings_it_in(world, month):
    holds.place(entry=line(month, "堆柴"), cause=CASE, by=world.wang, at=JANUARY - DAY)
    quarter = posted(world)
    assert sheet(world).score.total_tenths == 990
    [row] = [r for r in quarter.publication.content["dimensions"] if r["held"]]
    assert (row["held"], row["minus"], row["plus"]) == (1, 1, 2)
    holds.lift(cause=CASE, by=world.officer, at=LATER)
    [change] = amendments.follow(subject=world.wang_home, quarter=Q4, cause=CASE, by=world.officer, at=LATER)
    for signer in world.committee[:2]:
        look_and_sign(change, signer)
    assert (sheet(world).score.total_tenths, sheet(world).held) == (960, 0)
    assert not [one.differences for one in replay() if one.differences]


def test_a_disputed_plus_goes_on_counting_on_the_notice(world, month):
    holds.place(entry=line(month, "清渠"), cause="case:2", by=world.wang, at=JANUARY - DAY)
    rows = posted(world).publication.content["dimensions"]
    assert (sum(row["held"] for row in rows), sum(row["plus"] for row in rows)) == (0, 2)


def test_before_computing_it_is_said_that_corrections_wait(world, month, row):
    assert not settlements.preflight(world.village, "2027Q1", at=SOON)["look"][1:]
    look = settlements.preflight(world.village, "2026Q4", at=SOON)["look"]
    assert any("1户的更正还没签字" in sentence for sentence in look)


# -- to-dos ------------------------------------------------------------------------------------------


def test_signers_find_it_among_their_to_dos_until_they_signed(world, row):
    [waiting] = waiting_for(world.committee[0], at=SOON)
    assert (waiting.title, waiting.url_name, waiting.key) == (
        "2026年第四季度有1户的分更正了，等您看过签字", "amendment", row.key,
    )  # fmt: skip
    look_and_sign(row, world.committee[0])
    assert waiting_for(world.committee[0], at=SOON) == []
    assert not [w for w in waiting_for(world.panel[0], at=SOON) if w.url_name == "amendment"]


def test_the_clerk_hangs_up_the_correction_once(world, quarter, row):
    for signer in world.committee[:2]:
        look_and_sign(row, signer)
    notice = quarter.publication.corrections.get()
    [waiting] = [w for w in waiting_for(world.clerk, at=SOON) if w.url_name == "notice_hang_up"]
    assert (waiting.key, waiting.due) == (notice.key, notice.window_ends)
    with pytest.raises(Refused):
        publications.hang_up(publication=notice, by=world.lin, at=SOON)
    publications.hang_up(publication=notice, by=world.clerk, at=SOON)
    with pytest.raises(Conflict, match="已经贴上"):
        publications.hang_up(publication=notice, by=world.clerk, at=SOON)
    assert not [w for w in waiting_for(world.clerk, at=SOON) if w.url_name == "notice_hang_up"]


def test_thirty_corrections_cost_a_signer_as_many_questions_as_one(world, month, quarter):
    costs = []
    for names in (["堆柴"], ["扫路"]):
        for name in names:
            take_out(world, line(month, name), cause=f"case:{name}")
        with CaptureQueriesContext(connection) as queries:
            assert waiting_for(world.committee[0], at=SOON)
        costs.append(len(queries))
    assert costs[0] == costs[1]
    Appointment.objects.filter(user=world.committee[0]).update(ends=JANUARY.date())
    assert waiting_for(world.committee[0], at=SOON) == []
