"""The quarter's pages by HTTP: who sees colours, what must be looked at, who signs, what is posted."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance import readings
from governance.models import Job, Scorecard, Subject
from governance.models.people import Role
from tests import people
from tests.months import Month
from tests.people import NOON
from workflows import settlements
from workflows.models import Publication, Settlement, Viewed

JANUARY = NOON + timedelta(days=60)
COLOURS = ("示范户", "达标户", "待提升户")


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(JANUARY, tick=False):
        yield


@pytest.fixture
def posted(world):
    """October posted with two plus points for 刘家户 (near the line) and a deduction for 王家户."""
    month = Month(world, NOON).open()
    month.observe("扫路", world.liu_home, "volunteer", quantity_milli=1000, fact="扫了一小时路")
    month.observe("乱倒", world.wang_home, "litter")
    return month.to_publication()


@pytest.fixture
def quarter(posted, world) -> Settlement:
    """2026Q4, computed, with a card of the quarter before that makes 王家户's colour a change."""
    settlement = settlements.start(village=world.village, quarter="2026Q4", by=world.clerk, at=JANUARY)
    Scorecard.objects.create(
        village=world.village, subject=world.wang_home, quarter="2026Q3", base_tenths=1000, index_tenths=1000,
        total_tenths=1000, colour="blue", computed_at=NOON, confirmed_at=NOON, published_at=NOON,
    )  # fmt: skip
    return settlement


@pytest.fixture
def card(quarter):
    """A household's card of the quarter."""
    return lambda home: Scorecard.objects.get(subject=home, quarter="2026Q4")


@pytest.fixture
def look_at_all(get, quarter):
    """Open every card that a signer must see."""

    def look(user):
        for pk in settlements.left_to_view(quarter, by=user, at=JANUARY):
            get(user, "settlement_card", quarter.key, Scorecard.objects.get(pk=pk).key)

    return look


def test_the_clerk_has_the_quarter_computed_after_reading_what_was_checked(
    get, post, posted, world, django_capture_on_commit_callbacks
):
    assert "算2026年第四季度" in get(world.clerk, "settlements", world.village.code).content.decode()
    html = get(world.clerk, "settlement_start", world.village.code, quarter="2026Q4").content.decode()
    assert "没有开月评的月份：11月、12月" in html
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(world.clerk, "settlement_start", world.village.code, quarter="2026Q4")
    settlement, job = Settlement.objects.get(), Job.objects.get()
    assert answer.url == reverse("job", args=[job.key])
    assert (job.state, job.leads_to) == ("done", reverse("settlement", args=[settlement.key]))
    assert post(world.clerk, "settlement_start", world.village.code, quarter="2026Q4").status_code == 409


def test_a_quarter_that_is_not_over_cannot_be_computed(get, post, posted, world):
    html = get(world.clerk, "settlement_start", world.village.code, quarter="2027Q1").content.decode()
    assert "还没过完" in html
    assert "disabled" in html
    assert post(world.clerk, "settlement_start", world.village.code, quarter="2027Q1").status_code == 403
    assert get(world.clerk, "settlement_start", world.village.code, quarter="Q9").status_code == 422


@pytest.mark.parametrize("who", ["lin", "li", "wang", "elsewhere_clerk"])
def test_only_the_clerk_has_it_computed(post, posted, world, who):
    assert (
        post(getattr(world, who), "settlement_start", world.village.code, quarter="2026Q4").status_code == 404
    )
    assert not Settlement.objects.exists()


def test_a_signer_sees_what_to_look_at_with_its_reason(get, quarter, world):
    html = get(world.committee[0], "settlement", quarter.key).content.decode()
    assert "王家户" in html
    assert "变了：跟上季不一样" in html
    assert "贴近100：只多0.5分" in html
    assert "孙家户" not in html
    assert "lp-status--draft" in html
    assert "还有2户要看的没看，看完才能签" in html
    assert "孙家户" in get(world.committee[0], "settlement", quarter.key, tab="all").content.decode()


def test_the_tabs_are_reasons_and_the_order_is_doors(get, quarter, world):
    answer = get(world.committee[0], "settlement", quarter.key, tab="all", sort="colour", colour="red")
    doors = [row.card.subject.door for row in answer.context["page"]]
    assert doors == ["1号", "2号", "4号", "5号", "6号", "7号"]
    near = get(world.committee[0], "settlement", quarter.key, tab="near").context["page"]
    assert [row.card.subject.name for row in near] == ["刘家户"]
    assert not get(world.committee[0], "settlement", quarter.key, tab="held").context["page"].object_list


@pytest.mark.parametrize("who", ["clerk", "lin", "li", "shi", "supervision"])
def test_who_does_not_sign_sees_the_steps_and_no_colour(get, quarter, card, world, who):
    user = getattr(world, who)
    html = get(user, "settlement", quarter.key, tab="all").content.decode()
    assert "走到哪里了" in html
    assert "王家户" not in html
    assert "lp-status--" not in html
    assert get(user, "settlement_card", quarter.key, card(world.wang_home).key).status_code == 403
    assert not Viewed.objects.exists()


@pytest.mark.parametrize("who", ["wang", "stranger", "elsewhere_clerk"])
def test_who_holds_no_office_here_finds_nothing(get, quarter, card, world, who):
    user = getattr(world, who)
    assert get(user, "settlements", world.village.code).status_code == 404
    assert get(user, "settlement", quarter.key).status_code == 404
    assert get(user, "settlement_card", quarter.key, card(world.wang_home).key).status_code == 404


def test_own_household_and_kin_are_there_by_name_only(get, quarter, card, world):
    people.kin(world.committee[0], world.wang_home)
    answer = get(world.committee[0], "settlement", quarter.key, tab="all")
    row = next(row for row in answer.context["page"] if row.aside)
    html = answer.content.decode()
    assert row.card.subject == world.wang_home
    assert "不给您看" in html
    assert "待提升户</span>" not in html.split("跟上季比")[0]
    assert "您回避的1户没算在里面" in html
    assert answer.context["look"].sums == [1, 4, 0]
    assert "王家户" not in get(world.committee[0], "settlement", quarter.key, tab="changed").content.decode()
    refused = get(world.committee[0], "settlement_card", quarter.key, card(world.wang_home).key)
    assert refused.status_code == 403
    assert ">98<" not in refused.content.decode()


def test_opening_a_card_explains_every_line_and_is_shown_to_the_household(get, quarter, card, world):
    html = get(world.committee[0], "settlement_card", quarter.key, card(world.wang_home).key).content.decode()
    assert "在公共地方乱倒垃圾" in html
    assert "每次减2分" in html
    assert ">98<" in html
    get(world.committee[0], "settlement_card", quarter.key, card(world.wang_home).key)
    [reading] = readings.readings_of(world.wang_home)
    assert reading.by == world.committee[0]
    assert reading.why == "2026年第四季度颜色签字前查看"


def test_a_card_leads_to_the_next_one_that_is_left(get, quarter, card, world):
    html = get(world.committee[0], "settlement_card", quarter.key, card(world.wang_home).key).content.decode()
    assert reverse("settlement_card", args=[quarter.key, card(world.liu_home).key]) in html
    html = get(world.committee[0], "settlement_card", quarter.key, card(world.liu_home).key).content.decode()
    assert "都看了，去签字" in html


def test_a_card_of_another_quarter_is_not_found(get, quarter, world):
    before = Scorecard.objects.get(quarter="2026Q3")
    assert get(world.committee[0], "settlement_card", quarter.key, before.key).status_code == 404
    assert get(world.committee[0], "settlement_card", quarter.key, uuid4()).status_code == 404


def test_nobody_signs_before_looking_and_two_sign(get, post, look_at_all, quarter, world):
    first, second, _ = world.committee
    early = post(first, "settlement_sign", quarter.key, word="")
    assert early.status_code == 403
    assert "还有2户要看的没看" in early.content.decode()
    look_at_all(first)
    post(first, "settlement_sign", quarter.key, word="刘家户再看看")
    assert post(first, "settlement_sign", quarter.key, word="").status_code == 409
    assert "刘家户再看看" in get(second, "settlement", quarter.key).content.decode()
    assert Settlement.objects.get().state == Settlement.State.CONFIRMING
    look_at_all(second)
    post(second, "settlement_sign", quarter.key, word="")
    assert Settlement.objects.get().state == Settlement.State.CONFIRMED
    assert post(world.committee[2], "settlement_sign", quarter.key, word="").status_code in (403, 409)


def test_once_signed_the_colours_are_shown_to_no_signer_any_more(
    get, post, look_at_all, quarter, card, world
):
    for signer in world.committee[:2]:
        look_at_all(signer)
        post(signer, "settlement_sign", quarter.key, word="")
    html = get(world.committee[0], "settlement", quarter.key).content.decode()
    assert "王家户" not in html
    assert (
        get(world.committee[0], "settlement_card", quarter.key, card(world.wang_home).key).status_code == 409
    )


def test_who_has_rated_in_the_quarter_reads_why_they_do_not_sign(get, post, quarter, world):
    people.appoint(world.li, Role.COMMITTEE, world.village)
    html = get(world.li, "settlement", quarter.key).content.decode()
    assert "评过的人不能签颜色" in html
    assert "王家户" not in html
    assert post(world.li, "settlement_sign", quarter.key, word="").status_code == 403
    assert post(world.li, "settlement_recompute", quarter.key, why="不对").status_code == 403


def test_sending_back_needs_a_reason_and_voids_what_was_signed(get, post, look_at_all, quarter, world):
    look_at_all(world.committee[0])
    post(world.committee[0], "settlement_sign", quarter.key, word="")
    refused = post(world.committee[1], "settlement_recompute", quarter.key, why=" ")
    assert refused.status_code == 422
    assert "请写哪里不对" in refused.content.decode()
    post(world.committee[1], "settlement_recompute", quarter.key, why="王家户那天不在村里")
    assert not settlements.standing(quarter).exists()
    assert not Viewed.objects.exists()
    assert "还没有人签" in get(world.committee[0], "settlement", quarter.key).content.decode()


def test_the_clerk_reads_the_counts_before_posting_them_once(get, post, look_at_all, quarter, world):
    early = get(world.clerk, "settlement_publish", quarter.key)
    assert early.status_code == 403
    for signer in world.committee[:2]:
        look_at_all(signer)
        post(signer, "settlement_sign", quarter.key, word="")
    html = get(world.clerk, "settlement_publish", quarter.key).content.decode()
    assert "季亮晒公示" in html
    assert "没有示范户同意公布姓名" in html
    assert "刘家户" not in html
    assert not Publication.objects.filter(settlement=quarter).exists()
    for who in (world.lin, world.committee[0], world.elsewhere_clerk):
        assert post(who, "settlement_publish", quarter.key).status_code == 404
    post(world.clerk, "settlement_publish", quarter.key)
    assert Publication.objects.get(settlement=quarter).content["counts"] == {"green": 1, "blue": 4, "red": 1}
    assert post(world.clerk, "settlement_publish", quarter.key).status_code == 409
    assert "延长公示" in get(world.clerk, "settlement", quarter.key).content.decode()


def test_the_table_asks_as_much_for_many_cards_as_for_few(get, quarter, card, world):
    def asked():
        get(world.committee[0], "settlement", quarter.key, tab="all")
        with CaptureQueriesContext(connection) as queries:
            get(world.committee[0], "settlement", quarter.key, tab="all")
        return len(queries)

    few = asked()
    model = card(world.wang_home)
    for n in range(30):
        model.subject = Subject.objects.create(
            village=world.village, area=world.west, door=f"{n + 50}号", name="新户"
        )
        model.pk, model.key, model._state.adding = None, uuid4(), True
        model.save()
    assert asked() == few
