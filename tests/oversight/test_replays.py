"""重算一季: what was posted comes out again before the reader's eyes, or the exact difference is named."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from governance import ledger, scorecards
from governance.events import record
from governance.models import Carry, Scorecard, Subject
from governance.refusals import Refused
from governance.replay import lost
from governance.saving import update_many
from oversight.replays import results
from oversight.replays.words import offs
from tests.oversight import ledgers
from tests.oversight.looking_back import built, clock, text
from tests.people import NOON
from workflows.models import Publication, Settlement


@pytest.fixture
def world(db):
    return built()


@pytest.fixture
def signed(world):
    """2026Q3 posted, with a deduction and hours counted over the year for 王家户."""
    world.litter = ledgers.line(world, world.wang_home, "litter", -20)
    ledgers.line(world, world.wang_home, "hours", 0, quantity_milli=12_000)
    ledgers.post(world)
    return world


@pytest.fixture
def page(client, world):
    def get(name="replays", user=world.supervisor, **query):
        client.force_login(user)
        with clock():
            return client.get(reverse(name, args=[world.village.code]), query)

    return get


def corrected(world, at=NOON - timedelta(days=1)) -> None:
    """王家户's deduction taken back and its card signed anew."""
    line = ledger.reversal(world.litter, source="objection:1")
    event = record("case.decided", village=world.village, about=line, by=world.officer, at=at, rows=[line])
    ledger.post([line], event=event)
    card = scorecards.correct(subject=world.wang_home, quarter="2026Q3", by=None, at=at)
    card.confirmed_at = card.published_at = at
    card.save()


def test_everything_comes_out_again_and_the_page_says_how_many_by_whom_and_when(signed, page):
    body = text(page(quarter="2026Q3"))
    assert "核了6户，全部对得上" in body
    assert "12:00，县镇监督温监督重算" in body


def test_corrected_cards_are_computed_too(signed, page):
    corrected(signed)
    body = text(page(quarter="2026Q3"))
    assert "核了6户，连更正的共7份，全部对得上" in body


def test_a_changed_score_is_named_by_how_much_without_household_score_or_colour(signed, page):
    Scorecard.objects.filter(subject=signed.wang_home).update(total_tenths=1100, colour="red")
    body = text(page(quarter="2026Q3"))
    assert "有1份对不上" in body
    assert "合计：存的比重算的+10分" in body
    assert "颜色：不一样" in body
    assert "东片，户" in body
    assert reverse("asof_card", args=[signed.wang_home.key]) in body
    for words in ("待提升户", "示范户", ">110", "101分", *(home.name for home in Subject.objects.all())):
        assert words not in body


def test_the_clerk_sees_the_difference_and_no_way_to_the_household(signed, page):
    Scorecard.objects.filter(subject=signed.wang_home).update(total_tenths=1100)
    body = text(page(user=signed.clerk, quarter="2026Q3"))
    assert "请村务监督来查" in body
    assert str(signed.wang_home.key) not in body


def test_a_changed_carry_is_named(signed, page):
    Carry.objects.update(quantity_milli=1)
    assert "一年里累计的（990101103205-2.3）：不一样" in text(page(quarter="2026Q3"))


def test_both_values_are_said_in_words_behind_the_gate():
    found = offs({
        "total_tenths": (1100, 1010), "colour": ("red", "green"), "prior_id": (None, 7), "held_count": (0, 1),
        "carry a": (None, {"points_tenths": 5, "times": 1, "quantity_milli": 2500, "highest_tenths": 0}),
    })  # fmt: skip
    assert [(off.stored, off.computed) for off in found] == [
        ("110", "101"), ("待提升户", "示范户"), ("没有", "7"), ("0", "1"), ("没有", "分0.5，次1，数量2.5"),
    ]  # fmt: skip


def signed_for_good(world) -> None:
    """The cards signed as the services sign them, with versions that tell it."""
    rows = list(Scorecard.objects.filter(village=world.village))
    update_many(rows, ["confirmed_at"], action="scorecard.confirmed", by=world.clerk, at=ledgers.AT)


def delete_behind(world, home, *, history=False) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM governance_carry")
        cursor.execute("DELETE FROM governance_scorecard WHERE subject_id=%s", [home.pk])
        if history:
            cursor.execute("DELETE FROM governance_historicalscorecard WHERE subject_id=%s", [home.pk])


def test_a_signed_card_that_was_deleted_is_listed_as_gone(signed, page):
    signed_for_good(signed)
    delete_behind(signed, signed.liu_home)
    body = text(page(quarter="2026Q3"))
    assert "核了6户，共6份，有1份对不上" not in body  # 王家户's carry went too
    assert "整份：签过字的这一份不见了" in body
    assert reverse("asof_card", args=[signed.liu_home.key]) in body
    assert [row.subject_id for row in lost(quarter="2026Q3")] == [signed.liu_home.pk]


def test_a_card_deleted_with_its_history_is_missed_beside_the_notice(signed, page):
    settlement = Settlement.objects.create(
        village=signed.village, quarter="2026Q3", state="published", computed_at=ledgers.AT
    )
    Publication.objects.create(
        village=signed.village, settlement=settlement, year=2026, number=1, published_at=ledgers.AT,
        window_ends=NOON, log_size=1, log_root="0" * 64, content={"counts": {"green": 1, "blue": 4, "red": 1}},
    )  # fmt: skip
    assert "全部对得上" in text(page(quarter="2026Q3"))
    delete_behind(signed, signed.liu_home, history=True)
    body = text(page(quarter="2026Q3"))
    assert "公示上是6户，现在的账里是5户，对不上" in body
    assert "全部对得上" not in body


def test_before_anything_is_posted_the_page_says_so(page):
    assert "还没有公示过的季" in text(page())
    assert "没有这一季" in text(page(quarter="2026Q3"))


def test_an_unknown_quarter_leads_back_to_the_known(signed, page):
    assert "没有这一季" in text(page(quarter="rubbish"))
    assert "没有这一季" in text(page("replays_export", quarter="2020Q1"))


def test_nothing_is_computed_before_a_quarter_is_chosen(signed, page):
    body = text(page())
    assert "2026年第三季度" in body
    assert "全部对得上" not in body
    assert "核了" not in body


def test_the_result_goes_out_with_who_ran_it_and_when(signed, page):
    Scorecard.objects.filter(subject=signed.wang_home).update(total_tenths=1100)
    answer = page("replays_export", quarter="2026Q3")
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0][1] == "温监督，2026-11-16 12:00"
    assert rows[4][:2] == ("对不上", "1")
    assert rows[-1] == ("1", "东片", "户", "第1版", "合计", "存的比重算的+10分")


def test_more_cards_than_a_page_can_wait_for_are_left_to_the_command(signed):
    with pytest.raises(Refused, match="replay"):
        results.run(signed.village, "2026Q3", cards=results.AT_MOST + 1)


@pytest.mark.parametrize("who", ["li", "officer", "lin"])
def test_who_neither_keeps_nor_watches_the_books_does_not_replay(world, page, who):
    assert page(user=getattr(world, who)).status_code == 403


def test_thirty_households_more_cost_no_query_more(world, page):
    ledgers.line(world, world.wang_home, "litter", -20)
    ledgers.post(world)
    page(quarter="2026Q3")
    counts = []
    for n in range(2):
        with CaptureQueriesContext(connection) as seen:
            page(quarter="2026Q3")
        counts.append(len(seen))
        Scorecard.objects.all().delete()
        Scorecard.history.all().delete()
        for home in ledgers.homes(world, 30) if n == 0 else []:
            ledgers.line(world, home, "sweep", 10)
        ledgers.post(world)
    assert "核了36户" in text(page(quarter="2026Q3"))
    assert counts[0] == counts[1]
