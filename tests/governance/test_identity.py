"""What a name, a phone and an ID number may look like."""

from datetime import date

import pytest

from governance.identity import Person, age, clean, clean_id, clean_name, clean_phone, is_child, is_minor
from governance.refusals import Invalid
from tests.people import id_number

DAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    "written", ["13800001234", "138 0000 1234", "+86 138-0000-1234", "１３８００００１２３４"]
)
def test_a_phone_is_kept_as_eleven_digits_however_it_is_written(written):
    assert clean_phone(written) == "13800001234"


@pytest.mark.parametrize("written", ["1380000123", "138000012345", "05751234567", "手机丢了", "10000000000"])
def test_what_is_no_mobile_number_is_sent_back(written):
    with pytest.raises(Invalid, match="11位"):
        clean_phone(written)


def test_an_id_number_must_pass_its_check_digit():
    number = id_number(date(1960, 5, 4))
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert clean_id(f" {number.lower()} ") == number
    with pytest.raises(Invalid, match="对不上"):
        clean_id(wrong)


@pytest.mark.parametrize("written", ["1234", "99010119601301001X", "abcdefghijklmnopqr"])
def test_what_is_no_id_number_is_sent_back(written):
    with pytest.raises(Invalid):
        clean_id(written)


def test_empty_phone_and_id_are_fine_but_a_name_is_needed():
    assert clean(Person(" 王芳 "), DAY) == Person("王芳")
    with pytest.raises(Invalid, match="要写姓名"):
        clean(Person(" "), DAY)


@pytest.mark.parametrize("name", ["王芳(妻)", "王芳、王明", "王芳2", "=王芳", "王" * 41])
def test_a_name_holds_nothing_but_a_name(name):
    with pytest.raises(Invalid):
        clean_name(name)


def test_all_that_is_wrong_with_a_person_is_said_at_once():
    with pytest.raises(Invalid) as refusal:
        clean(Person("", "1", "2"), DAY)
    assert set(refusal.value.errors) == {"name", "phone", "id_number"}


def test_a_child_under_fourteen_is_never_taken():
    assert clean(Person("王小明", id_number=id_number(date(2012, 11, 16))), DAY).name == "王小明"
    with pytest.raises(Invalid, match="不满14岁"):
        clean(Person("王小明", id_number=id_number(date(2012, 11, 17))), DAY)


def test_age_counts_full_years():
    assert age(date(2012, 11, 17), DAY) == 13
    assert is_child(id_number(date(2012, 11, 17)), DAY)
    assert is_minor(id_number(date(2008, 11, 17)), DAY)
    assert not is_minor(id_number(date(2008, 11, 16)), DAY)
    assert not is_minor(None, DAY)
