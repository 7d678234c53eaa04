"""Every event is either told to somebody or left unsaid for a reason; what is told says no more than it may."""

import re

import pytest

from governance.event_names import NAMES
from notifications import kinds
from notifications.kinds.silent import SILENT

LONGEST = {"month": "2026年12月", "quarter": "2026年第四季度", "number": "YY-2026-0001", "day": "12月31日"}
ONE_SMS = 70


def test_every_name_is_told_or_left_unsaid_with_a_reason():
    """A new name needs a kind in notifications/kinds, or a place in silent.SILENT under its reason."""
    silent = [name for names in SILENT.values() for name in names]
    assert sorted([*silent, *kinds.BY_EVENT]) == sorted(NAMES)


def test_no_two_kinds_have_one_name():
    assert len(kinds.BY_NAME) == len(kinds.ALL)


@pytest.mark.parametrize("kind", kinds.ALL, ids=lambda kind: kind.name)
class TestOneKind:
    def test_its_short_words_fit_one_sms(self, kind):
        assert len(kind.short.format(**LONGEST)) <= ONE_SMS

    def test_title_and_text_fit_their_columns(self, kind):
        assert len(kind.title.format(**LONGEST)) <= 40
        assert len(kind.text.format(**LONGEST)) <= 200

    def test_it_holds_no_score_no_colour_and_no_foreign_word(self, kind):
        said = kind.title + kind.text + kind.short
        assert not re.search(r"示范户|达标户|待提升户|红|蓝|绿|\d+分", said)
        assert not re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", said))

    def test_it_asks_for_nothing_else_than_month_quarter_number_and_day(self, kind):
        said = kind.title + kind.text + kind.short
        assert set(re.findall(r"\{(\w+)\}", said)) <= LONGEST.keys()

    def test_a_household_hears_at_once(self, kind):
        assert kind.is_urgent or kind.topic != "home"
