"""A new key: every word is sealed anew, says what it said, and the log still verifies."""

import json
from base64 import b64encode
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction

from governance import erasing, rotation
from governance.crypto import keyring
from governance.events import record
from governance.fields import EncryptedTextField
from governance.models import EventBody
from tests import people
from tests.people import NOON
from tests.real_transactions import overlapping
from tests.vouched import broken, told
from workflows.models import Observation

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_key(settings):
    """A second key becomes the primary one."""
    settings.FIELD_KEYS = settings.FIELD_KEYS | {"t2": b64encode(b"2" * 32).decode()}
    settings.FIELD_KEY_PRIMARY = "t2"
    yield
    keyring.cache_clear()


def test_nothing_is_left_under_the_old_key_and_nothing_is_broken(world, request, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    told(world)
    facts = list(Observation.objects.order_by("pk").values_list("pk", flat=True))
    said = [Observation.objects.get(pk=pk).fact for pk in facts]
    bodies = [json.loads(body.content) for body in EventBody.objects.order_by("pk")]
    request.getfixturevalue("new_key")
    keyring.cache_clear()
    call_command("rotate_keys", stdout=StringIO())
    assert _under_the_old_key() == []
    assert [Observation.objects.get(pk=pk).fact for pk in facts] == said
    assert [json.loads(body.content) for body in EventBody.objects.order_by("pk")] == bodies
    assert broken(world) == set()


def test_a_second_run_has_nothing_to_do(world, new_key):
    keyring.cache_clear()
    call_command("rotate_keys", stdout=StringIO())
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert all(line.endswith("换了0行") for line in out.getvalue().splitlines())


@pytest.mark.postgres
@pytest.mark.parametrize("first", ["rotate", "erase"])
def test_what_is_erased_while_keys_are_rotated_stays_erased(transactional_db, request, first):
    world = people.build()
    with transaction.atomic():
        event = record("test.told", village=world.village, about=world.village, by=None, at=NOON, why="机密")

    def erase():
        with transaction.atomic():
            erasing.erase(
                [event],
                by=None,
                at=NOON,
                role="system",
                why="撤回",
                village=world.village,
                about=world.village,
            )

    acts = [lambda: list(rotation.rotate()), erase]
    request.getfixturevalue("new_key")
    keyring.cache_clear()
    _, last = overlapping(*(acts if first == "rotate" else acts[::-1]))
    assert not isinstance(last, Exception)
    assert not EventBody.objects.filter(event=event).exists()


def _under_the_old_key() -> list[str]:
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                sealed = model._base_manager.exclude(**{f"{field.attname}__isnull": True}).values_list(
                    field.attname, flat=True
                )
                found += [
                    f"{model.__name__}.{field.name}" for one in sealed if not keyring().is_current(bytes(one))
                ]
    return found
