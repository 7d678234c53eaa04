"""信用修复 by HTTP: the household, the desk, leader, council and township, each to the page of their step."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals import repairs
from appeals.models import Repair
from appeals.repair_queues import deciding, verifying
from governance.models import Consent, Reading
from governance.requests import reading
from tests import people
from tests.all_steps import deduction, promise
from tests.months import photo
from tests.people import NOON
from tests.published import entry
from tests.repaired import applied, counted, shown, verified
from workflows.queues import waiting_for

PROMISE = {"wrong": "倒错了", "promise": "清干净", "due_on": "2026-12-01"}


def url(name, row) -> str:
    return reverse(name, args=[row.key])


def text(response) -> str:
    return response.content.decode()


def test_from_the_line_to_the_receipt(world, month, send):
    line = entry(month, "litter")
    world.rulebook.rules.filter(number="1.2").update(repair_terms="清干净，再扫三天路口")
    page = reverse("repair_file", args=[line.key])
    assert page in text(send(world.wang, reverse("my_line", args=[line.key])))
    assert "清干净，再扫三天路口" in text(send(world.wang, page))
    answer = send(world.wang, page, PROMISE)
    row = Repair.objects.get()
    assert answer.url == url("repair", row)
    body = text(send(world.wang, answer.url))
    assert "XF-2026-0001" in body
    assert url("repair_show", row) in body


def test_a_form_with_a_day_too_late_comes_back_with_the_sentence(world, month, send):
    page = reverse("repair_file", args=[entry(month, "litter").key])
    answer = send(world.wang, page, PROMISE | {"due_on": "2027-12-01"})
    assert answer.status_code == 422
    assert "12月16日之间" in text(answer)
    assert "倒错了" in text(answer)


def test_a_line_that_cannot_be_repaired_says_why(world, month, send):
    page = reverse("repair_file", args=[entry(month, "sweep").key])
    assert "只有减分才能修复" in text(send(world.wang, page))


def test_at_the_desk_the_clerk_says_who_it_was(world, month, send):
    page = reverse("repair_file", args=[entry(month, "litter").key])
    said = PROMISE | {"for_member": world.head.pk, "how": "paper"}
    assert send(world.clerk, page, said).status_code == 302
    assert Repair.objects.get().how == "paper"
    desk = reverse("desk_file", args=[world.village.code, world.wang_home.key])
    assert url("repair", Repair.objects.get()) in text(send(world.clerk, desk))


def test_shown_with_photos_looked_at_voted_on(world, month, send):
    row = applied(world, month)
    done = {"done": "清干净了", "files": [photo("a.jpg"), photo("b.jpg")]}
    assert send(world.wang, url("repair_show", row), done).status_code == 302
    assert row.exhibits.count() == 2
    assert (waiting := waiting_for(world.gao, at=NOON))[0].url == url("repair_verify", row)
    assert waiting[0].due
    assert "清干净了" in text(send(world.gao, url("repair_verify", row)))
    answer = send(world.gao, url("repair_verify", row), {"finding": "refuse", "why": ""})
    assert answer.status_code == 422
    send(world.gao, url("repair_verify", row), {"finding": "verify", "why": "看过了"})
    assert [each.url for each in waiting_for(world.lin, at=NOON)] == [url("repair_vote", row)]
    assert "看过了" in text(send(world.lin, url("repair_vote", row)))
    for voter in world.council[:2]:
        assert send(voter, url("repair_vote", row), {"agrees": "yes", "reason": ""}).status_code == 302
    row.refresh_from_db()
    assert row.state == Repair.State.APPROVED
    assert waiting_for(world.lin, at=NOON) == []


def test_more_may_be_handed_in_and_it_may_be_withdrawn(world, month, send):
    row = applied(world, month)
    assert send(world.wang, url("repair_hand_in", row), {"text": ""}).status_code == 422
    assert send(world.wang, url("repair_hand_in", row), {"text": "还扫了后街"}).status_code == 302
    assert "还扫了后街" in text(send(world.wang, url("repair", row)))
    assert "减分照原来算" in text(send(world.wang, url("repair_withdraw", row)))
    send(world.wang, url("repair_withdraw", row), {})
    row.refresh_from_db()
    assert row.state == Repair.State.WITHDRAWN


def test_what_is_handed_in_is_served_only_to_who_acts_and_to_the_household(world, month, send):
    row = shown(applied(world, month), world.wang)
    page = url("exhibit", row.exhibits.get())

    def readers():
        users = [
            world.wang,
            world.gao,
            world.shi,
            world.lin,
            world.clerk,
            world.li,
            world.officer,
            world.stranger,
        ]
        return [user.name for user in users if send(user, page).status_code == 200]

    assert readers() == ["王大爷", "高组长"]
    verified(row, world.gao)
    assert readers() == ["王大爷", "林理事"]


def test_a_neighbour_and_the_rater_open_no_repair(world, month, send):
    row = applied(world, month)
    neighbour = people.account("刘大婶")
    world.liu_home.members.update(user=neighbour)
    for user in (neighbour, world.li, world.shi, world.lin, world.helper, world.elsewhere_clerk):
        assert send(user, url("repair", row)).status_code == 404


def test_the_township_revokes_and_every_look_is_logged(world, month, send):
    row = counted(world, month)
    listed = reverse("repairs", args=[world.village.code])
    assert row.number in text(send(world.officer, listed))
    assert url("repair_revoke", row) in text(send(world.officer, url("repair", row)))
    assert Reading.objects.filter(by=world.officer, subject_key=world.wang_home.key).count() == 1
    assert send(world.officer, url("repair_revoke", row), {"why": ""}, days=1).status_code == 422
    assert send(world.officer, url("repair_revoke", row), {"why": "照片是别家的"}, days=1).status_code == 302
    assert "照片是别家的" in text(send(world.wang, url("repair", row), days=1))
    sheet = text(send(world.wang, reverse("my_points"), days=1))
    assert "修复取消，重新算" in sheet


def test_the_board_says_how_many_and_never_whose(world, month, send):
    row = counted(world, month)
    notice = row.round.publication
    page = reverse("notice", args=[world.village.code, notice.year, notice.number])
    body = re.sub(r"<[^>]+>", "", text(send(world.stranger, page)))
    assert "信用修复1条" in body
    assert "王家户" not in body


def test_queries_do_not_grow_with_repairs(world, month):
    shown(applied(world, month), world.wang)
    few = _queries(world)
    people.consent(world.head, Consent.Purpose.HELPER)
    for n in range(1, 30):
        repairs.show(repair=promise(world, deduction(world, n)), done="清干净了", by=world.wang, at=NOON)
    assert len(list(verifying(world.shi, at=NOON))) == 29  # nobody confirmed these
    assert _queries(world) == few


def _queries(world) -> int:
    with CaptureQueriesContext(connection) as caught, reading():
        list(verifying(world.gao, at=NOON))
        list(deciding(world.lin, at=NOON))
    return len(caught)
