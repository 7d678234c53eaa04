"""What docs/operations holds is what the code asks for."""

import re

from config import env
from governance import guards
from tests.reading import ROOT

FOLDER = ROOT / "docs" / "operations"
HANDBOOK = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def revoked(rights: str) -> set[str]:
    """The tables of a REVOKE in the grants script."""
    script = (FOLDER / "grants.sql").read_text(encoding="utf-8")
    tables = re.search(rf"REVOKE {rights} ON\s+(.*?)\s+FROM", script, re.S)[1]
    return {name.strip() for name in tables.split(",")}


def test_the_application_may_not_change_what_is_append_only():
    assert revoked("UPDATE, DELETE, TRUNCATE") == set(guards.APPEND_ONLY)
    assert revoked("UPDATE, TRUNCATE") == set(guards.NO_UPDATE)


def test_the_sample_environment_names_settings_that_are_there_and_every_secret():
    lines = (FOLDER / "lianping.env").read_text(encoding="utf-8").splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    declared = {setting.name for setting in env.DECLARED}
    assert named - declared == {"DJANGO_SETTINGS_MODULE"}
    assert {"SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "LOG_SIGNING_KEY"} <= named


def test_every_file_beside_the_handbook_is_explained_in_it():
    assert [path.name for path in FOLDER.iterdir() if path.name not in HANDBOOK] == []
