"""Every tracked field and every thing that is recorded about has a plain name."""

import re

import pytest
from django.apps import apps

from oversight.changes import diffs, lines, things
from oversight.changes.field_words import FIELDS

CHINESE = re.compile(r"[\u4e00-\u9fff]")
TRACKED = [(thing.kind, field) for thing in things.tracked() for field in diffs.fields_of(thing.history)]


@pytest.mark.parametrize(("kind", "field"), TRACKED, ids=lambda one: getattr(one, "name", one))
def test_a_field_is_said_in_chinese(kind, field):
    """Give the field a Chinese verbose_name, or its line in oversight/changes/field_words.py."""
    assert CHINESE.search(diffs.name_of(field))
    assert diffs.name_of(field) != "别的一项"


def test_no_word_for_a_field_is_left_over():
    named = {field.name for _, field in TRACKED}
    assert sorted(set(FIELDS) - named) == []


@pytest.mark.parametrize("thing", things.tracked(), ids=lambda thing: thing.kind)
def test_a_tracked_thing_has_a_plain_name_and_paths_that_lead_somewhere(thing):
    assert CHINESE.search(thing.noun)
    assert thing.noun != "别的记录", f"enter {thing.label} in oversight/changes/things.py"
    for path in filter(lambda path: path and path != things.SELF, (thing.village, thing.subject, thing.rule)):
        str(thing.history.objects.filter(**{path: 1}).query)


def test_kinds_of_addresses_are_unique():
    own = {"governance", "workflows", "appeals", "rights", "oversight"}
    names = [
        model._meta.model_name for model in apps.get_models()
        if (model._meta.app_label in own or model._meta.label_lower in things.THINGS)
        and not model.__name__.startswith("Historical")
    ]  # fmt: skip
    assert len(names) == len(set(names))


# What acts are recorded about beyond the layers whose every table has a story.
ABOUT_ELSEWHERE = ["viewflow.task", "notifications.delivery"]


@pytest.mark.parametrize("label", [*ABOUT_ELSEWHERE, *things.THINGS])
def test_what_acts_are_about_has_a_story_and_a_name(label):
    thing = things.of(label)
    assert things.by_kind(thing.kind) == thing
    assert thing.noun != "别的记录", f"enter {label} in oversight/changes/things.py"


def test_what_has_no_story_gets_no_link():
    assert lines.story_url(things.of("sessions.session"), 1) == ""
