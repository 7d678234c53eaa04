"""同意与退出 by HTTP: informed, separate by purpose, nothing chosen beforehand, out in one tap."""

import pytest
from django.urls import reverse

from governance import consents
from governance.models import Consent
from tests import people
from tests.people import NOON
from tests.published import clock

PAGE = reverse("my_consent")
OUT = reverse("my_withdraw")


@pytest.fixture
def chen(world):
    """陈师傅, whose household has never agreed, with an account now."""
    user = people.account("陈师傅")
    world.chen_home.members.update(user=user)
    return user


@pytest.fixture
def ask(client):
    def send(user, url=PAGE, data=None):
        client.force_login(user)
        with clock():
            return client.get(url) if data is None else client.post(url, data)

    return send


def text(response) -> str:
    return response.content.decode()


def standing(user) -> set[str]:
    rows = Consent.objects.filter(member__user=user, withdrawn_on__isnull=True)
    return set(rows.values_list("purpose", flat=True))


def test_a_household_that_never_agreed_reads_the_notice_and_is_asked(world, chen, ask):
    body = text(ask(chen))
    assert "告知书，第1版" in body
    assert world.notice.text in body
    assert "信访、投诉、举报，打12345" in body
    assert 'name="scoring"' in body
    assert 'name="honour"' in body
    assert "checked" not in body
    assert 'name="helper" value="yes"' in body  # offered, not asked


def test_a_yes_enrols_from_next_month(world, chen, ask):
    assert ask(chen, data={"scoring": "yes"}).url == PAGE
    world.chen_home.refresh_from_db()
    assert (world.chen_home.enrolled_from.month, world.chen_home.enrolled_from.day) == (12, 1)
    assert standing(chen) == {"scoring"}


def test_purposes_are_answered_one_by_one(chen, ask):
    ask(chen, data={"scoring": "no", "honour": "yes"})
    assert standing(chen) == {"honour"}
    body = text(ask(chen))
    assert "轮到您" not in body
    assert "没有同意" in body


def test_an_empty_answer_is_asked_again_and_changes_nothing(chen, ask):
    response = ask(chen, data={})
    assert response.status_code == 422
    assert "还没有选" in text(response)
    assert standing(chen) == set()


def test_a_tampered_answer_is_refused_beside_its_question(chen, ask):
    response = ask(chen, data={"scoring": "maybe"})
    assert response.status_code == 422
    assert "请从列出来的里面选" in text(response)


def test_a_second_tap_changes_nothing_more(chen, ask):
    ask(chen, data={"scoring": "yes"})
    assert ask(chen, data={"scoring": "yes"}).status_code == 422
    assert Consent.objects.filter(member__user=chen).count() == 1


def test_a_new_notice_asks_again_and_the_old_yes_stands_until_then(world, ask):
    people.notice(version=2, in_force_from=NOON.date())
    body = text(ask(world.wang))
    assert "告知书改成第2版了" in body
    assert consents.is_agreed(world.wang_home)
    ask(world.wang, data={"scoring": "yes"})
    assert "轮到您" in text(ask(world.wang))  # the other purpose was never answered
    assert Consent.objects.filter(member__user=world.wang, notice__version=2).count() == 1


def test_a_no_to_a_new_notice_takes_the_old_yes_back(world, ask):
    people.notice(version=2, in_force_from=NOON.date())
    ask(world.wang, data={"scoring": "no"})
    world.wang_home.refresh_from_db()
    assert world.wang_home.enrolled_to == NOON.date()


def test_withdrawal_says_what_follows_and_then_ends_everything(world, ask):
    people.consent(world.head, Consent.Purpose.HONOUR)
    body = text(ask(world.wang, OUT))
    assert "从现在起不再评您家" in body
    assert ask(world.wang, OUT, {}).url == PAGE
    world.wang_home.refresh_from_db()
    assert world.wang_home.enrolled_to == NOON.date()
    assert standing(world.wang) == set()


def test_a_second_withdrawal_reads_that_it_is_done(world, ask):
    ask(world.wang, OUT, {})
    response = ask(world.wang, OUT, {})
    assert response.status_code == 409
    assert "已经退出了" in text(response)


def test_one_purpose_is_taken_back_alone(world, ask):
    people.consent(world.head, Consent.Purpose.HONOUR)
    ask(world.wang, f"{OUT}?purpose=honour", {})
    assert standing(world.wang) == {"scoring"}


def test_a_purpose_that_does_not_exist_is_refused(world, ask):
    assert ask(world.wang, f"{OUT}?purpose=loans", {}).status_code == 403
    assert standing(world.wang) == {"scoring"}


def test_a_helper_is_asked_for_in_one_tap(world, ask):
    ask(world.wang, data={"helper": "yes"})
    assert "helper" in standing(world.wang)


def test_adults_of_the_household_are_listed_with_how_they_agreed(world, ask):
    people.adult(world.wang_home, "王小弟")
    body = text(ask(world.wang))
    assert "王大爷，户主，您" in body
    assert "见证人见证的邻居" in body
    assert "王小弟" in body
    assert "成年人2位" in body


def test_the_paper_form_has_every_purpose_with_nothing_ticked(world, ask):
    body = text(ask(world.wang, reverse("my_consent_sign")))
    assert body.count("□") == 6
    assert "见证人" in body


def test_an_account_bound_to_nobody_is_led_to_binding(world, ask):
    assert ask(world.clerk).url == reverse("bind")
    assert ask(world.clerk, data={"scoring": "yes"}).url == reverse("bind")
