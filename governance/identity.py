"""What identifies a person on paper: name, ID number, phone. Pure checks, no database and no clock.

An ID number has 18 characters (GB 11643-1999): six of place, eight of birth, three of order, a check digit.
"""

import re
from dataclasses import dataclass
from datetime import date

from governance.crypto import normalise
from governance.refusals import Invalid

STORED_FROM = 14  # PIPL 31: younger children are never stored
CONSENT_FROM = 18  # Civil Code 17: younger people give no consent of their own
NAME_LENGTH = 40
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_NOT_IN_NAMES = re.compile(r"[0-9()（）、，,;；/|=+@\n\t]")


@dataclass(frozen=True)
class Person:
    """A person as written on a form or in a table; empty where nothing was given."""

    name: str
    phone: str = ""
    id_number: str = ""


def clean(person: Person, on: date) -> Person:
    """The person in the form that is stored. Raises Invalid naming every field that cannot be taken."""
    errors, cleaned = {}, {}
    for field, check in (("name", clean_name), ("phone", clean_phone), ("id_number", clean_id)):
        try:
            cleaned[field] = check(getattr(person, field))
        except Invalid as invalid:
            errors |= invalid.errors
    if not errors and is_child(cleaned["id_number"], on):
        errors["id_number"] = "看号码还不满14岁。孩子的名字和号码都不存，请把这一位去掉。"
    if errors:
        raise Invalid(**errors)
    return Person(**cleaned)


def clean_name(text: str) -> str:
    """A name without outer spaces. Raises Invalid when empty, too long, or holding digits or brackets."""
    name = text.strip()
    if not name:
        raise Invalid(name="要写姓名。")
    if len(name) > NAME_LENGTH or _NOT_IN_NAMES.search(name):
        raise Invalid(name=f"姓名里不要写数字、括号和顿号，最多{NAME_LENGTH}个字。")
    return name


def clean_phone(text: str) -> str:
    """The eleven digits of a mobile number, or empty. Raises Invalid for anything else."""
    phone = normalise(text)
    if phone and not _PHONE.fullmatch(phone):
        raise Invalid(
            phone=f"手机号是11位数字，这里是{len(phone)}位，请核对。" if len(phone) != 11 else _ODD_PHONE
        )
    return phone


_ODD_PHONE = "手机号是1开头的11位数字，请核对。"


def clean_id(text: str) -> str:
    """The eighteen characters of an ID number, or empty. Raises Invalid when it cannot be one."""
    number = normalise(text)
    if not number:
        return ""
    if len(number) != 18:
        raise Invalid(id_number=f"身份证号要18位，这里是{len(number)}位，请核对。")
    if not _ID.fullmatch(number) or born(number) is None or _check_digit(number) != number[17]:
        raise Invalid(id_number="身份证号对不上，可能写错了一位。表格里请把这一格设成“文本”再写。")
    return number


def born(id_number: str) -> date | None:
    """The day of birth in an ID number; None when it holds no such day."""
    try:
        return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return None


def age(birth: date, on: date) -> int:
    """Full years on a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def is_child(id_number: str, on: date) -> bool:
    """Does a valid ID number belong to somebody who must not be stored; False without a number."""
    return bool(id_number) and age(born(id_number), on) < STORED_FROM


def is_minor(id_number: str | None, on: date) -> bool:
    """Does a valid ID number belong to somebody too young to consent; False without a number."""
    return bool(id_number) and age(born(id_number), on) < CONSENT_FROM


def _check_digit(number: str) -> str:
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True)) % 11]
