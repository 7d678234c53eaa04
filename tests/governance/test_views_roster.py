"""户册 by HTTP: found by exact words, opened with a note, changed only after what follows was said."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from governance import access, consents, readings
from governance.models import Consent, Event, Kinship, Slip, Subject
from governance.roster_file import read_rows
from tests import people


@pytest.fixture
def desk(client, world):
    client.force_login(world.clerk)
    return client


@pytest.fixture
def aunt(world):
    """王大娘 of 王家户, with an account."""
    return people.adult(world.wang_home, "王大娘", people.account("王大娘"))


def at(name, row):
    return reverse(name, args=[row.key])


def yesterday():
    return str(access.today(timezone.now()) - timedelta(days=1))


def test_households_stand_by_area_and_door_with_ten_behind_two(desk, world):
    people.household("10号", world.east, "韩木匠")
    text = desk.get(reverse("roster", args=[world.village.code])).text
    places = [text.index(f">{door}<") for door in ("1号", "2号", "10号", "6号")]
    assert places == sorted(places)


def test_the_roster_is_filtered_by_area_and_taking_part_and_never_by_colour(desk, world):
    url = reverse("roster", args=[world.village.code])
    assert "王家户" not in desk.get(f"{url}?area={world.west.pk}").text
    assert "孙家户" in desk.get(f"{url}?area={world.west.pk}").text
    not_in = desk.get(f"{url}?enrolled=no").text
    assert "陈家户" in not_in
    assert "王家户" not in not_in
    assert desk.get(f"{url}?colour=red").text.count("<tr>") == desk.get(url).text.count("<tr>")
    for words in ("示范户", "待提升户", "达标户"):
        assert words not in desk.get(url).text


@pytest.mark.parametrize("words", ["王大爷", "王 大爷", "1号", "王家户", "139 1234 5678"])
def test_a_household_is_found_by_exact_name_phone_or_door(desk, world, words):
    head = world.head
    head.phone = "13912345678"
    head.save()
    found = desk.post(reverse("roster", args=[world.village.code]), {"words": words}).text
    assert "王家户" in found
    assert "刘家户" not in found


def test_part_of_a_name_finds_nobody(desk, world):
    page = desk.post(reverse("roster", args=[world.village.code]), {"words": "王"})
    assert "没有找到" in page.text


def test_the_export_can_be_taken_in_again_and_is_an_event(desk, world):
    answer = desk.post(reverse("roster_export", args=[world.village.code]))
    assert len(read_rows(answer.content)) == Subject.objects.filter(village=world.village).count()
    assert Event.objects.filter(name="roster.exported").count() == 1


def test_opening_a_file_is_noted_once_a_day_where_the_household_sees_it(desk, world):
    desk.get(at("subject", world.wang_home))
    desk.get(at("subject", world.wang_home))
    [look] = readings.readings_of(world.wang_home)
    assert (look.by, look.role) == (world.clerk, "clerk")


def test_numbers_are_masked_until_asked_for_and_asking_is_an_event(desk, world):
    head = world.head
    head.phone = "13912345678"
    head.save()
    assert "139****5678" in desk.get(at("subject", world.wang_home)).text
    assert "13912345678" in desk.post(at("subject_reveal", world.wang_home)).text
    assert Event.objects.filter(name="subject.revealed", subject_key=world.wang_home.key).count() == 1


def test_a_new_household_is_registered_and_not_scored(desk, world):
    url = reverse("subject_new", args=[world.village.code])
    filled = {
        "area": world.east.pk,
        "door": "9号",
        "name": "韩家户",
        "kind": "household",
        "head_name": "韩木匠",
    }
    wrong = desk.post(url, {**filled, "phone": "139", "head_name": ""})
    assert wrong.status_code == 422
    assert "手机号是11位数字" in wrong.text
    assert "韩家户" in wrong.text
    desk.post(url, filled)
    made = Subject.objects.get(village=world.village, door="9号")
    assert (made.members.get().name, made.enrolled_from) == ("韩木匠", None)
    again = desk.post(url, filled)
    assert "已经有一户了" in again.text


def test_a_paper_without_a_witness_is_no_consent(desk, world):
    head = world.chen_home.members.get()
    said = {"purpose": "scoring", "given_on": yesterday(), "witness": ""}
    assert desk.post(at("consent_paper", head), said).status_code == 422
    own = desk.post(at("consent_paper", head), {**said, "witness": "沈文书"})
    assert "您自己录入，就不能再当见证人" in own.text
    assert not head.consents.exists()
    desk.post(at("consent_paper", head), {**said, "witness": "刘大婶"})
    world.chen_home.refresh_from_db()
    assert head.consents.get().how == Consent.How.PAPER
    assert world.chen_home.enrolled_from > access.today()
    assert not consents.enrolment_matches_consents(world.village)


def test_a_withdrawal_said_at_the_desk_ends_scoring_at_once(desk, world):
    url = at("consent_withdraw", world.head)
    assert desk.post(url, {"purpose": "scoring"}).status_code == 422
    desk.post(url, {"purpose": "scoring", "asked": "on"})
    world.wang_home.refresh_from_db()
    assert world.wang_home.enrolled_to == access.today()
    again = desk.post(url, {"purpose": "scoring", "asked": "on"})
    assert again.status_code == 409


def test_the_code_of_a_slip_is_shown_once_and_kept_nowhere(desk, world):
    head = world.liu_home.members.get()
    assert "lp-slip__code" not in desk.get(at("slip", head)).text
    page = desk.post(at("slip", head))
    assert "lp-slip__code" in page.text
    assert page["Cache-Control"] == "no-store"
    assert Slip.objects.get(member=head).used_at is None
    assert desk.post(at("slip", world.head)).status_code == 409  # bound already


def test_a_move_is_told_first_and_done_on_the_second_word(desk, world, aunt):
    url = at("subject_move", world.wang_home)
    filled = {"area": world.west.pk, "door": "12号", "on": yesterday(), "why": "盖了新房"}
    told = desk.post(url, filled)
    assert "现在还没有改动" in told.text
    assert "立一份新档案" in told.text
    world.wang_home.refresh_from_db()
    assert world.wang_home.closed_on is None
    assert not Event.objects.filter(name="subject.moved").exists()
    back = desk.post(url, {**filled, "again": "1"})
    assert "盖了新房" in back.text
    done = desk.post(url, {**filled, "sure": "1"})
    new = Subject.objects.get(came_from=world.wang_home)
    assert done.url == at("subject", new)
    assert (new.door, new.members.count(), new.enrolled_from) == ("12号", 2, None)
    assert desk.post(url, {**filled, "sure": "1"}).status_code == 409
    assert "从这里来" in desk.get(at("subject", new)).text
    assert "新档案" in desk.get(at("subject", world.wang_home)).text


def test_a_move_to_a_door_that_is_taken_is_refused_beside_the_field(desk, world):
    filled = {"area": world.east.pk, "door": "2号", "on": yesterday(), "why": "盖了新房"}
    answer = desk.post(at("subject_move", world.wang_home), filled)
    assert answer.status_code == 422
    assert "已经有一户了" in answer.text


def test_a_split_puts_everybody_into_one_household(desk, world, aunt):
    head = world.head
    parts = {
        f"go_{head.key}": "1", f"go_{aunt.key}": "2",
        "head_1": head.key, "name_1": "王家户", "area_1": world.east.pk, "door_1": "1号之1",
        "head_2": aunt.key, "name_2": "王大娘户", "area_2": world.east.pk, "door_2": "1号之2",
        "on": yesterday(), "why": "分家了",
    }  # fmt: skip
    url = at("subject_split", world.wang_home)
    wrong = desk.post(url, {**parts, f"go_{aunt.key}": "1"})
    assert "王大娘没有归到第二户" in wrong.text
    assert "立一份新档案：东片1号之2王大娘户，户主王大娘" in desk.post(url, parts).text
    desk.post(url, {**parts, "sure": "1"})
    assert sorted(s.door for s in world.wang_home.went_to.all()) == ["1号之1", "1号之2"]


def test_two_households_become_one(desk, world):
    url = at("subject_merge", world.wang_home)
    wrong = desk.post(url, {"area": world.east.pk, "door": "99号"})
    assert "没有这个门牌" in wrong.text
    found = desk.post(url, {"area": world.east.pk, "door": "2号"})
    filled = {
        "head": world.head.key, "name": "王家户", "area": world.east.pk, "door": "1号", "on": yesterday(),
        "why": "老人跟儿子住",
    }  # fmt: skip
    told = desk.post(found.url, filled)
    assert "刘大婶" in told.text
    desk.post(found.url, {**filled, "sure": "1"})
    new = Subject.objects.get(came_from=world.liu_home)
    assert sorted(m.name for m in new.members.all()) == ["刘大婶", "王大爷"]
    assert desk.get(f"{url}?with={world.elsewhere_home.key}").status_code == 404
    assert desk.get(f"{url}?with=nobody").status_code == 404


def test_when_the_head_died_another_adult_follows_and_nothing_is_inherited(desk, world, aunt):
    url = at("subject_head_died", world.wang_home)
    filled = {"head": aunt.key, "name": "王大娘户", "on": yesterday(), "why": "看了死亡证明"}
    assert "分不继承" in desk.post(url, filled).text
    desk.post(url, {**filled, "sure": "1"})
    new = Subject.objects.get(came_from=world.wang_home)
    assert [m.name for m in new.members.all()] == ["王大娘"]


def test_who_lived_alone_leaves_a_file_to_be_closed(desk, world):
    assert desk.get(at("subject_head_died", world.liu_home)).status_code == 409
    filled = {"on": yesterday(), "why": "搬到县城去了"}
    desk.post(at("subject_close", world.liu_home), {**filled, "sure": "1"})
    world.liu_home.refresh_from_db()
    assert world.liu_home.closed_on
    assert "只能看，不能改" in desk.get(at("subject", world.liu_home)).text


def test_a_child_is_not_registered(desk, world):
    url = at("member_add", world.wang_home)
    young = people.id_number(access.today() - timedelta(days=365 * 10))
    answer = desk.post(url, {"name": "王小明", "id_number": young})
    assert "不满14岁" in answer.text
    assert world.wang_home.members.count() == 1
    desk.post(url, {"name": "王大哥", "phone": "13912345678"})
    assert world.wang_home.members.count() == 2


def test_members_are_corrected_made_head_unbound_and_leave(desk, world, aunt):
    desk.post(at("member_edit", aunt), {"name": "王大妈"})
    desk.post(at("member_unbind", aunt), {"why": "手机丢了"})
    assert desk.post(at("member_leave", world.head), {"on": yesterday(), "why": "出门"}).status_code == 403
    assert "不再评这一户" in desk.get(at("member_head", aunt)).text
    old = world.head
    desk.post(at("member_head", aunt), {"why": "家里商量好的"})
    desk.post(at("member_leave", old), {"on": yesterday(), "why": "搬去和儿子住"})
    aunt.refresh_from_db()
    assert (aunt.name, aunt.is_head, aunt.user) == ("王大妈", True, None)
    assert [m.name for m in world.wang_home.members.filter(left_on__isnull=True)] == ["王大妈"]


def test_a_household_gets_another_rater_but_never_its_own(desk, world):
    url = at("subject_rater", world.li_home)
    own = desk.post(url, {"rater": world.li.key, "why": "顺路"})
    assert own.status_code == 403
    assert "自己家不能自己评" in own.text
    url = at("subject_rater", world.wang_home)
    assert desk.post(url, {"rater": world.shi.key, "why": "顺路"}).status_code == 422  # no rater
    desk.post(url, {"rater": world.zhou.key, "why": "顺路"})
    assert world.wang_home.links.get(ends__isnull=True).rater == world.zhou


def test_the_clerk_writes_down_who_is_kin(desk, world):
    url = at("subject_kin", world.wang_home)
    desk.post(url, {"user": world.lin.key, "relation": "sibling"})
    assert Kinship.objects.get(user=world.lin).subject == world.wang_home
    assert "林理事，兄弟姐妹" in desk.get(at("subject", world.wang_home)).text


def test_the_file_tells_what_was_done_and_shows_no_points(desk, world):
    desk.post(at("member_add", world.wang_home), {"name": "王大哥"})
    text = desk.get(at("subject", world.wang_home)).text
    assert "登记家人" in text
    assert "lp-pt" not in text
    assert "lp-status" not in text
