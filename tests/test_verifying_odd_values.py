"""One value that is not even of its kind: the table is named, the row where it can be, and the rest is verified."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

from governance import epochs
from governance.models import Entry, Event, EventBody
from governance.verifying import found as finding
from governance.verifying import leaves, verify_all
from tests.people import NOON
from tests.transparency.logs import signed
from tests.vouched import broken, edit, found, told
from transparency import signing
from transparency.checkpoints import TreeHead
from transparency.models import Checkpoint, Cosignature, Epoch, Leaf, Log, Tile
from transparency.notes import Signer, sign_note
from workflows.models import Observation

pytestmark = pytest.mark.django_db
sqlite_only = pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="PostgreSQL takes no such value"
)


@pytest.fixture
def case(world, settings, tmp_path):
    settings.MEDIA_ROOT, settings.LOG_SIGNED_DIR = tmp_path, tmp_path / "signed"
    row = told(world)
    remember(world, signed(world.village.code, NOON).note)
    assert found(world).breaks == []
    return row


def remember(world, note: str) -> None:
    """The signer keeps a note."""
    memory = signing.remembered()
    with memory.locked(world.village.code):
        memory.keep(world.village.code, note)


@pytest.mark.parametrize("value", ["[]", "null", "1", '"x"', '{"a": 5}', '[["a"]]'])
def test_digests_that_are_no_table(world, case, value):
    event = Event.objects.order_by("seq").last()
    edit(event, "digests", value)
    assert ("governance_event", str(event.pk)) in named(world)


def test_a_frontier_cut_short(world, case):
    edit(Log.objects.get(), "frontier", b"\x01")
    assert "transparency_log" in broken(world)


def test_a_line_of_the_ledger_in_a_table_nobody_foresaw_does_not_end_the_verification(
    world, case, monkeypatch
):
    def fall(*_):
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(leaves, "_check_epochs", fall)
    line = Entry.objects.last()
    edit(line, "raw_tenths", 999)
    assert {"transparency_log", "governance_entry"} <= broken(world)
    assert world.elsewhere.code in {each.village.code for each in verify_all()}


@pytest.mark.parametrize(
    ("column", "value"), [("salt", b"x"), ("body", '{"a": 1.5, "detail": {"ended": 1}}'), ("ended", "x")]
)
def test_an_epoch_that_does_not_open(world, case, column, value):
    code = world.village.code
    lost = TreeHead(f"lianping.example/{code}", 999, b"\1" * 32)
    remember(world, str(sign_note(lost.text, Signer(lost.origin, b"1" * 32))))
    with transaction.atomic():
        epoch = epochs.begin(village=world.village, why="硬盘坏了", at=NOON)
    remember(world, signed(code, NOON).note)
    assert found(world).breaks == []
    edit(epoch, column, value)
    assert broken(world) == {Epoch._meta.db_table}


@pytest.mark.parametrize("column", ["role", "at"])
def test_the_event_of_a_new_epoch_is_verified_like_any_other(world, case, column):
    code = world.village.code
    lost = TreeHead(f"lianping.example/{code}", 999, b"\1" * 32)
    remember(world, str(sign_note(lost.text, Signer(lost.origin, b"1" * 32))))
    with transaction.atomic():
        epochs.begin(village=world.village, why="硬盘坏了", at=NOON)
    remember(world, signed(code, NOON).note)
    event = Event.objects.get(name="log.epoch")
    edit(event, column, "clerk" if column == "role" else NOON - timedelta(days=30))
    assert ("governance_event", str(event.pk)) in named(world)


@pytest.mark.parametrize("text", [b"garbage", b"lianping.example/99", b"\xff\xfe\xd8"])
def test_what_the_signer_kept_and_nobody_can_read(world, case, text, settings):
    (settings.LOG_SIGNED_DIR / f"{world.village.code}.checkpoint").write_bytes(text)
    assert broken(world) == {"LOG_SIGNED_DIR"}


def test_the_name_of_the_log_is_that_of_its_newest_epoch(world, case):
    edit(Log.objects.get(), "epoch", 2)
    assert "transparency_log" in broken(world)


def test_a_checkpoint_put_into_another_epoch(world, case):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE transparency_checkpoint SET epoch = 7")
    assert broken(world) == {"transparency_checkpoint"}


def test_a_witness_s_line_that_is_none(world, case):
    junk = Cosignature.objects.create(
        checkpoint=Checkpoint.objects.get(),
        witness="xian.example/a",
        line="— xian.example/a AAAAAAAA\n",
        signed_at=NOON,
    )
    assert named(world) == {("transparency_cosignature", str(junk.pk))}


def test_a_wrong_tile_is_named_and_not_the_log(world, case):
    tile = Tile.objects.create(village=world.village.code, number=0, root=b"\7" * 32)
    assert named(world) == {("transparency_tile", str(tile.pk))}


@sqlite_only
@pytest.mark.parametrize(
    ("model", "column", "value"),
    [
        (Event, "at", "2026-13-45 00:00:00"), (Event, "subject_key", "zz"), (Event, "by_id", 999999),
        (Entry, "occurred_on", "2026-13-45"), (Entry, "key", "zz"), (Observation, "entry_id", "zz"),
        (EventBody, "salt", "abc"), (Leaf, "commit", "abc"), (Leaf, "seq", "x"),
    ],
)  # fmt: skip
def test_a_value_only_sqlite_lets_in(world, case, model, column, value):
    row = model._base_manager.order_by("pk").last()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        edit(row, column, value)
        seen = named(world)
        transaction.set_rollback(True)
    table = Log if model is Leaf else model
    assert (table._meta.db_table, world.village.code if model is Leaf else str(row.pk)) in seen


@sqlite_only
def test_only_the_rows_that_cannot_be_read_are_left_out(world, case, monkeypatch):
    monkeypatch.setattr(finding, "_CHUNK", 2)
    second, *_, last = Entry.objects.order_by("pk")[1:]
    with transaction.atomic():
        edit(second, "occurred_on", "2026-13-45")
        edit(last, "raw_tenths", 999)
        seen = named(world)
        transaction.set_rollback(True)
    assert {row for table, row in seen if table == "governance_entry"} == {
        str(second.pk), str(second.key), str(last.key),
    }  # fmt: skip


def named(world) -> set[tuple[str, str]]:
    """Tables and rows in which a verification finds something."""
    return {(each.table, each.row) for each in found(world).breaks}
