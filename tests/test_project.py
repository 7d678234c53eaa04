"""The project as a whole: what its documents and its architecture promise is read off the code."""

import os
import re
import subprocess
import sys
from base64 import b64encode

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.template import engines

from tests.reading import ROOT, bulk_writes, is_tracked, modules
from tools import generated_docs

PAGES = sorted(path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*.html"))
DOCUMENTS = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md"))
# What a strict CSP would stop: style attributes and elements, event attributes, scripts without a file.
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)(?![^>]*application/json)|javascript:", re.I
)
# The helpers themselves: one refuses tracked models, the other writes their histories.
WRITERS = {"governance/saving.py", "governance/vouching.py"}
SECRETS = {
    "SECRET_KEY": "a-key-of-the-test-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "FIELD_KEYS": f'{{"k1": "{b64encode(b"1" * 32).decode()}"}}',
    "BLIND_INDEX_KEY": b64encode(b"2" * 32).decode(),
    "LOG_SIGNING_KEY": b64encode(b"3" * 32).decode(),
}


def manage(*arguments, **environment):
    """Run manage.py as an operator does, with this environment and no test settings."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-W", "error", "manage.py", *arguments],
        cwd=ROOT, env=inherited | environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_generated_pages_of_docs_are_up_to_date():
    assert generated_docs.stale() == [], "run `make docs`"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *DOCUMENTS], ids=str)
def test_a_document_links_only_to_what_is_there(page):
    links = re.findall(r"(?<!!)\[[^\]]+\]\((?!https?:|#)([^)#]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.django_db
def test_migrations_say_what_the_models_say():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_imports_go_down_only():
    script = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_production_settings_pass_the_deployment_checks(tmp_path):
    ran = manage(
        "check", "--deploy", "--fail-level", "WARNING",
        ALLOWED_HOSTS="village.example", DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3", **SECRETS,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("served", ["benchmarks.floor", "benchmarks.settings"])
def test_the_benchmarks_servers_come_up(served):
    ran = manage("shell", "--verbosity=0", "-c", "import config.wsgi", f"--settings={served}", DEBUG="1")
    assert ran.returncode == 0, ran.stderr


def test_production_without_secrets_stops_with_a_sentence():
    ran = manage("check")
    assert ran.returncode != 0
    assert ran.stderr.strip().splitlines()[-1].endswith("正式环境必须设置，见 docs/settings.md。")


def test_no_bulk_write_passes_history_by():
    """Writes to a tracked model belong into governance.saving; where no model can be read off, name it."""
    others = [path for path in modules() if str(path.relative_to(ROOT)) not in WRITERS]
    writes = [(path, *write) for path in others for write in bulk_writes(path.read_text(encoding="utf-8"))]
    assert writes
    passing = [
        f"{path.relative_to(ROOT)}:{line}: {code}"
        for path, line, code, models in writes
        if not models or any(map(is_tracked, models))
    ]
    assert passing == []


def test_the_reader_of_bulk_writes_sees_whose_they_are():
    source = """
def _open():
    return Deadline.objects.filter(fired_at=None)

def act(round, seen):
    _open().filter(kind="sheet").update(cancelled_at=None)
    Sheet.objects.filter(round=round).update(state="filed")
    round.sheets.all().update(state="filed")
    mine = round.sheets.filter(rater=1)
    mine.update(state="filed")
    Leaf.objects.bulk_create([])
    something.update(a=1)
    seen.update({1: 2})
    field.widget.attrs.update(max=3)
"""
    found = {line: {model.__name__ for model in models} for line, _, models in bulk_writes(source)}
    assert found == {6: {"Deadline"}, 7: {"Sheet"}, 8: {"Sheet"}, 10: {"Sheet"}, 11: {"Leaf"}, 12: set()}
    assert is_tracked(apps.get_model("workflows", "Sheet"))
    assert not is_tracked(apps.get_model("governance", "Deadline"))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_compiles_and_carries_nothing_inline(page):
    engines["django"].get_template(str(page))
    found = INLINE.search((settings.BASE_DIR / "templates" / page).read_text(encoding="utf-8"))
    assert found is None, f"{page}: {found[0]}"
