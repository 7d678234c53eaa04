"""What was backed up comes back: row for row, byte for byte, on an empty database only, all or nothing."""

import filecmp
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import zipfile

import pytest
from django.conf import settings

from governance.crypto import parse_key
from tests.operations.conftest import VILLAGES
from tests.operations.spoiling import manifest
from tests.operations.villages import FIRST
from tests.reading import ROOT
from transparency.checkpoints import head_of

pytestmark = pytest.mark.django_db  # so that there is a database of the tests to copy
ONE_MORE = """
from django.db import transaction
from django.utils import timezone
from governance.events import record
from governance.models import Division
from transparency import signing
where, at = Division.objects.get(code="{code}"), timezone.now()
with transaction.atomic():
    record("round.opened", village=where, about=where, by=None, at=at, role="system")
signing.sign_village(where.code, at)
"""
ROWS = """
from operations.restoring import target
target.check_empty()
print("empty")
"""


DROPPED = """
from django.db import connection
from operations.restoring import target
target.check_empty()
target._drop()
print(connection.introspection.table_names())
"""


def is_empty(site) -> bool:
    return site.manage("shell", "--no-imports", "-c", ROWS).stdout.strip().endswith("empty")


@pytest.fixture(scope="module")
def restored(sites, lived, backup):
    """The backup on a database without a table, with the signer's memory that was kept."""
    site = sites.new()
    shutil.copytree(lived.signed, site.signed)
    ran = site.manage("restore", backup)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return site, ran.stdout


def test_every_row_comes_back_as_it_was(restored, backup):
    site, _ = restored
    again, first = manifest(site.backup("again.backup")), manifest(backup)
    assert again["tables"] == first["tables"]
    assert again["logs"] == first["logs"]
    assert sum(table["rows"] for table in first["tables"]) > 500


def test_every_upload_comes_back_byte_for_byte(restored, lived):
    site, _ = restored
    found = [path.relative_to(lived.uploads) for path in lived.uploads.rglob("*") if path.is_file()]
    assert found
    assert filecmp.cmpfiles(lived.uploads, site.uploads, found, shallow=False)[1:] == ([], [])
    assert not (site.uploads / ".restoring").exists()


def test_nothing_was_lost_so_no_epoch_begins(restored):
    site, said = restored

    assert said.splitlines()[-1] == f"恢复好了。日志接得上的{2 * VILLAGES}个村，开新纪元的0个村。"
    verified = site.manage("verify_log").stdout.splitlines()
    assert len(verified) == 1
    assert verified[0].endswith("broken 0")


def test_append_only_tables_refuse_again(restored):
    site, _ = restored
    ran = site.manage(
        "shell", "--no-imports", "-c", "from governance.models import Event; Event.objects.update(role='x')"
    )
    assert "append-only" in ran.stderr


def test_a_second_restore_into_it_is_refused_and_changes_nothing(restored, backup):
    site, _ = restored
    ran = site.manage("restore", backup)
    assert ran.returncode == 1
    assert "不是空的" in ran.stderr
    assert manifest(site.backup("after.backup"))["tables"] == manifest(backup)["tables"]


def test_a_restore_of_older_data_says_openly_what_was_lost(sites, lived, backup):
    later, site = sites.new(), sites.new()
    shutil.copytree(lived.signed, later.signed)
    assert later.manage("restore", backup).returncode == 0
    ran = later.manage("shell", "--no-imports", "-c", ONE_MORE.format(code=FIRST))
    assert ran.returncode == 0, ran.stderr
    shutil.copytree(later.signed, site.signed)
    last = head_of((site.signed / f"{FIRST}.checkpoint").read_text())

    said = site.manage("restore", backup).stdout.splitlines()

    assert said[-2].startswith(
        f"丢了记录，已经公开说明。柳溪村1（{FIRST}）：签到过{last.size}条，恢复回来{last.size - 1}条"
    )
    assert said[-1].endswith("开新纪元的1个村。")
    now = head_of((site.signed / f"{FIRST}.checkpoint").read_text())
    assert (now.origin, now.size) == (f"{last.origin}/2", last.size)
    assert site.manage("verify_log").stdout.endswith("broken 0\n")


def test_without_the_signers_memory_it_is_said_that_nobody_can_tell(sites, backup):
    site = sites.new()
    said = site.manage("restore", backup).stdout.splitlines()
    assert said[-2].startswith(f"{VILLAGES}个村的日志，LOG_SIGNED_DIR里没有上次签到哪里")


def test_a_restore_killed_halfway_leaves_an_empty_database_and_can_be_done_again(sites, lived, backup):
    site = sites.new()
    shutil.copytree(lived.signed, site.signed)
    with subprocess.Popen(
        [sys.executable, "manage.py", "restore", str(backup)],
        cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, text=True,
    ) as restoring:  # fmt: skip
        for line in restoring.stdout:
            if line.startswith("django_content_type"):
                restoring.send_signal(signal.SIGKILL)
                break
    assert restoring.returncode == -signal.SIGKILL
    assert is_empty(site)
    assert site.manage("restore", backup).returncode == 0
    assert manifest(site.backup("again.backup"))["uploads"] == manifest(backup)["uploads"]


def test_photos_may_be_copied_by_other_means(sites, lived):
    file = lived.folder / "rows.backup"
    assert lived.manage("backup", "--without-uploads", file).returncode == 0
    assert not [name for name in zipfile.ZipFile(file).namelist() if name.startswith("uploads/")]
    site = sites.new()
    shutil.copytree(lived.signed, site.signed)
    shutil.copytree(lived.uploads, site.uploads)
    count = len(manifest(file)["uploads"])
    assert f"记了{count}个，{site.uploads}里对得上的{count}个" in site.manage("restore", file).stdout
    [lost, *_] = [path for path in site.uploads.rglob("*") if path.is_file()]
    lost.unlink()
    ran = site.manage("restore_check", file)
    assert ran.returncode == 1
    assert ran.stdout.count("文件不在") == 1


def test_a_backup_that_lacks_a_photo_does_not_count(lived, tmp_path):
    file, stamp = tmp_path / "lacking.backup", lived.folder / "last_backup.json"
    stamp.write_text("{}")
    photo = next(path for path in lived.uploads.rglob("*") if path.is_file())
    kept = photo.rename(tmp_path / photo.name)
    ran = lived.manage("backup", file)
    kept.rename(photo)
    assert ran.returncode == 1
    assert "不算数：有1个上传的文件" in ran.stderr
    assert file.exists()
    assert stamp.read_text() == "{}"
    assert lived.manage("backup", tmp_path / "whole.backup").returncode == 0


def test_a_backup_told_to_stop_leaves_nothing(sites):
    """It waits at a pipe among the photos into which nobody writes."""
    site = sites.new()
    site.uploads.mkdir()
    os.mkfifo(site.uploads / "pipe")
    with subprocess.Popen(
        [sys.executable, "manage.py", "backup", str(site.folder / "lianping-x.backup")],
        cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, text=True,
    ) as making:  # fmt: skip
        making.stdout.readline()
        making.send_signal(signal.SIGTERM)
    assert making.returncode == 1
    assert not list(site.folder.glob("*lianping-x*"))


def test_empty_tables_of_a_later_version_make_room_for_those_of_the_file(sites):
    ran = sites.new().manage("shell", "--no-imports", "-c", DROPPED)
    assert ran.stdout.strip() == "[]", ran.stderr


def test_the_file_is_for_its_owner_and_is_never_written_over(lived, backup):
    assert stat.S_IMODE(os.stat(backup).st_mode) == 0o600
    before = backup.read_bytes()
    ran = lived.manage("backup", backup)
    assert ran.returncode == 1
    assert "已经有" in ran.stderr
    assert backup.read_bytes() == before
    assert not list(backup.parent.glob(".*.part"))


def test_the_operators_page_can_tell_when_it_was_made(lived):
    file = lived.backup("newest.backup")
    assert json.loads((lived.folder / "last_backup.json").read_text())["at"] == manifest(file)["made_at"]


def test_keys_and_sessions_are_not_in_it(backup):
    with zipfile.ZipFile(backup) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        names = archive.namelist()
    for name, text in {
        **settings.FIELD_KEYS,
        "index": settings.BLIND_INDEX_KEY,
        "log": settings.LOG_SIGNING_KEY,
    }.items():
        assert text.encode() not in content, name
        assert parse_key(name, text) not in content, name
    assert settings.SECRET_KEY.encode() not in content
    assert not [name for name in names if "session" in name]
    assert set(manifest(backup)["keys"]["fields"]) == {"t1"}


def test_what_is_written_meanwhile_is_not_in_it_and_nobody_waits(sites, lived, backup):
    site = sites.new()
    shutil.copytree(lived.signed, site.signed)
    site.manage("restore", backup)
    ran = site.run("-m", "tests.operations.meanwhile")
    assert ran.stdout.split() == ["same", "later"], ran.stderr
