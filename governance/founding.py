"""How an installation begins: its places, and an account with an office for whoever goes on from there.

Places have no other door: they are entered from a table at the console, all or nothing, as often as places are added.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from governance import appointments, slips
from governance.access import today
from governance.credentials import create_user
from governance.events import record
from governance.founding_file import ABOVE, COLUMNS, Row, findings
from governance.models import Division, Notice, User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused

# Who acts at the console: an account with which nobody can sign in.
CONSOLE, CONSOLE_NAME = "anzhuang", "安装程序"
_FIELDS = {
    "name": "person",
    "password": "username",
}  # fields of an account that have another name in the table


@transaction.atomic
def found(rows: list[Row], *, at: datetime) -> dict[str, str]:
    """Enter places and fill their first offices; what is there already stays. Returns new passwords by user name.

    Raises Invalid with a sentence for every cell that cannot be taken; nothing is entered then.
    """
    known = {place.code: place for place in Division.objects.all()}
    wrong = list(findings(rows, known))
    if wrong:
        raise Invalid("\n".join(wrong))
    by, passwords = _console(), {}
    for row in sorted(rows, key=lambda row: list(ABOVE).index(row.level_value)):
        wrong += _enter(row, known, passwords, by, at)
    if wrong:
        raise Invalid("\n".join(wrong))
    return passwords


@transaction.atomic
def announce(text: str, *, at: datetime) -> Notice:
    """The text that households consent to, in force from today; the next version when it is another than the last.

    Raises Invalid when it is empty.
    """
    if not (text := text.strip()):
        raise Invalid(text="告知书是空的，请写好再来。")
    last = Notice.objects.first()
    if last and last.text == text:
        return last
    return Notice.objects.create(version=last.version + 1 if last else 1, text=text, in_force_from=today(at))


def _console() -> User:
    known = User.objects.filter(username=CONSOLE).first()
    if known is None:
        return User.objects.create_user(CONSOLE, name=CONSOLE_NAME, is_superuser=True)
    if not known.is_superuser or known.has_usable_password():
        raise Conflict(f"登录名{CONSOLE}已经有人用了。它是留给安装程序的，请先给那个人换一个。")
    return known


def _enter(row: Row, known: dict[str, Division], passwords: dict, by: User, at: datetime) -> Iterator[str]:
    """One line; yields why it cannot be taken."""
    try:
        place = _place(row, known)
        if row.role:
            _appoint(row, place, _account(row, place, passwords, by, at), by, at)
    except Invalid as invalid:
        for name, sentence in invalid.errors.items():
            column = _FIELDS.get(name, name)
            yield row.says(column if column in COLUMNS else "role", sentence)
    except Refused as refused:
        yield row.says("role", str(refused))


def _place(row: Row, known: dict[str, Division]) -> Division:
    place = known.get(row.code)
    if place is None:
        place = known[row.code] = Division.objects.create(
            code=row.code, name=row.name, level=row.level_value, parent=known.get(row.parent)
        )
    elif (place.get_level_display(), place.name) != (row.level, row.name):
        raise Invalid(code=f"系统里这个代码是{place.get_level_display()}“{place.name}”，请核对。")
    return place


def _account(row: Row, place: Division, passwords: dict, by: User, at: datetime) -> User:
    user = User.objects.filter(username__iexact=row.username).first()
    if user and user.name == row.person:
        return user
    if user:
        raise Invalid(username="这个登录名已经是别人的了，请换一个。")
    password = slips.grouped(slips.drawn(16), "-")  # read from paper, too
    user = create_user(
        username=row.username, name=row.person, phone=row.phone, password=password, by=by, at=at
    )
    record("account.created", village=place, about=user, by=by, at=at, role=Role.OPERATOR)
    passwords[user.username] = password
    return user


def _appoint(row: Row, place: Division, user: User, by: User, at: datetime) -> None:
    role = Role.values[Role.labels.index(row.role)]
    if not user.appointments.filter(role=role, division=place, ends=None).exists():
        appointments.appoint(user=user, role=role, division=place, by=by, at=at)
