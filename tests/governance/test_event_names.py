"""Every name an action records is said in plain Chinese: the code is read for names, so none is forgotten."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from governance import deadlines
from governance.event_names import NAMES, label

LAYERS = ("governance", "workflows", "appeals", "rights", "oversight", "transparency", "notifications")
NOT_READ = {"migrations", "demo", "templatetags"}
DOTTED = re.compile(r"(?!lianping\.)[a-z]+\.[a-z_]+")  # lianping.…: a logger
# Written like the name of an event, but a task, a module, a file, a kind of job, a key of the session, a deadline of its own.
OTHER_NAMES = {
    "appeals.facts", "authenticator.secret", "calendar.token", "changes.export", "email.code", "email.waiting",
    "governance.cache", "governance.guards", "governance.run_job", "governance.sweep_jobs", "import.expires", "inquiry.due",
    "notifications.relay", "notifications.remind", "notifications.send", "roster.take_in", "rulebook.csv",
    "rulebook.starts", "settlement.compute", "settlement.print", "slip.code", "witness.key", "workflows.tick",
}  # fmt: skip


def _files():
    for layer in LAYERS:
        for path in sorted(Path(settings.BASE_DIR, layer).rglob("*.py")):
            if not NOT_READ & set(path.parts):
                yield path


def _names_in(tree: ast.AST) -> set[str]:
    """Dotted words in the code that are neither docstrings nor the purpose of an encrypted field."""
    purposes = {
        id(keyword.value) for node in ast.walk(tree) if isinstance(node, ast.Call)
        for keyword in node.keywords if keyword.arg == "purpose"
    }  # fmt: skip
    return {
        node.value for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and id(node) not in purposes and DOTTED.fullmatch(node.value)
    }  # fmt: skip


def _not_said() -> dict[str, str]:
    labels = {model._meta.label_lower for model in apps.get_models()}
    known = set(NAMES) | OTHER_NAMES | set(deadlines.HANDLERS) | labels
    return {
        name: str(path.relative_to(settings.BASE_DIR))
        for path in _files()
        for name in _names_in(ast.parse(path.read_text())) - known
    }


def test_every_name_that_is_recorded_is_said_in_plain_words():
    """Add a line to governance/event_names.py for each name found here (or, if it is none, to OTHER_NAMES)."""
    assert _not_said() == {}


def test_a_name_that_is_missing_would_be_found():
    assert _names_in(ast.parse('record("barn.raised", purpose="barn.word")')) == {"barn.raised"}


@pytest.mark.parametrize("name", NAMES)
def test_a_label_is_short_and_chinese_and_names_no_colour(name):
    assert re.search(r"[\u4e00-\u9fff]", NAMES[name])
    assert len(NAMES[name]) <= 18
    assert not re.search(r"示范户|达标户|待提升户|红|蓝|绿", NAMES[name])


def test_a_name_without_words_is_still_shown_as_something():
    assert label("barn.raised") == "办了一件事"
