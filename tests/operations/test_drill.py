"""The drill restores beside the live database, recomputes everything there and names what differs."""

import os
import shutil
import time
from pathlib import Path

import pytest
from django.db import connection

from operations.drills.scratch import PREFIX
from tests.operations import spoiling
from tests.operations.conftest import VILLAGES
from tests.operations.villages import FIRST

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(sites):
    """A database for a drill: tables are there already, which saves the minute of making them."""
    return sites.new().url


def scratch_databases() -> list[str]:
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        return [name for (name,) in cursor.fetchall()]


def test_an_honest_backup_passes(lived, backup, empty):
    ran = lived.manage("restore_drill", backup, "--into", empty)
    *_, report, last = ran.stdout.splitlines()

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert last.startswith(f"drill ok: {2 * VILLAGES} villages, ")
    assert f"{VILLAGES}个外面留着的检查点，另有0个" in report


def test_whatever_differs_is_named(lived, copied, empty, tmp_path):
    """One who knows the format raised a score, took the photos out and made every hash fit; a checkpoint is not ours."""

    def raised(rows):
        return [row | {"total_tenths": row["total_tenths"] + (n == 0)} for n, row in enumerate(rows)]

    photos = [f"uploads/{one['path']}" for one in spoiling.manifest(copied)["uploads"]]
    spoiling.rewrite(
        copied,
        table="governance_scorecard",
        rows=raised,
        manifest=lambda said: said["uploads"].clear(),
        without=photos,
    )
    kept = Path(shutil.copytree(lived.signed, tmp_path / "kept"))
    path = kept / f"{FIRST}.checkpoint"
    origin, size, _, *rest = path.read_text().split("\n")
    path.write_text("\n".join([origin, size, "A" * 43 + "=", *rest]))

    ran = lived.manage("restore_drill", copied, "--into", empty, "--checkpoints", kept)

    assert ran.returncode == 1
    assert "total_tenths和它历史里最新的一版不一样" in ran.stdout
    assert "重算出来不一样" in ran.stdout
    assert ran.stdout.count("文件不在") == len(photos)
    assert f"{FIRST}.checkpoint：检查点的签名不对" in ran.stdout
    assert ran.stdout.splitlines()[-1] == f"drill failed: {3 + len(photos)}"


def test_a_log_that_ends_earlier_than_what_was_signed_before_the_backup_is_named(
    lived, backup, empty, tmp_path
):
    """Somebody took the newest leaves out of the file; the signer's folder knows better."""
    kept = tmp_path / "kept"
    shutil.copytree(lived.signed, kept)
    long_ago = time.time() - 10**6
    for path in kept.iterdir():
        os.utime(path, (long_ago, long_ago))
    shorter = shutil.copy(backup, tmp_path / "shorter.backup")
    spoiling.rewrite(shorter, table="transparency_log", rows=lambda rows: [row | {"size": 3} for row in rows])
    ran = lived.manage("restore_drill", shorter, "--into", empty, "--checkpoints", kept)
    assert ran.returncode == 1
    assert f"{FIRST}.checkpoint：lianping.example/{FIRST}在备份以前就签到了" in ran.stdout


def test_a_damaged_file_ends_the_drill_and_leaves_nothing(lived, copied):
    spoiling.cut(copied, 5000)
    ran = lived.manage("restore_drill", copied)
    assert ran.returncode == 1
    assert "不是完整的备份" in ran.stderr
    assert scratch_databases() == []
