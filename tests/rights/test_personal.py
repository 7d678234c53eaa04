"""Every encrypted column of the project is on the list of what erasure blanks, or the list says why not."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from governance.erasing import personal_fields, tables_of
from rights import personal
from tests.reading import LAYERS, ROOT

LISTED = {**personal.PERSONAL, **personal.ELSEWHERE}


def label(model) -> str:
    return f"{model._meta.app_label}.{model.__name__}"


def ours():
    return [model for model in apps.get_models() if model.__module__.partition(".")[0] in LAYERS]


def test_no_model_with_personal_words_is_forgotten_by_erasure():
    """A model that fails here needs its line in rights/personal.py: to whose household do its rows lead?"""
    histories = {table for model in ours() for table in tables_of(model)[1:]}
    holding = {label(model) for model in ours() if personal_fields(model) and model not in histories}
    assert holding - set(LISTED) == set()
    assert set(LISTED) - holding == set()


def test_no_model_is_both_listed_and_left_out():
    assert set(personal.PERSONAL) & set(personal.ELSEWHERE) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", personal.PERSONAL)
def test_each_way_leads_to_a_household(name, world):
    assert personal.rows_of(name, world.wang_home).count() >= 0


@pytest.mark.parametrize("name", personal.PERSONAL)
def test_no_column_that_an_event_vouches_for_is_blanked(name):
    model, belongs = personal.model_of(name), personal.PERSONAL[name]
    blanked = {field.name for field in personal_fields(model)} | set(belongs.plain)
    assert blanked & set(getattr(model, "DIGEST", (0, ()))[1]) == set()


def test_history_changes_in_one_place_only():
    """Raw UPDATE of tables is written where words are forgotten or sealed anew, and nowhere else."""
    raw = re.compile(r'"UPDATE |\bf"UPDATE ')
    found = {
        str(path.relative_to(ROOT))
        for layer in LAYERS
        for path in Path(ROOT / layer).rglob("*.py")
        if raw.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"governance/erasing.py", "governance/rotation.py"}
