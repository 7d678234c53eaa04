"""更正申请: said by an adult, answered by the clerk in time, or said aloud to the township."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance import deadlines, members, policies
from governance.identity import Person
from governance.models import Consent, Event
from governance.refusals import Conflict, Invalid, Refused
from rights import rectifications
from rights.models import Rectification
from tests import people
from tests.people import NOON
from tests.published import clock
from workflows.queues import waiting_for

DAY = timedelta(days=1)
State = Rectification.State


@pytest.fixture
def row(world):
    return rectifications.file(
        for_member=world.head,
        what="name",
        text="名字里的“化”应该是“华”",
        how="online",
        by=world.wang,
        at=NOON,
    )


def mend(world, at=NOON + DAY):
    members.correct(member=world.head, person=Person("王大华", "", ""), by=world.clerk, at=at)


def test_it_has_a_number_a_day_and_a_place_among_the_clerk_s_to_dos(world, row):
    assert row.number == "ZL-2026-0001"
    assert str(row.answer_by) == "2026-12-07"  # fifteen working days
    [todo] = [each for each in waiting_for(world.clerk, at=NOON) if "更正申请" in each.title]
    assert (todo.title, todo.where) == ("更正申请ZL-2026-0001：家里人的名字", "柳溪村东片1号")
    assert todo.url == reverse("rectification", args=[row.key])
    assert "王" not in todo.title + todo.where


def test_the_days_are_a_number_of_the_village_with_its_source(world):
    rule = policies.DEFINED["rectify_days"]
    assert "个人信息保护法" in rule.source
    assert policies.value("rectify_days", world.village, NOON.date()) == rule.default


def test_it_is_done_only_once_the_roster_was_mended(world, row):
    with pytest.raises(Conflict, match="还没有改动"):
        rectifications.finish(rectification=row, answer="改好了", by=world.clerk, at=NOON + DAY)
    mend(world)
    done = rectifications.finish(rectification=row, answer="改成了华", by=world.clerk, at=NOON + DAY)
    assert (done.state, done.answer, done.answered_by) == (State.DONE, "改成了华", world.clerk)
    assert [step.what for step in rectifications.steps(row)] == ["说户册里有一处不对", "改好了"]
    assert not [each for each in waiting_for(world.clerk, at=NOON + DAY) if "更正申请" in each.title]


def test_it_is_refused_with_a_reason_that_the_household_reads(world, row, client):
    with pytest.raises(Invalid):
        rectifications.refuse(rectification=row, answer=" ", by=world.clerk, at=NOON + DAY)
    rectifications.refuse(rectification=row, answer="身份证上就是这个字", by=world.clerk, at=NOON + DAY)
    client.force_login(world.wang)
    with clock(days=1):
        page = client.get(reverse("rectification", args=[row.key])).content.decode()
    for words in ("身份证上就是这个字", "青禾镇反映", "严专员", "个人信息保护法第五十条", "提异议"):
        assert words in page


def test_each_step_is_one_event_with_its_leaf(world, row):
    mend(world)
    rectifications.finish(rectification=row, answer="改好了", by=world.clerk, at=NOON + DAY)
    events = Event.objects.filter(about_id=str(row.key)).order_by("id")
    assert [event.name for event in events] == ["rectification.filed", "rectification.done"]
    assert all(event.subject_key == world.wang_home.key for event in events)
    assert all(f"rights_rectification:{row.key}" in event.digests for event in events)
    assert [version.state for version in row.history.order_by("history_id")] == ["filed", "done"]


def test_a_day_that_passes_is_said_aloud_to_the_township(world, row):
    deadlines.fire_due(deadlines.end_of(row.answer_by) + timedelta(hours=1))
    assert Event.objects.get(name="rectification.overdue").role == "system"
    row.refresh_from_db()
    assert row.state == State.FILED
    later = deadlines.end_of(row.answer_by) + DAY
    [todo] = [each for each in waiting_for(world.officer, at=later) if "更正申请" in each.title]
    assert todo.where == "柳溪村"


def test_it_can_be_taken_back_and_is_answered_once(world, row):
    rectifications.withdraw(rectification=row, by=world.wang, at=NOON + DAY)
    for act in (rectifications.finish, rectifications.refuse):
        with pytest.raises(Conflict, match="不用改了"):
            act(rectification=row, answer="好", by=world.clerk, at=NOON + DAY)
    with pytest.raises(Conflict):
        rectifications.withdraw(rectification=row, by=world.wang, at=NOON + DAY)


def test_nobody_speaks_for_a_neighbour(world, row):
    with pytest.raises(Refused, match="要本人来提"):
        rectifications.file(
            for_member=world.liu_home.members.get(),
            what="name",
            text="名字错了",
            how="online",
            by=world.wang,
            at=NOON,
        )
    with pytest.raises(Refused):
        rectifications.withdraw(rectification=row, by=world.stranger, at=NOON)
    for by in (world.officer, world.wang, world.elsewhere_clerk):
        with pytest.raises(Refused):
            rectifications.refuse(rectification=row, answer="不改", by=by, at=NOON)
    for wrong in ({"what": "score"}, {"text": ""}, {"text": "字" * 501}):
        given = {"what": "name", "text": "名字错了"} | wrong
        with pytest.raises(Invalid):
            rectifications.file(for_member=world.head, **given, how="online", by=world.wang, at=NOON)


def test_an_adult_files_it_on_the_phone(world, client):
    client.force_login(world.wang)
    with clock():
        page = client.get(reverse("my_wrong")).content.decode()
        assert "记分不对的要提异议" in page
        assert client.post(reverse("my_wrong")).status_code == 422
        answer = client.post(reverse("my_wrong"), {"what": "phone", "text": "换成了139"}, follow=True)
        assert "更正申请ZL-2026-0001" in answer.content.decode()
        assert "ZL-2026-0001" in client.get(reverse("my_data")).content.decode()
        row = Rectification.objects.get()
        client.post(reverse("rectification_withdraw", args=[row.key]))
    row.refresh_from_db()
    assert row.state == State.WITHDRAWN


def test_the_desk_takes_it_down_and_the_clerk_answers_on_the_page(world, client):
    where = [world.village.code, world.wang_home.key]
    client.force_login(world.clerk)
    said = {"for_member": world.head.pk, "how": "desk", "what": "name", "text": "名字错了"}
    with clock():
        client.post(reverse("desk_wrong", args=where), said)
        row = Rectification.objects.get()
        assert (row.how, row.filed_by) == ("desk", world.clerk)
        page = client.get(reverse("rectification", args=[row.key])).content.decode()
        assert "disabled>改好了" in page
        assert reverse("subject", args=[world.wang_home.key]) in page
        url = reverse("rectification_answer", args=[row.key])
        assert client.post(url, {"answer": "改好了", "done": "1"}).status_code == 409
    mend(world, NOON + timedelta(hours=2))
    with clock(hours=3):
        assert "disabled>改好了" not in client.get(reverse("rectification", args=[row.key])).content.decode()
        assert client.post(url, {"answer": ""}).status_code == 422
        assert client.post(url, {"answer": "照身份证改了", "done": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.state == State.DONE


def test_a_helper_files_for_who_asked_for_help_only(world, client):
    client.force_login(world.helper)
    where = [world.village.code, world.wang_home.key]
    said = {"for_member": world.head.pk, "what": "name", "text": "名字错了"}
    with clock():
        assert client.post(reverse("desk_wrong", args=where), said).status_code == 404
        people.consent(world.head, Consent.Purpose.HELPER)
        assert client.post(reverse("desk_wrong", args=where), said).status_code == 302
    assert Rectification.objects.get().how == "helper"


def test_the_list_finds_a_household_and_keeps_its_queries(world, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(world.clerk)
    url = reverse("requests", args=[world.village.code])

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    with clock():
        assert "没有" in client.get(url).content.decode()
        for n in range(1):
            rectifications.file(
                for_member=world.head, what="name", text=f"名字错了{n}", how="online", by=world.wang, at=NOON
            )
        one = queries()
        for n in range(1, 30):
            rectifications.file(
                for_member=world.head, what="name", text=f"名字错了{n}", how="online", by=world.wang, at=NOON
            )
        assert queries() == one
        found = client.post(url, {"name": "王家户"})
        assert found.url == reverse("requests_of", args=[world.village.code, world.wang_home.key])
        assert client.post(url, {"name": "没有这人"}).status_code == 422
        assert client.post(url, {}).status_code == 422


def test_the_township_reads_what_is_open_and_no_door(world, row, client):
    client.force_login(world.officer)
    with clock():
        page = client.get(reverse("requests", args=[world.village.code])).content.decode()
        assert (
            client.post(reverse("requests", args=[world.village.code]), {"name": "王家户"}).status_code == 403
        )
    assert row.number in page
    assert "1号" not in page


def test_sent_again_it_leads_to_the_one_that_waits(world, row, client):
    client.force_login(world.wang)
    said = {"what": "name", "text": row.text}
    with clock():
        answer = client.post(reverse("my_wrong"), said, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("rectification", args=[row.key])
    assert "已经提过了，编号ZL-2026-0001" in answer.content.decode()
    with pytest.raises(Conflict, match="已经提过了（ZL-2026-0001）"):
        rectifications.file(for_member=world.head, how="online", by=world.wang, at=NOON + DAY, **said)
    assert Rectification.objects.count() == 1
    rectifications.withdraw(rectification=row, by=world.wang, at=NOON + DAY)
    assert rectifications.file(for_member=world.head, how="online", by=world.wang, at=NOON + DAY, **said)


def test_too_little_is_asked_for_again(world, client):
    client.force_login(world.wang)
    with clock():
        answer = client.post(reverse("my_wrong"), {"what": "name", "text": "不对"})
    assert answer.status_code == 422
    assert "至少4个字" in answer.content.decode()
    with pytest.raises(Invalid):
        rectifications.file(
            for_member=world.head, what="name", text="不对", how="online", by=world.wang, at=NOON
        )
