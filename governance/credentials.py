"""A new account: its user name and password are checked here, whoever makes it and for whatever use."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from governance.identity import clean_phone
from governance.models import User
from governance.refusals import Invalid
from governance.saving import save

TAKEN = "这个登录名有人用了，请换一个，比如后面加上门牌号。"


def create_user(
    *, username: str, password: str, by: User | None, at: datetime, name: str = "", phone: str = ""
) -> User:
    """Make an account with a password of its own; `phone` starts as not verified.

    Raises Invalid naming every field that cannot be taken. A resident's `name` stays empty: see the roster.
    """
    user = User(username=username.strip(), name=name.strip(), phone=clean_phone(phone) or None)
    errors = _username_errors(user.username) | _password_errors(password, user)
    if user.phone and User.objects.filter(phone_index=user.phone).exists():
        errors["phone"] = "这个手机号已经登记在别的账号上，请核对，或者先不填。"
    if errors:
        raise Invalid(**errors)
    user.set_password(password)
    try:
        with transaction.atomic():
            save(user, action="account.created", by=by, at=at)
    except IntegrityError as error:  # somebody took the name a moment earlier
        raise Invalid(username=TAKEN) from error
    return user


def _username_errors(username: str) -> dict[str, str]:
    try:
        User.username_validator(username)
    except ValidationError:
        return {"username": "登录名只用字母、数字和 @ . + - _，中间不要空格。"}
    taken = User.objects.filter(username__iexact=username).exists()
    return {"username": TAKEN} if taken else {}


def _password_errors(password: str, user: User) -> dict[str, str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {"password": "".join(error.messages)}
    return {}
