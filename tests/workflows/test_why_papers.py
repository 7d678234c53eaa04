"""After a quarter is posted a committee member prints every household's own page; kin are left out, each is told who printed."""

import shutil
import subprocess
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from governance import jobs, recusal
from governance.jobs import running
from governance.models import Job, Reading
from governance.refusals import Refused
from tests import people
from tests.people import NOON
from tests.published import posted
from tests.workflows.pages import browser
from workflows import publications, settlements, why_papers

JANUARY = NOON + timedelta(days=60)


@pytest.fixture(autouse=True)
def _now(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(JANUARY, tick=False):
        yield


@pytest.fixture
def quarter(world):
    """The fourth quarter, signed by two, posted."""
    posted(world)
    made = settlements.start(village=world.village, quarter="2026Q4", by=world.clerk, at=JANUARY)
    for signer in world.committee[:2]:
        for pk in settlements.left_to_view(made, by=signer, at=JANUARY):
            card = settlements.cards(made).get(pk=pk)
            settlements.view_card(settlement=made, card=card, by=signer, at=JANUARY)
        made = settlements.sign(settlement=made, word="", by=signer, at=JANUARY)
    publications.publish_settlement(settlement=made, by=world.clerk, at=JANUARY)
    made.refresh_from_db()
    return made


def printed(quarter, by) -> Job:
    job = why_papers.start(settlement=quarter, by=by, at=JANUARY)
    running.run(job.key, is_beating=False)
    job.refresh_from_db()
    return job


def pages(path) -> list[str]:
    """The text of each page of a PDF, as a reader gives it."""
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    return text.stdout.split("\f")[:-1]


def test_one_page_for_each_household_but_kin_and_each_is_told(quarter, world, tmp_path):
    signer = world.committee[0]
    people.kin(signer, world.liu_home)
    job = printed(quarter, signer)
    mine, left = why_papers.subjects(quarter, by=signer, at=JANUARY)
    assert (job.state, left) == ("done", 1)
    assert job.says.startswith(f"{len(mine)}户，一户一份。有1户您要回避")
    assert {subject.key for subject in mine} == set(
        Reading.objects.filter(by=signer, why=why_papers.WHY).values_list("subject_key", flat=True)
    )
    assert world.liu_home not in mine
    path = tmp_path / job.stored_as
    assert path.read_bytes().startswith(b"%PDF-")
    if shutil.which("pdftotext"):
        read = pages(path)
        assert len(read) == len(mine)
        for subject, page in zip(mine, read, strict=True):
            assert subject.name in page
            assert [other.name for other in mine if other != subject and other.name in page] == []


def test_begun_again_it_is_noted_once(quarter, world):
    job = why_papers.start(settlement=quarter, by=world.committee[0], at=JANUARY)
    dead = running.advance(running.claim(job.key, JANUARY))
    next(dead)
    taken = running.claim(job.key, JANUARY + timedelta(minutes=2))
    list(running.advance(taken))
    looks = Reading.objects.filter(by=world.committee[0], subject_key=world.wang_home.key, why=why_papers.WHY)
    assert looks.count() == 1


def test_only_who_signs_colours_prints_and_only_once_it_is_posted(quarter, world):
    for user in (world.clerk, world.li, world.supervisor, world.stranger):
        with pytest.raises(Refused):
            why_papers.start(settlement=quarter, by=user, at=JANUARY)
    unsigned = settlements.start(village=world.village, quarter="2026Q3", by=world.clerk, at=JANUARY)
    with pytest.raises(Refused, match="还没公示"):
        why_papers.check(unsigned, by=world.committee[0], at=JANUARY)


def test_the_page_of_the_quarter_offers_it_and_leads_to_the_progress(quarter, world):
    page = browser(world.committee[0])
    assert "打印各户的依据" in page.get(reverse("settlement", args=[quarter.key])).content.decode()
    assert (
        "打印各户的依据"
        not in browser(world.clerk).get(reverse("settlement", args=[quarter.key])).content.decode()
    )
    answer = page.post(reverse("settlement_print", args=[quarter.key]))
    assert answer.url == reverse("job", args=[Job.objects.get().key])


def test_an_erased_household_stands_in_no_print_that_is_kept(quarter, world, tmp_path):
    from rights import forgetting

    job = printed(quarter, world.committee[0])
    forgetting.delete_files(world.wang_home)
    assert not (tmp_path / job.stored_as).exists()
    assert not Job.objects.exists()
    assert recusal.reasons(world.committee[0], [world.wang_home], at=JANUARY) == {}
    assert jobs.KINDS[why_papers.PRINT].title
