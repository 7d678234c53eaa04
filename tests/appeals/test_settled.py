"""A quarter settled while a case is open leaves the line out; what comes of the case is a new version, signed anew."""

import pytest

from appeals import decisions
from appeals.against import Against
from governance.models import Scorecard
from governance.refusals import Conflict, Invalid, Refused
from governance.replay import replay
from tests.appeals.cases import Case
from tests.workflows import settled
from tests.workflows.settled import LATER, Q4, line
from workflows.models import Amendment, Publication


@pytest.fixture
def october(world):
    return settled.october(world)


def case(world, month, name="乱倒", **changed) -> Case:
    """王大爷 objects to a line of October."""
    return Case(world, month).file(against=Against.line(line(month, name)), **changed)


def cards(world) -> list[tuple[int, int]]:
    rows = Scorecard.objects.filter(subject=world.wang_home, quarter=Q4).order_by("version")
    return [(card.version, card.total_tenths) for card in rows]


def test_a_held_line_is_left_out_and_comes_in_by_a_new_version(world, october):
    held = case(world, october).accept()
    held.decide("rejected")
    held.ask_review()  # still open in January: the township is late and the clock was moved
    from governance import deadlines

    deadlines.cancel("objection.review", about=held.row, at=held.at)
    settled.posted(world)
    assert cards(world) == [(1, 980)]  # +1, −3, and the −2 that is held
    notice = Publication.objects.get(settlement__quarter=Q4)
    before = (notice.content, notice.log_root)
    held.at = LATER
    held.decide("rejected", by=world.panel[0])
    assert cards(world) == [(1, 980), (2, 960)]
    assert Amendment.objects.get().state == "waiting"
    notice.refresh_from_db()
    assert (notice.content, notice.log_root) == before
    assert all(not one.differences for one in replay(village_code=world.village.code))


def test_an_upheld_case_about_a_settled_quarter_waits_for_signatures(world, october):
    settled.posted(world)
    late = case(world, october, text="我刚回来", at=LATER)
    late.at = LATER
    assert late.row.is_late
    late.accept().decide("upheld")
    assert cards(world) == [(1, 960), (2, 980)]
    newest = Scorecard.objects.get(version=2)
    assert newest.confirmed_at is None
    correction = Publication.objects.get(amends__round=october.round)
    assert "王" not in str(correction.content)


def test_a_scorecard_is_corrected_by_the_lines_that_are_wrong(world, october):
    settled.posted(world)
    card = Scorecard.objects.get(subject=world.wang_home)
    about = Case(world, october, LATER).file(against=Against.card(card), text="这一季的分不对").accept()
    with pytest.raises(Invalid, match="勾上"):
        about.decide("upheld")
    with pytest.raises(Invalid, match="勾上"):
        about.decide("upheld", out=[line(october, "清渠")])  # a plus
    about.decide("upheld", out=[line(october, "乱倒")])
    assert cards(world) == [(1, 960), (2, 980)]


def test_only_the_newest_posted_version_can_be_objected_to(world, october):
    settled.posted(world)
    card = Scorecard.objects.get(subject=world.wang_home)
    Case(world, october, LATER).file(against=Against.card(card), text="不对")
    with pytest.raises(Conflict, match="已经提过"):
        Case(world, october, LATER).file(against=Against.card(card), text="还是不对")


def test_who_decided_does_not_sign_the_colour(world, october):
    from tests import people
    from workflows import amendment_signing

    settled.posted(world)
    people.appoint(world.committee[2], "officer", world.township)
    about = case(world, october, text="我刚回来", at=LATER)
    about.at = LATER
    decisions.accept(objection=about.row, by=world.committee[2], at=LATER)
    about.again().decide("upheld", by=world.committee[2])
    row = Amendment.objects.get()
    with pytest.raises(Refused, match="要由别的人来签"):
        amendment_signing.check_look(row, by=world.committee[2], at=LATER)


def test_the_notice_says_how_many_lines_wait_and_names_nobody(world, october, client):
    about = case(world, october)
    page = client.get(
        f"/v/{world.village.code}/notices/2026-{october.round.publication.number}/"
    ).content.decode()
    assert "现在有1条，住户提了异议" in page
    assert "王" not in page
    about.accept().decide("upheld")
    page = client.get(
        f"/v/{world.village.code}/notices/2026-{october.round.publication.number}/"
    ).content.decode()
    assert "住户提了异议，镇里在办" not in page


def test_an_answer_takes_effect_also_when_a_line_it_takes_out_is_gone_by_then(world, october):
    settled.posted(world)
    card = Scorecard.objects.get(subject=world.wang_home)
    about = Case(world, october, LATER).file(against=Against.card(card), text="这一季的分不对").accept()
    about.decide("partly", out=[line(october, "乱倒"), line(october, "堆柴")])
    other = case(world, october, text="我刚回来", at=LATER)
    other.at = LATER
    other.accept().decide("upheld")
    about.at = LATER
    about.to_due()
    assert about.row.state == "closed"
    assert cards(world)[-1][1] == 1010  # both are out, each once
