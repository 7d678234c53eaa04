"""The township's pages of a correction: list, dry run, signature, and the file to take along."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals import corrections
from appeals.correction_preview import preview
from appeals.models import Correction
from governance.models import Reading
from tests import people
from tests.months import Month
from tests.people import NOON
from tests.published import posted
from tests.workflows.pages import at_noon, browser, text

LATER = NOON.replace(hour=13)


@pytest.fixture
def listed(world):
    """The littering rule listed by the officer after October."""
    posted(world)
    return corrections.propose(
        village=world.village, rule=world.rules["litter"], ground="没有上级文件。", source="第3号文件",
        by=world.officer, at=LATER,
    )  # fmt: skip


def url(row, name="correction"):
    return reverse(name, args=[row.key])


def test_the_dry_run_says_what_each_score_would_be_and_is_what_it_becomes(listed, world):
    [row] = preview(listed, at=LATER).rows
    assert (row.subject, row.count, row.after[0] - row.before[0]) == (world.wang_home, 1, 20)
    signed = corrections.sign(correction=listed, by=world.panel[0], at=LATER)
    assert preview(signed, at=LATER).rows == [row]


def test_the_officer_lists_by_the_form_and_is_told_what_is_missing(world):
    posted(world)
    new = reverse("correction_new", args=[world.village.code])
    with at_noon(LATER):
        client = browser(world.officer)
        wrong = client.post(new, {"ground": "没有文件。", "source": "第3号"})
        done = client.post(
            new, {"ground": "没有文件。", "source": "第3号", "rule": world.rules["litter"].pk}, follow=True
        )
    assert (wrong.status_code, "只选一样" in text(wrong)) == (422, True)
    assert "GZ-2026-0001" in text(done)
    assert Correction.objects.get().proposed_by == world.officer


def test_somebody_else_signs_on_the_page_and_the_lister_cannot(listed, world):
    with at_noon(LATER):
        assert "清单是您列的" in text(browser(world.officer).get(url(listed)))
        page = browser(world.panel[0]).get(url(listed))
        assert "签字更正" in text(page)
        done = browser(world.panel[0]).post(url(listed, "correction_sign"), follow=True)
        again = browser(world.panel[1]).post(url(listed, "correction_sign"))
    assert "清单上的都撤了" in text(done)
    assert again.status_code == 409


def test_every_household_shown_learns_of_the_look_once(listed, world):
    with at_noon(LATER):
        for _ in range(2):
            browser(world.panel[0]).get(url(listed))
    assert Reading.objects.get().subject_key == world.wang_home.key


def test_the_file_runs_no_formula_and_holds_every_row(listed, world):
    world.wang_home.name = "=王"
    world.wang_home.save()
    with at_noon(LATER):
        answer = browser(world.panel[0]).post(url(listed, "correction_export"), {"as": "csv"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'=王" in lines[1]


def test_the_page_asks_as_much_for_thirty_households_as_for_one(listed, world):
    def queries():
        with at_noon(LATER), CaptureQueriesContext(connection) as asked:
            client.get(url(Correction.objects.latest("pk")))
        return len(asked)

    with at_noon(LATER):
        client = browser(world.panel[0])
    queries()
    few = queries()
    month = Month(world, NOON, month=NOON.date().replace(day=1))
    homes = [people.household(f"{n}号", world.east, f"张{n}", rater=world.zhou) for n in range(30, 60)]
    month.open()
    for home in homes:
        month.observe(home.door, home, "litter", occurred_on=NOON.date().replace(day=9))
    month.to_publication()
    corrections.propose(
        village=world.village, rule=world.rules["litter"], ground="没有文件。", source="第3号", by=world.officer,
        at=LATER,
    )  # fmt: skip
    queries()
    assert queries() == few
