"""A paper code binds one account to one member, once."""

from datetime import timedelta

import pytest

from governance import members, slips, subjects
from governance.models import Event, Slip, User
from governance.refusals import Conflict, Invalid, Refused
from tests import people
from tests.people import NOON


@pytest.fixture
def liu(world):
    """刘大婶, who has no account yet."""
    return world.liu_home.members.get()


@pytest.fixture
def code(world, liu):
    return slips.make(member=liu, by=world.clerk, at=NOON)


def bind(code, **changes):
    fields = {"ip": "192.0.2.1", "at": NOON, "username": "liu2hao", "password": "chun-feng-8811", **changes}
    return slips.bind(code=code, **fields)


def test_a_code_is_shown_in_two_groups_and_never_stored(code):
    assert len(code) == 9
    assert code[4] == " "
    assert set(code) <= {" ", *slips.ALPHABET}
    assert code.replace(" ", "").encode() not in bytes(Slip.objects.get().code_hash)


def test_a_resident_types_the_code_in_any_way_and_gets_an_account(code, liu):
    user = bind(code.lower().replace(" ", ""))
    liu.refresh_from_db()
    assert liu.user == user
    assert user.check_password("chun-feng-8811")
    assert user.name == ""
    assert Event.objects.get(name="member.bound").subject_key == liu.subject.key


def test_a_code_works_once(code, world):
    bind(code)
    with pytest.raises(Invalid, match="用过"):
        bind(code, username="other")
    assert not User.objects.filter(username="other").exists()


def test_a_code_expires_after_fourteen_days(code):
    with pytest.raises(Invalid, match="过期"):
        bind(code, at=NOON + timedelta(days=14))


def test_only_the_newest_slip_works(world, liu, code):
    newer = slips.make(member=liu, by=world.clerk, at=NOON + timedelta(minutes=1))
    with pytest.raises(Invalid):
        bind(code, at=NOON + timedelta(minutes=2))
    assert bind(newer, at=NOON + timedelta(minutes=2))


def test_after_five_wrong_codes_in_an_hour_even_the_right_one_waits(code):
    for _ in range(slips.TRIES):
        with pytest.raises(Invalid, match="不对"):
            bind("AAAA AAAA")
    with pytest.raises(Refused, match="一小时"):
        bind(code)
    assert bind(code, ip="192.0.2.2")


def test_wrong_codes_are_counted_by_account_too(world, code):
    for n in range(slips.TRIES):
        with pytest.raises(Invalid):
            bind("AAAA AAAA", user=world.stranger, ip=f"192.0.2.{n}")
    with pytest.raises(Refused, match="一小时"):
        bind(code, user=world.stranger, ip="192.0.2.9")


def test_a_password_that_is_too_simple_does_not_use_up_the_code(code):
    with pytest.raises(Invalid) as refusal:
        bind(code, password="12345678", username="两 个")
    assert set(refusal.value.errors) == {"password", "username"}
    assert bind(code)


def test_a_user_name_is_taken_once_whatever_its_case(code):
    people.account("", username="Liu2Hao")
    with pytest.raises(Invalid, match="有人用了"):
        bind(code)


def test_an_existing_account_can_be_bound(code, liu, world):
    assert bind(code, user=world.stranger) == world.stranger
    liu.refresh_from_db()
    assert liu.user == world.stranger


def test_one_account_stands_for_one_person(code, world):
    with pytest.raises(Conflict, match="一个账号只管一位"):
        bind(code, user=world.wang)


def test_a_member_with_an_account_gets_no_slip_until_it_is_unbound(world):
    with pytest.raises(Conflict, match="解绑"):
        slips.make(member=world.head, by=world.clerk, at=NOON)
    members.unbind(member=world.head, why="手机丢了", by=world.clerk, at=NOON)
    assert slips.make(member=world.head, by=world.clerk, at=NOON)


def test_a_slip_of_a_closed_file_binds_nobody(world, liu, code):
    subjects.close(subject=world.liu_home, on=NOON.date(), why="搬走了", by=world.clerk, at=NOON)
    with pytest.raises(Conflict):
        bind(code)


def test_only_the_clerk_makes_slips(world, liu):
    for other in (world.li, world.elsewhere_clerk, world.wang):
        with pytest.raises(Refused):
            slips.make(member=liu, by=other, at=NOON)


def test_a_verified_phone_binds_the_one_member_who_has_it(world, liu):
    liu.phone = "13800001234"
    liu.save()
    user = people.account("", phone="13800001234")
    with pytest.raises(Refused, match="验证码"):
        slips.bind_by_phone(user=user, at=NOON)
    user.phone_verified = True
    user.save()
    assert slips.bind_by_phone(user=user, at=NOON) == liu


def test_a_phone_that_two_share_binds_nobody(world, liu):
    user = people.account("", phone="13800001234", phone_verified=True)
    with pytest.raises(Refused, match="对不上"):
        slips.bind_by_phone(user=user, at=NOON)
    for member in (liu, world.chen_home.members.get()):
        member.phone = "13800001234"
        member.save()
    with pytest.raises(Refused, match="对不上"):
        slips.bind_by_phone(user=user, at=NOON)
