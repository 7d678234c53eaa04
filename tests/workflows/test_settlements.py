"""A quarter from the machine's sums to two people's signatures and the notice."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from governance.models import Consent, Scorecard
from governance.refusals import Conflict, Refused
from tests import people
from tests.months import Month
from tests.people import NOON
from workflows import publications, settlements
from workflows.models import Publication, Settlement

JANUARY = NOON + timedelta(days=60)


@pytest.fixture
def posted(world) -> Month:
    """October posted with a plus for 刘家户 and a deduction for 王家户; the clock is at 15 January."""
    month = Month(world, NOON).open()
    month.observe("扫路", world.liu_home, "sweep")
    month.observe("乱倒", world.wang_home, "litter")
    month.to_publication()
    month.at = JANUARY
    return month


@pytest.fixture
def quarter(posted, world) -> Settlement:
    """2026Q4, computed."""
    return settlements.start(village=world.village, quarter="2026Q4", by=world.clerk, at=JANUARY)


def see_all(settlement, signer):
    for pk in settlements.left_to_view(settlement, by=signer, at=JANUARY):
        card = Scorecard.objects.get(pk=pk)
        settlements.view_card(settlement=settlement, card=card, by=signer, at=JANUARY)


def sign(settlement, signer) -> Settlement:
    see_all(settlement, signer)
    return settlements.sign(settlement=settlement, word="", by=signer, at=JANUARY)


def colour(subject) -> str:
    return Scorecard.objects.get(subject=subject, quarter="2026Q4").colour


def test_colours_follow_from_points(quarter, world):
    assert [colour(s) for s in (world.liu_home, world.wang_home, world.zhao_home)] == ["green", "red", "blue"]


def test_who_has_not_agreed_gets_no_card(quarter, world):
    assert not Scorecard.objects.filter(subject=world.chen_home).exists()


def test_an_open_quarter_is_not_settled(posted, world):
    with pytest.raises(Refused, match="还没过完"):
        settlements.start(village=world.village, quarter="2026Q4", by=world.clerk, at=NOON)


def test_a_quarter_is_settled_once(quarter, world):
    with pytest.raises(Conflict):
        settlements.start(village=world.village, quarter="2026Q4", by=world.clerk, at=JANUARY)


def test_nobody_signs_before_looking(quarter, world):
    card = Scorecard.objects.get(subject=world.liu_home)
    card.total_tenths = card.base_tenths + 5
    card.save()
    with pytest.raises(Refused, match="还有1户要看的没看"):
        settlements.sign(settlement=quarter, word="", by=world.committee[0], at=JANUARY)


def test_two_people_sign(quarter, world):
    first, second = world.committee[:2]
    assert sign(quarter, first).state == Settlement.State.CONFIRMING
    with pytest.raises(Conflict, match="已经签过"):
        sign(quarter, first)
    assert sign(quarter, second).state == Settlement.State.CONFIRMED


def test_a_household_whose_kin_both_signers_are_needs_a_third(quarter, world):
    for signer in world.committee[:2]:
        people.kin(signer, world.wang_home)
    sign(quarter, world.committee[0])
    assert sign(quarter, world.committee[1]).state == Settlement.State.CONFIRMING
    assert sign(quarter, world.committee[2]).state == Settlement.State.CONFIRMED


def test_own_household_is_not_shown_to_a_signer(quarter, world):
    people.kin(world.committee[0], world.wang_home)
    card = Scorecard.objects.get(subject=world.wang_home)
    with pytest.raises(Refused, match="不给您看"):
        settlements.view_card(settlement=quarter, card=card, by=world.committee[0], at=JANUARY)


def test_sending_back_voids_signatures_and_computes_again(quarter, world):
    sign(quarter, world.committee[0])
    settlements.recompute(settlement=quarter, why="王家户少算一条", by=world.committee[1], at=JANUARY)
    assert not settlements.standing(quarter).exists()
    assert Scorecard.objects.filter(quarter="2026Q4").count() == 6


def test_the_notice_has_counts_and_only_consented_names(quarter, world):
    people.consent(world.liu_home.members.get(), purpose=Consent.Purpose.HONOUR)
    for signer in world.committee[:2]:
        sign(quarter, signer)
    quarter.refresh_from_db()
    publications.publish_settlement(settlement=quarter, by=world.clerk, at=JANUARY)
    content = Publication.objects.get(settlement=quarter).content
    assert content["counts"] == {"green": 1, "blue": 4, "red": 1}
    assert content["honoured"] == ["刘家户"]


def test_after_the_window_the_quarter_is_final_and_replays(quarter, posted, world):
    for signer in world.committee[:2]:
        sign(quarter, signer)
    quarter.refresh_from_db()
    publications.publish_settlement(settlement=quarter, by=world.clerk, at=JANUARY)
    posted.wait(6)
    quarter.refresh_from_db()
    assert quarter.state == Settlement.State.FINAL
    out = StringIO()
    call_command("replay", stdout=out)
    assert out.getvalue().splitlines()[-1] == "replayed 6, differ 0"
