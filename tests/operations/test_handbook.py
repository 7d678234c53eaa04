"""What docs/operations holds is what the code asks for."""

import re
from fnmatch import fnmatch

from django.urls import reverse

from appeals import exhibits
from config import env
from governance import guards, uploads
from tests.reading import ROOT
from workflows import evidence

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


def test_every_backup_the_handbook_has_made_is_deleted_in_time():
    unit = (FOLDER / "lianping-backup.service").read_text(encoding="utf-8")
    [mask] = re.findall(r"-name '(\S+)' -mtime \+35", unit)
    made = re.findall(r"/var/backups/lianping/(\S+\.backup)", HANDBOOK)
    assert made
    assert [name for name in made if not fnmatch(name, mask)] == []
    assert "-name '.lianping-*.part' -mtime +1" in unit


def nginx() -> str:
    return (FOLDER / "nginx.conf").read_text(encoding="utf-8")


def test_nginx_keeps_its_cache_where_debian_has_a_folder_for_it():
    assert re.search(r"proxy_cache_path /var/lib/nginx/\w+ ", nginx())


def test_nginx_takes_as_much_as_the_program_and_says_so_in_chinese_when_it_is_more():
    [most] = re.findall(r"client_max_body_size (\d+)m;", nginx())
    assert int(most) * 1024**2 > max(evidence.MOST_FILES, exhibits.MOST_FILES) * uploads.MAX_BYTES
    [page] = re.findall(r"error_page 413 /(\S+);", nginx())
    assert "太大" in (ROOT / "static" / page).read_text(encoding="utf-8")


def test_nginx_writes_down_no_query():
    """In each server: no access line with a query, and no error line that quotes the request."""
    for server in nginx().split("\nserver {")[1:]:
        assert re.search(r"\n    access_log (off|\S+ lianping);", server)
        assert re.search(r"\n    error_log \S+ crit;", server)


def test_the_secret_address_of_a_calendar_stands_in_no_log_of_nginx():
    [secret] = re.findall(r"location \^~ (/calendar/) \{([^}]*)\}", nginx())
    assert reverse("notify_calendar_feed", args=["t"]).startswith(secret[0])
    assert {"access_log off;", "error_log /dev/null crit;"} <= set(re.findall(r"\w+_log [^;]+;", secret[1]))
