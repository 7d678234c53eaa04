"""A backup that cannot be restored here is refused before the first write, with a sentence that says what to do."""

import pytest
from django.conf import settings

from governance.models import Division
from operations import keys, kinds, tables
from operations.archive import Reader
from operations.errors import OperationError
from operations.restoring import checks, target, uploads
from tests.operations import spoiling

pytestmark = pytest.mark.django_db


def refused(file, match):
    """Why this file is refused when it is looked at."""
    with pytest.raises(OperationError, match=match):
        checks.check(Reader(file), lambda line: None)


def test_a_whole_file_passes(backup):
    checks.check(Reader(backup), lambda line: None)


@pytest.mark.parametrize(
    "name", ["tables/governance_entry.jsonl", "tables/governance_event.jsonl", "manifest.json"]
)
def test_one_bit_changed_in_what_it_holds_is_found(copied, name):
    spoiling.flip(copied, name)
    refused(copied, "坏了")


@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.99])
def test_a_file_cut_short_is_found(copied, part):
    spoiling.cut(copied, int(copied.stat().st_size * part))
    refused(copied, "不是完整的备份")


def test_any_other_file_is_no_backup(tmp_path):
    (tmp_path / "roster.xlsx").write_bytes(b"not a backup")
    refused(tmp_path / "roster.xlsx", "roster.xlsx不是完整的备份")


def test_a_table_that_somebody_changed_is_named(copied):
    said = Reader(copied).manifest
    spoiling.rewrite(
        copied,
        table="governance_division",
        rows=lambda rows: rows[:-1],
        manifest=lambda new: new.update(said),
    )
    refused(copied, "tables/governance_division.jsonl和清单里的校验值不一样")


def test_a_table_that_was_left_out_is_missed(copied):
    spoiling.rewrite(copied, without=["tables/governance_entry.jsonl"])
    refused(copied, "和清单对不上")


def test_a_file_of_a_newer_format_asks_for_a_newer_program(copied):
    spoiling.rewrite(copied, manifest=lambda said: said.update(format=2))
    refused(copied, "先升级程序")


def test_a_file_of_a_newer_version_names_what_is_missing_here(copied):
    spoiling.rewrite(copied, manifest=lambda said: said["migrations"]["governance"].append("0099_later"))
    refused(copied, r"这里没有governance\.0099_later")


def test_a_key_that_is_not_here_is_named(backup, monkeypatch):
    monkeypatch.setattr(settings, "FIELD_KEYS", {"other": settings.FIELD_KEYS["t1"]})
    refused(backup, "FIELD_KEYS里没有它")


def test_another_key_under_the_same_name_is_found(backup, monkeypatch):
    monkeypatch.setattr(settings, "FIELD_KEYS", {"t1": "00" * 32})
    refused(backup, "不是同一把")


def test_another_index_key_is_found(backup, monkeypatch):
    monkeypatch.setattr(settings, "BLIND_INDEX_KEY", "00" * 32)
    refused(backup, "BLIND_INDEX_KEY和备份时用的不是同一把")


def test_another_signing_key_is_allowed_and_said(backup, monkeypatch):
    monkeypatch.setattr(settings, "LOG_SIGNING_KEY", "A" * 43 + "=")
    said = []
    checks.check(Reader(backup), said.append)
    assert "LOG_SIGNING_KEY" in said[0]


def test_a_fingerprint_does_not_tell_the_key(backup):
    said = keys.describe({"t1"})
    assert len(said["fields"]["t1"]) == 16
    assert said["fields"]["t1"] not in settings.FIELD_KEYS["t1"]


def test_a_database_with_one_village_is_not_empty(db):
    target.check_empty()
    Division.objects.create(code="990101000000", name="南浦县", level=Division.Level.COUNTY)
    with pytest.raises(OperationError, match="governance_division里有内容"):
        target.check_empty()


def test_uploads_of_somebody_else_are_not_mixed_in(backup, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "photo.jpg").write_bytes(b"another village's")
    with pytest.raises(OperationError, match=r"已经有别的文件（photo\.jpg）"):
        uploads.Folder().check(Reader(backup))


@pytest.mark.parametrize("path", ["../outside.jpg", "/etc/outside", "a/../../b"])
def test_no_file_is_written_outside_the_folder(copied, settings, tmp_path, path):
    settings.MEDIA_ROOT = tmp_path
    spoiling.rewrite(copied, manifest=lambda said: said["uploads"][0].update(path=path))
    with pytest.raises(OperationError, match="写到文件夹外面去"):
        uploads.Folder().check(Reader(copied))


@pytest.mark.usefixtures("needs_migrations")
def test_every_column_of_every_table_has_a_kind():
    """A new kind of field fails here, not in the night of the first restore."""
    for model in tables.kept():
        assert all(kind for _, kind in tables.columns(model)), model
        assert [kinds.expression(field) for field in tables.fields(model)]
