"""我有异议 and the desk by HTTP."""

import pytest
from django.urls import reverse

from appeals import objections
from appeals.against import Against
from appeals.models import Objection
from governance.models import Consent, Reading
from tests import people
from tests.people import NOON
from tests.published import entry


@pytest.fixture
def url(month):
    return reverse("objection_file", args=[entry(month, "litter").key])


@pytest.fixture
def case(world, month):
    return objections.file(
        against=Against.line(entry(month, "litter")), text="袋子不是我家的", how="online", for_member=world.head,
        by=world.wang, at=NOON,
    )  # fmt: skip


def text(response) -> str:
    return response.content.decode()


def test_two_taps_from_the_line_and_the_receipt_has_a_number(world, url, send):
    assert "办完以前，这一条不算分" in text(send(world.wang, url))
    response = send(world.wang, url, {"text": ""})
    case = Objection.objects.get()
    assert response.url == reverse("objection", args=[case.key])
    body = text(send(world.wang, response.url))
    assert "YY-2026-0001" in body
    assert "轮到" in body
    assert "11月17日" in body


def test_a_double_tap_reads_that_it_is_filed(world, url, send):
    send(world.wang, url, {"text": "不对"})
    response = send(world.wang, url, {"text": "不对"})
    assert response.status_code == 409
    assert Objection.objects.count() == 1
    body = text(send(world.wang, url))
    assert "看办到哪了" in body
    assert "disabled" in body


def test_too_many_words_are_kept_and_asked_to_be_shorter(world, url, send):
    response = send(world.wang, url, {"text": "长" * 2001})
    assert response.status_code == 422
    assert "长" * 2001 in text(response)
    assert Objection.objects.count() == 0


def test_after_the_window_the_reason_is_asked_for(world, url, send):
    assert "公示期过了" in text(send(world.wang, url, days=6))
    assert send(world.wang, url, {"text": ""}, days=6).status_code == 422
    assert send(world.wang, url, {"text": "出去打工，才回来"}, days=6).status_code == 302
    assert Objection.objects.get().is_late


@pytest.mark.parametrize("who", ["li", "shi", "lin", "helper", "elsewhere_clerk", "stranger", "supervisor"])
def test_nobody_else_opens_a_line_for_objecting(world, url, send, who):
    user = getattr(world, who)
    assert send(user, url).status_code == 404
    assert send(user, url, {"text": "不对"}).status_code == 404


def test_the_case_is_open_to_the_household_clerk_and_officer_only(world, case, send):
    page = reverse("objection", args=[case.key])
    for user in [world.wang, world.clerk]:
        assert "袋子不是我家的" in text(send(user, page))
    assert send(world.officer, page).url == reverse("case", args=[case.key])
    for user in [world.li, world.shi, world.lin, world.helper, world.elsewhere_clerk, world.stranger]:
        assert send(user, page).status_code == 404


def test_who_looks_from_outside_is_shown_to_the_household(world, case, send):
    page = reverse("objection", args=[case.key])
    send(world.wang, page)
    assert Reading.objects.count() == 0
    send(world.clerk, page)
    look = Reading.objects.get()
    assert (look.by, look.role, look.why) == (world.clerk, "clerk", "看异议YY-2026-0001")


def test_the_household_withdraws_after_one_plain_page(world, case, send):
    page = reverse("objection_withdraw", args=[case.key])
    assert "马上照原来减分" in text(send(world.wang, page))
    assert send(world.wang, page, {}).url == reverse("objection", args=[case.key])
    assert send(world.wang, page, {}).status_code == 409
    assert "住户说不办了" in text(send(world.wang, reverse("objection", args=[case.key])))


def test_the_officer_cannot_withdraw_for_the_household(world, case, send):
    assert send(world.officer, reverse("objection_withdraw", args=[case.key]), {}).status_code == 403


def test_my_points_shows_the_number_and_leads_to_the_case(world, case, send):
    body = text(send(world.wang, reverse("my_points")))
    assert "异议YY-2026-0001" in body
    assert reverse("objection", args=[case.key]) in body
    assert "暂不计" in body


# -- the desk ---------------------------------------------------------------------


@pytest.fixture
def desk(world):
    return reverse("desk", args=[world.village.code])


def test_the_clerk_finds_a_household_by_door_and_takes_down_words(world, month, desk, url, send):
    found = send(world.clerk, desk, {"area": world.east.pk, "door": "1号"})
    assert found.url == reverse("desk_file", args=[world.village.code, world.wang_home.key])
    body = text(send(world.clerk, found.url))
    assert url in body
    said = {"for_member": world.head.pk, "how": "desk", "text": "袋子不是我家的"}
    receipt = send(world.clerk, url, said)
    assert "异议回执" in text(send(world.clerk, receipt.url))
    assert "沈文书" in text(send(world.clerk, receipt.url))


def test_the_desk_shows_lines_but_no_total_and_no_colour(world, month, desk, send):
    body = text(send(world.clerk, reverse("desk_file", args=[world.village.code, world.wang_home.key])))
    assert "累计" not in body
    assert "lp-status--" not in body


def test_opening_a_file_at_the_desk_is_shown_to_the_household(world, month, send):
    send(world.clerk, reverse("desk_file", args=[world.village.code, world.wang_home.key]))
    assert "替这一户看公示的记分" in text(send(world.wang, reverse("my_readings")))


@pytest.mark.parametrize("name", ["王大爷", "王家户"])
def test_a_full_name_finds_the_household_and_half_a_name_does_not(world, month, desk, send, name):
    assert send(world.clerk, desk, {"name": name}).status_code == 302
    response = send(world.clerk, desk, {"name": name[:2]})
    assert response.status_code == 422
    assert "没有找到" in text(response)


def test_namesakes_are_offered_by_door(world, month, desk, send):
    people.adult(world.sun_home, "王大爷")
    body = text(send(world.clerk, desk, {"name": "王大爷"}))
    assert "东片1号" in body
    assert "西片6号" in body


def test_an_empty_search_is_asked_again(world, desk, send):
    assert send(world.clerk, desk, {}).status_code == 422


def test_words_and_speaker_are_needed_at_the_desk(world, url, send):
    response = send(world.clerk, url, {"text": ""})
    assert response.status_code == 422
    assert Objection.objects.count() == 0
    neighbour = world.liu_home.members.get()
    tampered = {"for_member": neighbour.pk, "how": "desk", "text": "不对"}
    assert send(world.clerk, url, tampered).status_code == 422


def test_a_helper_finds_only_who_asked_for_one(world, month, desk, url, send):
    door = {"area": world.east.pk, "door": "1号"}
    file = reverse("desk_file", args=[world.village.code, world.wang_home.key])
    assert send(world.helper, desk, door).status_code == 422
    assert send(world.helper, file).status_code == 404
    people.consent(world.head, Consent.Purpose.HELPER)
    assert send(world.helper, desk, door).url == file
    assert url in text(send(world.helper, file))
    send(world.helper, url, {"for_member": world.head.pk, "text": "袋子不是他家的"})
    assert Objection.objects.get().how == "helper"


def test_a_household_that_does_not_take_part_has_no_lines_and_no_look(world, month, send):
    body = text(send(world.clerk, reverse("desk_file", args=[world.village.code, world.chen_home.key])))
    assert "现在没有可以提的" in body
    assert Reading.objects.count() == 0


@pytest.mark.parametrize("who", ["li", "lin", "elsewhere_clerk", "wang", "officer"])
def test_the_desk_is_for_clerk_and_helper(world, desk, send, who):
    assert send(getattr(world, who), desk).status_code == 403


def test_another_villages_household_is_not_found_at_this_desk(world, send):
    page = reverse("desk_file", args=[world.village.code, world.elsewhere_home.key])
    assert send(world.clerk, page).status_code == 404
