"""What is deleted is deleted in the files from before a move, a split or a merger too; and what is not, is said."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from governance import deadlines, members, subjects
from governance.identity import Person
from governance.models import Event
from governance.refusals import Refused
from governance.saving import save
from governance.subjects import Home, Part
from rights import earlier, erasures, rectifications
from rights.models import Erasure, Rectification
from tests import people
from tests.people import NOON
from tests.published import clock
from tests.rights.dumped import everything
from tests.rights.erased import fired
from tests.vouched import begin, found

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PHONE, ID_NUMBER = "13811112222", people.id_number(date(1950, 3, 4))


@pytest.fixture(autouse=True)
def _vouched(world):
    begin(world, at=NOON - DAY)


def moved(world):
    """王家户 goes to the west end; its head as the new file has him."""
    person = Person("王大爷", PHONE, ID_NUMBER)
    members.correct(member=world.head, person=person, by=world.clerk, at=NOON)
    new = subjects.move(
        subject=world.wang_home, area=world.west, door="88号", on=NOON.date(), why="王大爷搬了", by=world.clerk,
        at=NOON,
    )  # fmt: skip
    return new.members.get(is_head=True)


def with_wife(world):
    person = Person("汪婆婆", "13833334444", "")
    wife = members.add(subject=world.wang_home, person=person, by=world.clerk, at=NOON)
    wife.user = people.account("汪婆婆")
    save(wife, action="member.bound", by=wife.user, at=NOON)
    return wife


def asked(member, *, whole=True, at=NOON + DAY):
    return erasures.ask(for_member=member, whole=whole, how="online", by=member.user, at=at)


def gone(*words):
    dump = everything()
    for word in words:
        assert word not in dump, [line[:120] for line in dump.splitlines() if word in line][:3]


def verified(world):
    assert found(world).breaks == []


def test_the_file_before_a_move_goes_with_the_new_one(world):
    row = fired(asked(moved(world)))
    assert row.state == Erasure.State.DONE
    gone("王大爷", PHONE, ID_NUMBER, "王家户", "88号")
    world.wang.refresh_from_db()
    assert not world.wang.is_active
    both = Erasure.objects.order_by("pk")
    assert [one.subject_id for one in both] == [row.subject_id, world.wang_home.pk]
    assert {one.state for one in both} == {Erasure.State.DONE}
    assert Event.objects.filter(name="subject.erased").count() == 2
    verified(world)


def test_all_of_it_is_taken_back_together(world):
    row = asked(moved(world))
    erasures.undo(erasure=row, by=world.wang, at=NOON + 2 * DAY)
    assert {one.state for one in Erasure.objects.all()} == {Erasure.State.UNDONE}
    deadlines.fire_due(NOON + 30 * DAY)
    assert "王大爷" in everything()


def test_who_agrees_again_in_the_new_file_keeps_the_old_one(world):
    from governance import consents

    head = moved(world)
    row = asked(head)
    consents.give(member=head, purpose="scoring", by=world.wang, at=NOON + 2 * DAY)
    fired(row)
    assert {one.state for one in Erasure.objects.all()} == {Erasure.State.UNDONE}


def test_a_case_open_in_the_old_file_is_named(world, monkeypatch):
    head = moved(world)
    monkeypatch.setattr(
        erasures, "open_cases", lambda member, *, whole: int(member.subject == world.wang_home)
    )
    with pytest.raises(Refused, match="从前在东片1号的那份档案也要一起删。还有1件"):
        asked(head)


def test_who_was_not_head_before_takes_their_own_row_along(world):
    wife = with_wife(world)
    parts = [
        Part(Home(world.east, "1号", "王家户"), world.head), Part(Home(world.west, "91号", "汪婆婆户"), wife),
    ]  # fmt: skip
    _, hers = subjects.split(
        subject=world.wang_home, parts=parts, on=NOON.date(), why="汪婆婆分家了", by=world.clerk, at=NOON
    )
    fired(asked(hers.members.get()))
    gone("汪婆婆", "13833334444", "91号")
    wife.user.refresh_from_db()
    assert not wife.user.is_active
    assert "王大爷" in everything()
    assert Erasure.objects.get(member=wife).state == Erasure.State.DONE
    verified(world)


def test_one_adult_who_moved_along_is_forgotten_in_both(world):
    wife = with_wife(world)
    new = moved(world).subject
    fired(asked(new.members.get(is_head=False), whole=False))
    gone("汪婆婆", "13833334444")
    wife.user.refresh_from_db()
    assert not wife.user.is_active
    assert "王大爷" in everything()


def test_the_pages_name_what_goes_along_and_what_is_left(world, client):
    head = moved(world)
    client.force_login(world.wang)
    with clock(days=1):
        sure = client.post(reverse("my_erase"), {"which": "household"}).content.decode()
        assert "从前的档案<b>一起删</b>：东片1号，王家户，整份" in sure
        assert "这次不删" not in sure
        old = client.post(
            reverse("my_erase"), {"which": "household", "file": world.head.key}
        ).content.decode()
        assert "另一份档案<b>这次不删</b>，要删的另外申请：西片88号，王家户" in old
        assert f"{reverse('my_erase')}?file={head.key}" in old
        done = client.post(
            reverse("my_erase"), {"which": "household", "file": world.head.key, "sure": "1"}, follow=True
        )
    assert "去看西片88号，王家户" in done.content.decode()


def test_an_adult_s_requests_to_mend_go_with_them(world):
    wife = with_wife(world)
    said = {"for_member": wife, "how": "online", "by": wife.user, "at": NOON}
    waits = rectifications.file(what="phone", text="号码应该是13899998888", **said)
    refused = rectifications.file(what="people", text="身份证尾号4321写错了", **said)
    rectifications.refuse(rectification=refused, answer="汪婆婆请带身份证来", by=world.clerk, at=NOON)
    fired(asked(wife, whole=False))
    gone("汪婆婆", "13833334444", "13899998888", "4321写错了", "请带身份证来")
    waits.refresh_from_db()
    assert waits.state == Rectification.State.WITHDRAWN
    verified(world)


def joined(world, namesake):
    """刘家户, whose head has the same name, joins 王家户."""
    members.correct(member=namesake, person=Person("王大爷"), by=world.clerk, at=NOON)
    home = Home(world.west, "88号", "王家户")
    new = subjects.merge(
        subjects=[world.wang_home, world.liu_home], part=Part(home, world.head, [namesake]), on=NOON.date(),
        why="并户", by=world.clerk, at=NOON,
    )  # fmt: skip
    return new.members.get(is_head=True)


@pytest.fixture
def namesake(world):
    return world.liu_home.members.get(is_head=True)


def test_somebody_of_the_same_name_in_a_household_that_joined_is_left_alone(world, namesake):
    members.correct(member=world.head, person=Person("王大爷", PHONE, ID_NUMBER), by=world.clerk, at=NOON)
    fired(asked(joined(world, namesake)))
    gone(PHONE, ID_NUMBER)
    namesake.refresh_from_db()
    assert (namesake.name, Erasure.objects.filter(subject=world.liu_home).exists()) == ("王大爷", False)
    verified(world)


def test_of_two_who_can_only_be_told_by_name_neither_goes_along(world, namesake):
    head = joined(world, namesake)
    head.user = None
    assert earlier.rows_before(head) == []
