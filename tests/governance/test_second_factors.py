"""The secret of a second factor lies nowhere in clear, still makes codes, and goes along when keys change."""

import json
from base64 import b64encode
from io import StringIO

import pytest
import time_machine
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.management import call_command

from governance import second_factors
from governance.crypto import keyring
from operations import keys
from tests.people import NOON

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def new_key(settings):
    settings.FIELD_KEYS = settings.FIELD_KEYS | {"t2": b64encode(b"2" * 32).decode()}
    settings.FIELD_KEY_PRIMARY = "t2"
    keyring.cache_clear()
    yield
    keyring.cache_clear()


def stored(of="totp") -> dict:
    return Authenticator.objects.get(type=of).data


def in_the_clear(user) -> TOTP:
    return TOTP(Authenticator.objects.create(user=user, type="totp", data={"secret": SECRET}))


def accepted(factor: TOTP) -> bool:
    """A code of this moment."""
    with time_machine.travel(NOON, tick=False):
        now = next(iter(yield_hotp_counters_from_time()))
        return factor.validate_code(format_hotp_value(hotp_value(SECRET, now)))


def rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def key_ids() -> set[str]:
    """As a backup reads the table."""
    row = Authenticator.objects.values_list(
        *[field.attname for field in Authenticator._meta.local_concrete_fields]
    )
    places = [field.name for field in Authenticator._meta.local_concrete_fields]
    found = keys.finder(Authenticator)
    return {
        key
        for each in row
        for key in found(
            [json.dumps(value) if places[n] == "data" else value for n, value in enumerate(each)]
        )
    }


def test_a_secret_is_stored_sealed_and_makes_codes(world):
    factor = TOTP.activate(world.clerk, SECRET)
    assert SECRET not in json.dumps(stored())
    assert accepted(factor)


def test_recovery_codes_are_stored_sealed_and_the_same_again(world):
    codes = RecoveryCodes.activate(world.clerk).generate_codes()
    seed = stored("recovery_codes")["seed"]
    assert seed.startswith(second_factors.PREFIX)
    assert RecoveryCodes.activate(world.clerk).generate_codes() == codes


def test_a_secret_from_before_opens_and_is_sealed_by_the_next_rotation(world):
    factor = in_the_clear(world.clerk)
    assert accepted(factor)
    assert key_ids() == set()
    assert "mfa_authenticator：换了1行" in rotate()
    assert SECRET not in json.dumps(stored())
    assert get_adapter().decrypt(stored()["secret"]) == SECRET


def test_a_new_key_takes_over_and_a_second_run_has_nothing_to_do(world, request):
    TOTP.activate(world.clerk, SECRET)
    assert key_ids() == {"t1"}
    request.getfixturevalue("new_key")
    assert "mfa_authenticator：换了1行" in rotate()
    assert key_ids() == {"t2"}
    assert "mfa_authenticator：换了0行" in rotate()
    assert get_adapter().decrypt(stored()["secret"]) == SECRET
