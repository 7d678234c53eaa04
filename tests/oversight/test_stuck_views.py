"""The operators' page: what is stuck, told without a household; tried again alone or together; constant queries."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import Deadline, Event, Member, Subject
from governance.models.people import Role
from tests import people
from tests.months import Month
from tests.oversight.stuck import LATER, fail, parked, window
from tests.people import NOON
from tests.published import posted
from workflows.models import Round

FULL = "数据库的盘满了，清过了"
DEADLINES = ["deadlines"]


@pytest.fixture
def later():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def month(world, later) -> Month:
    with time_machine.travel(NOON, tick=False):
        october = posted(world)
    fail()
    return october


@pytest.fixture
def see(client, world):
    """Open a page as the operator, or as somebody else."""

    def page(name, *args, user=None, **query):
        client.force_login(user or world.operator)
        return client.get(reverse(name, args=args), query)

    return page


@pytest.fixture
def act(client, world):
    """Post as the operator, or as somebody else."""

    def post(name, *args, user=None, **data):
        client.force_login(user or world.operator)
        return client.post(reverse(name, args=args), data)

    return post


def test_an_empty_page_says_that_everything_goes(world, see, later):
    html = see("stuck").content.decode()
    assert "都在走，没有卡住的" in html
    assert "到期没办的" not in html


def test_what_is_stuck_is_shown_with_its_kind_of_error_and_without_a_household(world, month, see):
    parked(world)
    pages = [see("stuck"), see("stuck_of", "deadlines"), see("stuck_item", "deadlines", window(month).pk)]
    names = [row.name for model in (Subject, Member) for row in model.objects.all()]
    for page in pages:
        html = page.content.decode()
        assert "2026年10月月评：公示期满，办结" in html
        assert "governance/events.py" in html
        assert "disk" not in html
        assert not [name for name in names if name in html]
    assert "写清单" in pages[0].content.decode()


def test_nobody_else_opens_it_and_an_operator_opens_nothing_of_a_village(world, month, see):
    for user in (world.supervisor, world.clerk, world.officer, world.supervision, world.wang):
        assert see("stuck", user=user).status_code == 403
        assert see("stuck_item", "deadlines", window(month).pk, user=user).status_code == 403
    for name in ("rounds", "settlements", "rulebooks", "roster", "guard"):
        assert see(name, world.village.code).status_code in (403, 404)
    assert see("round", month.round.key).status_code == 404


def test_an_operator_elsewhere_finds_nothing(world, month, see, act):
    place = people.Division.objects.create(code="990101104000", name="外镇", level="township")
    other = people.person("外镇运维", Role.OPERATOR, place)
    assert "都在走" in see("stuck", user=other).content.decode()
    assert see("stuck_item", "deadlines", window(month).pk, user=other).status_code == 404
    assert act("stuck_item", "deadlines", window(month).pk, user=other, why=FULL).status_code == 404


def test_an_operator_s_to_dos_lead_to_the_list(world, month, see):
    html = see("todo").content.decode()
    assert reverse("stuck_of", args=DEADLINES) in html


def test_a_retry_closes_the_month_and_is_told_with_who_when_and_why(world, month, see, act):
    address = "stuck_item", "deadlines", window(month).pk
    assert act(*address).status_code == 422
    done = act(*address, why=FULL)
    assert done.status_code == 302
    month.round.refresh_from_db()
    assert month.round.state == Round.State.CLOSED
    html = see(*address).content.decode()
    assert "这件已经办掉了" in html
    assert "办成了" in html
    for page in (html, see("stuck").content.decode()):
        assert FULL in page
        assert "庞运维" in page


def test_the_second_of_two_operators_reads_who_was_first(world, month, act):
    other = people.person("白运维", Role.OPERATOR, world.county)
    address = "stuck_item", "deadlines", window(month).pk
    act(*address, why=FULL)
    second = act(*address, user=other, why="我也看到了")
    assert second.status_code == 409
    assert "庞运维在11月22日12:00已经办了，不用再办" in second.content.decode()
    assert Event.objects.filter(name="deadline.fired_by_hand").count() == 1


def test_what_fails_again_says_so_and_can_be_tried_again(world, month, see, act):
    Deadline.objects.filter(pk=window(month).pk).update(about_id=0)
    row = Deadline.objects.get(kind="round.window")
    assert act("stuck_item", "deadlines", row.pk, why="先试试").status_code == 302
    html = see("stuck_item", "deadlines", row.pk).content.decode()
    assert "还是没办成，什么也没改" in html
    assert "DoesNotExist" in html
    assert "试了2次" in html
    Deadline.objects.filter(pk=row.pk).update(about_id=month.round.pk)
    act("stuck_item", "deadlines", row.pk, why="记录修好了")
    html = see("stuck_item", "deadlines", row.pk).content.decode()
    assert html.index("记录修好了") < html.index("先试试")


def test_a_deadline_that_is_not_stuck_has_no_page(world, later, see):
    Month(world, LATER).open()
    row = Deadline.objects.filter(village=world.village, due_at__gt=LATER).first()
    assert see("stuck_item", "deadlines", row.pk).status_code == 404
    assert see("stuck_of", "nothing").status_code == 404
    assert see("stuck_item", "vacancies", 1).status_code == 404


def test_many_are_shown_first_and_then_tried_together(world, month, see, act):
    broken, due = lost(world)[0], window(month)
    html = see("stuck_together", "deadlines").content.decode()
    assert "下面2件一件一件办" in html
    assert act("stuck_together", "deadlines", why=FULL).status_code == 422
    assert act("stuck_together", "deadlines", chosen=["999"], why=FULL).status_code == 422
    assert act("stuck_together", "deadlines", chosen=[broken.pk, due.pk], why=FULL).status_code == 302
    html = see("stuck_of", "deadlines").content.decode()
    assert "办成1件" in html
    assert "1件还是没办成" in html
    assert act("stuck_together", "deadlines", chosen=[due.pk], why=FULL).status_code == 302
    assert "1件刚才已经有人办了" in see("stuck_of", "deadlines").content.decode()


def test_only_what_was_left_ticked_is_tried(world, month, act):
    rows = lost(world, 2)
    act("stuck_together", "deadlines", chosen=[rows[0].pk], why=FULL)
    assert [Deadline.objects.get(pk=row.pk).failures for row in rows] == [1, 0]
    assert window(month).failures == 1


def test_a_list_is_found_by_village_and_kind_and_turned_page_by_page(world, month, see):
    lost(world, 31, kind="round.areas")
    html = see("stuck_of", "deadlines").content.decode()
    assert "第1页，共2页32条" in html
    html = see("stuck_of", "deadlines", kind="round.window").content.decode()
    assert "共1件" in html
    assert "核单到期，提醒镇里（31）" in html
    html = see("stuck_of", "deadlines", village=world.elsewhere.code).content.decode()
    assert "没有找到" in html
    assert see("stuck_of", "deadlines", village="000000000000").status_code == 200


def lost(world, n=1, kind="round.window") -> list[Deadline]:
    """Deadlines about months that are not there."""
    return [
        Deadline.objects.create(
            village=world.village, kind=kind, about_type="workflows.round", about_id=-number, due_at=NOON
        )
        for number in range(1, n + 1)
    ]


@pytest.mark.parametrize(
    "page", [("stuck",), ("stuck_of", "deadlines"), ("stuck_together", "deadlines"), ("todo",)]
)
def test_thirty_stuck_things_cost_no_more_queries_than_one(world, month, see, page):
    def queries():
        see(*page)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert see(*page).status_code == 200
        return len(seen)

    one = queries()
    lost(world, 29)
    assert queries() <= one


def test_the_command_prints_the_same_and_fails_when_anything_is_stuck(world, month, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("stuck")
    assert ended.value.code == 1
    line, *rest, last = capsys.readouterr().out.splitlines()
    assert line.startswith(f"deadlines {world.village.code} 2026-11-2")
    assert "2026年10月月评：公示期满，办结 " in line
    assert last == f"stuck {1 + len(rest)}"


def test_the_command_is_content_when_nothing_is(world, later, capsys):
    call_command("stuck", village=world.village.code)
    assert capsys.readouterr().out == "stuck 0\n"
    with pytest.raises(CommandError, match="没有代码是"):
        call_command("stuck", village="1")


def test_the_newest_try_stands_first(world, month, see, act):
    row = lost(world)[0]
    for hours, why in ((0, "头一回"), (1, "第二回")):
        with time_machine.travel(LATER + timedelta(hours=hours), tick=False):
            act("stuck_item", "deadlines", row.pk, why=why)
    html = see("stuck").content.decode()
    assert html.index("第二回") < html.index("头一回")
