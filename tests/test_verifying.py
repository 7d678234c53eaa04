"""Whoever edits a row behind the application, on either engine: the verification names its table and its number."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from governance import erasing, vouching
from governance import events as governance_events
from governance.crypto import keyring
from governance.events import columns_of, record
from governance.fields import BlindIndexField, EncryptedTextField, SortKeyField
from governance.models import Entry, Event, EventBody, Rule, RuleStep, Scorecard
from governance.verifying import Found, events, rows
from governance.verifying.found import Said
from governance.verifying.rows import digested
from tests.people import NOON
from tests.transparency.logs import at_the_database, rewrite, signed
from tests.vouched import begin, broken, delete, edit, found, told
from tests.workflows import settled
from transparency import signing
from transparency.models import Checkpoint, Leaf, Log
from workflows.models import Observation, Publication, Signature, Signed

pytestmark = pytest.mark.django_db
# Columns that no digest covers, each with what does.
NOT_DIGESTED = {
    ("Entry", "event_id"): "the event that names the line, see verifying.lines",
    ("Entry", "posted_at"): "is its event's moment, see verifying.lines",
    ("Publication", "log_size"): "compared with the tree",
    ("Publication", "log_root"): "compared with the tree",
}


@pytest.fixture
def case(world, settings, tmp_path):
    """Most tables have a row."""
    settings.MEDIA_ROOT = tmp_path
    return told(world)


def test_an_honest_village_has_nothing_broken(world, case):
    result = found(world)
    assert result.breaks == []
    assert result.leaves == Event.objects.filter(village=world.village).count()
    assert result.rows > 2 * result.leaves


def test_each_column_of_each_vouched_row_shows_when_it_is_edited(world, case):
    said, tried = events.check(Found(world.village)), 0
    for model in _vouched():
        row = _last(model, world)
        for column in columns_of(row)[1] if row else ():
            value = _other(row, column)
            if value is None:
                continue
            with transaction.atomic():
                if _takes(row, column, value):
                    after = Found(world.village)
                    rows.check_model(after, getattr(model, "instance_type", model), dict(said.rows))
                    seen = {each.table for each in after.breaks}
                    assert model._meta.db_table in seen, f"{model.__name__}.{column}"
                    tried += 1
                transaction.set_rollback(True)
    assert tried > 200


def test_each_vouched_row_shows_when_it_is_deleted(world, case):
    for model in [*_vouched(), Event, EventBody, Leaf]:
        row = _last(model, world)
        if row is None:
            continue
        with transaction.atomic():
            _let_go(row)
            delete(row)
            seen = broken(world)
            transaction.set_rollback(True)
        assert seen & {model._meta.db_table, Event._meta.db_table}, model.__name__


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "round.closed"), ("about_type", "governance.subject"), ("about_id", "1"), ("role", "clerk"),
        ("request_id", "x"), ("at", NOON - timedelta(days=3)), ("subject_key", "0" * 32), ("by_id", None),
        ("digests", "{}"),
    ],
)  # fmt: skip
def test_each_column_of_an_event_shows(world, case, column, value):
    event = Event.objects.filter(name="observation.confirmed").first() or Event.objects.order_by("seq").last()
    edit(event, column, value)
    assert Event._meta.db_table in broken(world)


def test_words_of_a_body_cannot_be_changed_even_with_the_key(world, case):
    body = EventBody.objects.exclude(event__name="test.began").first()
    words = json.loads(body.content) | {"why": "另一个理由"}
    edit(body, "content", keyring().encrypt(json.dumps(words), "eventbody.content", body.key))
    assert EventBody._meta.db_table in broken(world)


def test_a_body_and_its_leaf_changed_together_show_in_the_root(world, case):
    leaf = Leaf.objects.order_by("seq").first()
    edit(leaf, "commit", b"\x07" * 32)
    assert {Log._meta.db_table, EventBody._meta.db_table, Publication._meta.db_table} <= broken(world)


def test_words_of_a_row_show_when_an_older_version_is_put_in_their_place(world, case):
    item = Observation.history.filter(history_type="~").last()
    other = Observation.history.exclude(id=item.id).first()
    sealed = keyring().encrypt(other.fact, "observation.fact", item.key)
    edit(item, "fact", sealed)
    assert item._meta.db_table in broken(world)


def test_words_that_do_not_open_show(world, case):
    item = Observation.objects.last()
    edit(item, "fact", b"nothing")
    assert item._meta.db_table in broken(world)


def test_a_step_of_an_adopted_rule_shows(world):
    rule = world.rulebook.rules.first()
    step = RuleStep.objects.create(rule=rule, n=1, points_tenths=10)
    begin(world)
    assert broken(world) == set()
    edit(step, "points_tenths", 50)
    assert broken(world) == {"governance_rulestep"}


def test_a_row_slipped_in_shows(world, case):
    line = Entry.objects.last()
    line.pk, line.reverses, line.source = None, None, "observation:none"
    line.key = Entry._meta.get_field("key").get_default()
    line.save(force_insert=True)
    assert broken(world) == {"governance_entry"}


@pytest.mark.parametrize("column", ["posted_at", "event_id"])
def test_when_a_line_counts_and_who_decided_it_cannot_be_changed(world, case, column):
    line = Entry.objects.order_by("pk").last()
    other = Event.objects.filter(village=world.village).exclude(pk=line.event_id).first()
    edit(line, column, other.pk if column == "event_id" else NOON + timedelta(days=4000))
    assert [(each.table, each.row) for each in found(world).breaks] == [("governance_entry", str(line.key))]


def test_who_computed_a_card_of_a_set_cannot_be_changed(world, case):
    first = Scorecard.history.filter(history_type="+", version=1).first()
    edit(first, "history_user_id", world.wang.pk)
    assert [(each.table, each.row) for each in found(world).breaks] == [
        (first._meta.db_table, str(first.history_id))
    ]


def test_a_computed_card_nobody_signed_yet_is_named_when_all_its_rows_change_alike(world):
    begin(world)
    settled.october(world)
    settled.computed(world)
    assert found(world).breaks == []
    card = Scorecard.objects.first()
    [version] = card.history.all()
    for row in (card, version):
        edit(row, "total_tenths", 1111)
    assert [(each.table, each.row) for each in found(world).breaks] == [
        (version._meta.db_table, str(version.history_id))
    ]


@pytest.mark.parametrize("what", ["turn", "gone", "more"])
def test_what_a_signature_covers_cannot_be_changed(world, case, what):
    row = Signed.objects.first()
    if what == "turn":
        edit(row, "turn", row.turn + 1)
    elif what == "gone":
        delete(row)
    else:
        row.pk, row.signature = None, Signature.objects.exclude(pk=row.signature_id).first()
        row.save(force_insert=True)
    key = Signed.objects.get(pk=row.pk).signature.key if what != "gone" else row.signature.key
    assert [(each.table, each.row) for each in found(world).breaks] == [
        ("workflows_signed", f"signature={key}")
    ]


def test_words_that_an_erasure_left_behind_show(world, case):
    event = Event.objects.filter(name="observation.drafted").first()
    body = EventBody.objects.get(event=event)
    erasing.erase(
        [event], by=None, at=NOON, role="system", why="撤回", village=world.village, about=world.village
    )
    assert broken(world) == set()
    EventBody.objects.bulk_create([body])
    assert [(each.table, each.row) for each in found(world).breaks] == [
        ("governance_eventbody", str(body.pk))
    ]


def test_the_card_of_a_set_is_named(world, case):
    first = Scorecard.history.filter(history_type="+", version=1).first()
    edit(first, "total_tenths", 1234)
    assert [(each.table, each.row) for each in found(world).breaks] == [
        (first._meta.db_table, str(first.history_id))
    ]


def test_the_command_counts_names_and_says_no_by_its_exit(world, case):
    out = StringIO()
    call_command("verify_log", "--village", world.village.code, stdout=out)
    assert out.getvalue().splitlines()[-1].startswith("verified ")
    assert out.getvalue().splitlines()[-1].endswith(" broken 0")
    line = Entry.objects.last()
    edit(line, "raw_tenths", 999)
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_log", "--village", world.village.code, stdout=out)
    assert stopped.value.code == 1
    assert f"{world.village.code} governance_entry {line.key}：" in out.getvalue()
    assert out.getvalue().splitlines()[-1].endswith(" broken 1")


def test_a_checkpoint_whose_note_or_root_is_changed_shows(world, case, settings, tmp_path):
    settings.LOG_SIGNED_DIR = tmp_path / "signed"
    signed(world.village.code, NOON)
    assert broken(world) == set()
    row = Checkpoint.objects.get()
    for column, value in (("root", "0" * 64), ("note", row.note.replace("lianping", "elsewhere"))):
        with transaction.atomic():
            edit(row, column, value)
            assert row._meta.db_table in broken(world), column
            transaction.set_rollback(True)


def test_a_log_rewritten_with_its_head_does_not_fit_what_was_signed(world, case, settings, tmp_path):
    settings.LOG_SIGNED_DIR = tmp_path / "signed"
    memory = signing.remembered()
    with memory.locked(world.village.code):
        memory.keep(world.village.code, signed(world.village.code, NOON).note)
    at_the_database("DELETE FROM transparency_checkpoint")
    assert broken(world) == set()
    rewrite(Leaf.objects.count() - 1)
    assert Log._meta.db_table in broken(world)


def test_a_later_version_of_the_columns_reads_what_was_said_before(world, case, monkeypatch):
    version, columns = Rule.DIGEST
    monkeypatch.setattr(Rule, "DIGEST", (version + 1, tuple(c for c in columns if c != "position")))
    monkeypatch.setattr(Rule, "DIGESTS_BEFORE", {version: columns}, raising=False)
    assert broken(world) == set()


def test_a_later_column_for_words_changes_nothing_that_was_said(world, case, monkeypatch):
    encrypted = governance_events._encrypted
    for model in (Observation, Observation.history.model):
        monkeypatch.setattr(model, "later_words", None, raising=False)
    monkeypatch.setattr(
        governance_events, "_encrypted",
        lambda model: encrypted(model) + (("later_words",) if hasattr(model, "later_words") else ()),
    )  # fmt: skip
    assert broken(world) == set()
    monkeypatch.setattr(Observation.history.model, "later_words", "slipped in")
    assert Observation.history.model._meta.db_table in broken(world)


def test_words_said_before_receipts_proved_them_are_still_compared(world, case):
    row, salt = Observation.history.last(), b"7" * 32
    version, columns, _ = governance_events.digest(row, salt).split(":")
    words = governance_events.words_hash_before(governance_events.words_of(row), salt)
    said = Said(f"{version}:{columns}:{words}", 1, salt)
    assert rows._is_as_said(row, said)
    row.fact = "另一句话"
    assert not rows._is_as_said(row, said)


def test_columns_that_were_vouched_for_once_can_still_be_read():
    """A column that an event vouched for is never dropped or renamed, and a changed DIGEST gets a new number."""
    path = Path(__file__).parent / "digested_columns.json"
    once = json.loads(path.read_text(encoding="utf-8"))
    for model in [*digested(), Event]:
        version, columns = model.DIGEST
        known = {str(version): list(columns)} | {
            str(number): list(before) for number, before in getattr(model, "DIGESTS_BEFORE", {}).items()
        }
        assert known == once[model._meta.label], f"put the new number of {model._meta.label} into {path.name}"
        attributes = {field.attname for field in model._meta.concrete_fields}
        assert {column for each in known.values() for column in each} <= attributes, model._meta.label


def test_a_row_whose_savepoint_was_undone_is_not_vouched_for(world):
    begin(world)
    rule = world.rulebook.rules.first()
    with transaction.atomic():
        rule.text = "改了又收回"
        rule.save()
        transaction.set_rollback(True)
    record("test.after", village=world.village, about=world.village, by=None, at=NOON)
    assert broken(world) == set()


def test_a_row_whose_event_was_undone_waits_for_the_next(world):
    begin(world)
    rule = world.rulebook.rules.first()
    rule.save()
    with transaction.atomic():
        record("test.undone", village=world.village, about=world.village, by=None, at=NOON)
        transaction.set_rollback(True)
    record("test.after", village=world.village, about=world.village, by=None, at=NOON)
    assert broken(world) == set()
    assert vouching.take() == []


def test_a_digest_covers_every_column_but_personal_words():
    personal = (EncryptedTextField, BlindIndexField, SortKeyField)
    for model in [*digested(), Event]:
        columns = {
            field.attname
            for field in model._meta.concrete_fields
            if not isinstance(field, personal)
            and field.name != "id"
            and (model.__name__, field.attname) not in NOT_DIGESTED
        }
        assert columns == set(model.DIGEST[1]), model.__name__


def test_every_tracked_row_of_a_village_is_vouched_for_or_is_about_people():
    tracked = {
        model
        for model in apps.get_models()
        if hasattr(model, "history") and model._meta.app_label != "fieldapp"
    }
    about_people = {"User", "Subject", "Member", "Policy"}
    assert {model.__name__ for model in tracked - set(digested())} == about_people


def _vouched() -> list[type[models.Model]]:
    """Every table whose rows are compared one by one: live ones and their histories."""
    return [
        each
        for model in digested()
        for each in (model, *([model.history.model] if hasattr(model, "history") else []))
    ]


def _takes(row: models.Model, column: str, value: object) -> bool:
    """Does the table take the value; a constraint that refuses it is a guard of its own."""
    try:
        with transaction.atomic():
            edit(row, column, value)
    except IntegrityError:
        return False
    return True


def _last(model: type[models.Model], world) -> models.Model | None:
    """The newest row of the village."""
    if model in (EventBody, Leaf):
        return model.objects.order_by("pk").last()
    path = getattr(getattr(model, "instance_type", model), "VILLAGE", "village")
    return model._base_manager.filter(**{path: world.village}).order_by("pk").last()


def _other(row: models.Model, column: str) -> object:
    """Another value for a column that its table takes."""
    field = next(f for f in row._meta.concrete_fields if f.attname == column)
    value = getattr(row, column)
    if isinstance(field, models.ForeignKey):
        return None  # most point somewhere the database checks; their numbers are columns like any other
    if isinstance(field, models.UUIDField):
        return None
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.JSONField):
        return '{"other": 1}'
    if isinstance(field, models.IntegerField):
        return -value if column == "sign" else (value or 0) + 1
    if isinstance(field, models.DateTimeField):
        return (value or NOON) + timedelta(seconds=1)
    if isinstance(field, models.DateField):
        return (value or NOON.date()) + timedelta(days=1)
    return "~" if (value != "~" and field.max_length != 1) or value == "+" else "+"


def _let_go(row: models.Model) -> None:
    """What points at a row lets go of it, where the database insists."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
