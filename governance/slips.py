"""Binding an account to a member: by a paper code handed over in person, or by a phone verified by SMS.

Each adult has an account of their own. The code is shown once; only its keyed hash is kept.
Source: design 2-domain.md, Consent and personal data.
"""

import secrets
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction

from governance import members
from governance.access import check_role
from governance.credentials import create_user
from governance.crypto import keyring
from governance.events import record
from governance.models import Member, Slip, User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save

ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"  # nothing that looks like something else on paper
LENGTH, GROUP = 8, 4
VALID = timedelta(days=14)
TRIES, PER_SECONDS = 5, 3600
WRONG = "这个码不对，或者已经用过、过期了。请再看看纸条；还不行，请文书重开一张。"


def drawn(length: int) -> str:
    """Letters and digits by chance, none of which is mistaken for another on paper."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def grouped(code: str, between: str = " ") -> str:
    """A code as it is printed, in groups that are easily copied."""
    return between.join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


@transaction.atomic
def make(*, member: Member, by: User, at: datetime) -> str:
    """A new code for a member, "ACDE 3467", for the paper only; earlier unused ones stop working.

    Raises Refused (not the clerk) or Conflict (left, or an account is bound already).
    """
    role = check_role(by, Role.CLERK, village=member.village, at=at)
    members.locked(member.subject)
    member = Member.objects.select_related("village", "subject").get(pk=member.pk)
    _check_free(member)
    member.slips.filter(used_at__isnull=True, expires_at__gt=at).update(expires_at=at)
    code = drawn(LENGTH)
    Slip.objects.create(
        village=member.village,
        member=member,
        code_hash=_hash(code),
        made_by=by,
        made_at=at,
        expires_at=at + VALID,
    )
    _record("slip.made", member, by=by, at=at, role=role)
    return grouped(code)


def bind(
    *, code: str, at: datetime, ip: str, user: User | None = None, username: str = "", password: str = ""
) -> User:
    """Use up a code: its member gets the account of `user`, or a new one of that user name and password.

    Raises Refused (too many wrong codes this hour), Conflict (member or account bound already) or Invalid
    (code, user name or password). Only wrong codes are counted, by address and by account.
    """
    counters = [f"slip-wrong:{who}" for who in (ip, user and f"user-{user.pk}") if who]
    if any(cache.get(counter, 0) >= TRIES for counter in counters):
        raise Refused(f"这一小时里输错了{TRIES}次，请过一小时再试，或者找文书当面办。")
    with transaction.atomic():
        slip = _slip(code, at)
        if slip:
            return _use(slip, user, username, password, at)
    for counter in counters:
        cache.add(counter, 0, PER_SECONDS)
        cache.incr(counter)
    raise Invalid(code=WRONG)


@transaction.atomic
def bind_by_phone(*, user: User, at: datetime) -> Member:
    """Bind an account to the one member whose phone is the account's verified one.

    Raises Refused when no member or several have this number: who shares a phone needs a slip or a helper.
    """
    if not (user.phone and user.phone_verified):
        raise Refused("请先用短信验证码确认这个手机号。")
    found = Member.objects.filter(
        phone_index=user.phone, left_on__isnull=True, subject__closed_on__isnull=True
    )
    if len(found) != 1:
        raise Refused("凭这个号码对不上是哪一位。请到村部找文书，领一张绑定手机的纸条。")
    return _bind(found[0], user, at)


def _slip(code: str, at: datetime) -> Slip | None:
    return (
        Slip.objects.select_for_update(no_key=True)
        .filter(code_hash=_hash(code), used_at__isnull=True, expires_at__gt=at)
        .first()
    )


def _use(slip: Slip, user: User | None, username: str, password: str, at: datetime) -> User:
    user = user or create_user(username=username, password=password, by=None, at=at)
    _bind(slip.member, user, at)
    slip.used_at = at
    slip.save(update_fields=["used_at"])
    return user


def _bind(member: Member, user: User, at: datetime) -> Member:
    members.locked(member.subject)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    member = Member.objects.select_related("village", "subject").get(pk=member.pk)
    _check_free(member)
    if user.memberships.filter(left_on__isnull=True).exists():
        raise Conflict("这个账号已经绑了一位，一个账号只管一位。家里别的人请用自己的账号。")
    member.user = user
    save(member, action="member.bound", by=user, at=at)
    _record("member.bound", member, by=user, at=at, role="resident")
    return member


def _check_free(member: Member) -> None:
    if member.left_on:
        raise Conflict("这一位已经离开这一户了，请按现在的户册来办。")
    if member.user_id:
        raise Conflict("这一位已经绑了账号。手机丢了或绑错了，请先解绑，再开一张纸条。")


def _hash(code: str) -> bytes:
    return keyring().blind_index(code, "slip.code")


def _record(name: str, member: Member, *, by: User, at: datetime, role: str) -> None:
    record(
        name, village=member.village, about=member, by=by, at=at, role=role, subject_key=member.subject.key
    )
