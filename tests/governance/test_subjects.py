"""Households change: opened, corrected, split, merged, moved, bereaved."""

from datetime import date, timedelta

import pytest

from governance import consents, members, recusal, subjects
from governance.identity import Person
from governance.models import Event, Kinship, Member, Subject
from governance.refusals import Conflict, Invalid, Refused
from governance.subjects import Home, Part
from tests import people
from tests.people import NOON

TODAY = NOON.date()


@pytest.fixture
def act(world):
    return {"why": "村民本人来说的", "by": world.clerk, "at": NOON}


@pytest.fixture
def son(world):
    return people.adult(world.wang_home, "王小明", people.account(""), phone="13800001234")


def split(world, son, act, **changes):
    parts = [
        Part(Home(world.east, "1号", "王家户"), world.head),
        Part(Home(world.west, "9号", "王小明户"), son),
    ]
    return subjects.split(**{"subject": world.wang_home, "parts": parts, "on": TODAY, **act, **changes})


def test_the_clerk_opens_a_file_and_it_is_not_enrolled(world):
    home = subjects.create(
        village=world.village,
        home=Home(world.east, " 8号 ", "吴家户"),
        head=Person("吴大嫂", "138 0000 5678"),
        by=world.clerk,
        at=NOON,
    )
    head = home.members.get()
    assert (home.door, head.is_head, head.phone) == ("8号", True, "13800005678")
    assert not home.is_enrolled(date(2027, 1, 1))
    assert {"subject.opened", "member.added"} <= set(Event.objects.values_list("name", flat=True))
    assert home.history.get().history_user == world.clerk


def test_a_door_holds_one_open_file_of_a_kind(world):
    again = {"village": world.village, "head": Person("吴大嫂"), "by": world.clerk, "at": NOON}
    with pytest.raises(Invalid, match="已经有一户"):
        subjects.create(home=Home(world.east, "1号", "吴家户"), **again)
    assert subjects.create(home=Home(world.east, "1号", "小卖部", Subject.Kind.SHOP), **again)


def test_a_cover_is_checked_field_by_field(world):
    foreign = world.elsewhere_home.area
    with pytest.raises(Invalid) as refusal:
        subjects.create(
            village=world.village,
            home=Home(foreign, "", "", "家"),
            head=Person("吴"),
            by=world.clerk,
            at=NOON,
        )
    assert set(refusal.value.errors) == {"area", "door", "name", "kind"}


def test_only_the_clerk_changes_the_roster(world, son):
    act = {"why": "想改", "at": NOON, "on": TODAY}
    for other in (world.li, world.wang, world.lin, world.elsewhere_clerk):
        with pytest.raises(Refused, match="文书"):
            subjects.close(subject=world.wang_home, by=other, **act)


def test_a_wrong_cover_is_corrected_with_a_reason(world, act):
    home = Home(world.west, "10号", "王大爷户")
    subjects.correct(subject=world.wang_home, home=home, **act)
    world.wang_home.refresh_from_db()
    assert (world.wang_home.area, world.wang_home.name) == (world.west, "王大爷户")
    with pytest.raises(Invalid, match="原因"):
        subjects.correct(subject=world.wang_home, home=home, **{**act, "why": " "})


def test_after_a_split_each_starts_anew_and_the_past_stays_with_the_old_file(world, son, act):
    first, second = split(world, son, act)
    old = Subject.objects.get(pk=world.wang_home.pk)
    assert (old.closed_on, old.enrolled_to) == (TODAY, TODAY)
    assert old.links.get().ends == TODAY
    assert set(old.went_to.all()) == {first, second}
    assert first.enrolled_from is None
    assert second.members.get().name == "王小明"
    assert second.members.get().phone == "13800001234"
    assert not second.links.exists()
    assert not consents.standing(second.members.get()).exists()
    assert [ask.purpose for ask in consents.asks(second.members.get(), NOON)] == ["scoring", "honour"]
    assert consents.enrolment_matches_consents(world.village) == []


def test_accounts_go_along_and_the_old_home_stays_out_of_bounds(world, son, act):
    split(world, son, act)
    assert Member.objects.get(user=son.user, left_on__isnull=True).subject.door == "9号"
    assert world.wang_home.pk in recusal.reasons(son.user, [world.wang_home], at=NOON)


def test_family_ties_stay_with_the_closed_file_and_hold_for_those_that_follow(world, son, act):
    people.kin(world.lin, world.wang_home)
    first, second = split(world, son, act)
    assert set(recusal.reasons(world.lin, [world.wang_home, first, second], at=NOON)) == {
        world.wang_home.pk,
        first.pk,
        second.pk,
    }
    assert Kinship.objects.filter(user=world.lin, ends__isnull=True).count() == 3


def test_everybody_belongs_to_exactly_one_part(world, son, act):
    lonely = [Part(Home(world.east, f"{n}号", "王家户"), world.head) for n in (1, 9)]
    with pytest.raises(Invalid, match="每位家人"):
        split(world, son, act, parts=lonely)
    assert not Subject.objects.filter(closed_on__isnull=False).exists()


def test_two_households_become_one(world, act):
    heads = [world.head, world.liu_home.members.get()]
    part = Part(Home(world.east, "2号", "刘王两家"), heads[1], [heads[0]])
    new = subjects.merge(subjects=[world.wang_home, world.liu_home], part=part, on=TODAY, **act)
    assert new.came_from.count() == 2
    assert new.members.get(is_head=True).name == "刘大婶"
    assert Event.objects.filter(name="subject.merged").count() == 2


def test_households_of_two_villages_do_not_merge(world, act):
    part = Part(Home(world.east, "9号", "两村一家"), world.head, [world.elsewhere_home.members.get()])
    with pytest.raises(Invalid, match="同一个村"):
        subjects.merge(subjects=[world.wang_home, world.elsewhere_home], part=part, on=TODAY, **act)


def test_a_household_moves_to_another_door(world, son, act):
    new = subjects.move(subject=world.wang_home, area=world.west, door="20号", on=TODAY, **act)
    assert (new.area, new.name, new.members.count()) == (world.west, "王家户", 2)
    with pytest.raises(Conflict, match="沈文书11月16日12:00"):
        subjects.move(subject=world.wang_home, area=world.west, door="21号", on=TODAY, **act)


def test_when_the_head_dies_another_follows_and_nothing_is_inherited(world, son, act):
    new = subjects.head_died(subject=world.wang_home, head=son, name="王家户", on=TODAY, **act)
    assert [member.name for member in new.members.all()] == ["王小明"]
    assert new.door == "1号"
    assert not new.is_enrolled(TODAY)
    assert not new.entries.exists()


def test_the_dead_head_cannot_follow_themself(world, son, act):
    with pytest.raises(Invalid, match="另一位"):
        subjects.head_died(subject=world.wang_home, head=world.head, name="王家户", on=TODAY, **act)


def test_a_household_that_left_the_village_is_closed(world, act, monkeypatch):
    ended = []
    monkeypatch.setattr(consents, "ON_WITHDRAWN", [lambda subject, by, at: ended.append(subject.pk)])
    subjects.close(subject=world.wang_home, on=TODAY, **act)
    assert world.wang_home not in Subject.objects.living()
    assert not world.wang_home.members.filter(left_on__isnull=True).exists()
    assert ended == [world.wang_home.pk]


def test_nothing_can_happen_tomorrow(world, act):
    with pytest.raises(Invalid, match="还没到"):
        subjects.close(subject=world.wang_home, on=TODAY + timedelta(days=1), **act)


def test_an_adult_is_added_and_a_child_is_not(world):
    act = {"subject": world.wang_home, "by": world.clerk, "at": NOON}
    added = members.add(person=Person("王小红", id_number=people.id_number(date(2000, 1, 1))), **act)
    assert added.subject == world.wang_home
    with pytest.raises(Invalid, match="不满14岁"):
        members.add(person=Person("王小宝", id_number=people.id_number(date(2015, 1, 1))), **act)
    with pytest.raises(Invalid, match="已经有这个名字"):
        members.add(person=Person("王小红"), **act)
    with pytest.raises(Invalid, match="一个人只在一户"):
        members.add(person=Person("王红", id_number=people.id_number(date(2000, 1, 1))), **act)


def test_a_member_is_corrected_and_stays_the_same_person(world):
    members.correct(member=world.head, person=Person("王大爷", "13800009999"), by=world.clerk, at=NOON)
    assert world.head.phone == "13800009999"
    assert world.head.user == world.wang
    assert consents.standing(world.head).exists()


def test_the_head_cannot_leave_but_others_can(world, son, act):
    with pytest.raises(Refused, match="换户主"):
        members.leave(member=world.head, on=TODAY, **act)
    assert members.leave(member=son, on=TODAY, **act).left_on == TODAY
    with pytest.raises(Conflict, match="11月16日已经离开"):
        members.leave(member=son, on=TODAY, **act)


def test_a_new_head_who_has_not_agreed_ends_scoring(world, son, act):
    members.change_head(member=son, **act)
    world.wang_home.refresh_from_db()
    assert world.wang_home.enrolled_to == TODAY
    assert world.wang_home.members.get(is_head=True) == son
    assert consents.enrolment_matches_consents(world.village) == []


def test_a_new_head_who_has_agreed_keeps_the_household_enrolled(world, son, act):
    people.consent(son)
    members.change_head(member=son, **act)
    world.wang_home.refresh_from_db()
    assert world.wang_home.is_enrolled(TODAY)


def test_a_lost_account_is_parted_from_its_member(world, act):
    members.unbind(member=world.head, **act)
    assert world.head.user is None
    with pytest.raises(Conflict, match="没有绑定"):
        members.unbind(member=world.head, **act)
