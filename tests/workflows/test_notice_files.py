"""The PDF of a posted notice: made once, kept byte for byte, vouched for, and made anew when a name goes."""

import hashlib

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.urls import reverse

from governance import deadlines
from governance.models import Deadline, Event
from governance.refusals import Conflict
from governance.uploads import path_of
from governance.verifying import verify
from tests.failing import no_room_for
from tests.people import NOON
from tests.published import clock, posted
from transparency import signing
from workflows import notice_files
from workflows.models import NoticeFile, Publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(world) -> Publication:
    """October's notice, posted and signed, its PDF not made yet."""
    posted(world)
    row = Publication.objects.get()
    signing.sign_village(world.village.code, NOON, row.log_size)
    return row


def asked(notice) -> Deadline:
    return Deadline.objects.get(kind=notice_files.DUE, about_id=notice.pk)


def test_the_next_tick_makes_it_and_its_hash_is_a_leaf(world, notice):
    assert notice_files.ask_for_missing(NOON) == [notice]
    assert notice_files.ask_for_missing(NOON) == []
    deadlines.fire_due(NOON)
    row = NoticeFile.objects.get()
    content = path_of(row).read_bytes()
    assert content.startswith(b"%PDF-")
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    event = Event.objects.get(name="publication.printed")
    assert event.about_id == str(notice.key)
    assert f"workflows_noticefile:{row.key}" in event.digests
    assert asked(notice).fired_at == NOON


def test_made_twice_it_is_one_file(notice):
    first = notice_files.make(publication=notice, at=NOON)
    assert notice_files.make(publication=notice, at=NOON) == first
    assert NoticeFile.objects.count() == Event.objects.filter(name="publication.printed").count() == 1


def test_what_a_maker_left_that_could_not_keep_its_row_is_deleted(notice):
    with no_room_for("INSERT", "workflows_noticefile"), pytest.raises(DatabaseError):
        notice_files.make(publication=notice, at=NOON)
    folder = f"notices/{notice.key}"
    assert len(default_storage.listdir(folder)[1]) == 1
    row = notice_files.make(publication=notice, at=NOON)
    assert [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]] == [row.stored_as]


def test_before_the_log_is_signed_it_waits(world):
    posted(world)
    assert notice_files.ask_for_missing(NOON) == []
    with pytest.raises(Conflict, match="还没有签名"):
        notice_files.make(publication=Publication.objects.get(), at=NOON)
    assert not NoticeFile.objects.exists()


def test_anybody_saves_it_from_the_notice(client, world, notice):
    place = [world.village.code, notice.year, notice.number]
    with clock():
        assert client.get(reverse("notice_pdf", args=place)).status_code == 404
        assert "PDF过一两分钟就好" in client.get(reverse("notice", args=place)).content.decode()
        row = notice_files.make(publication=notice, at=NOON)
        assert row.sha256 in client.get(reverse("notice", args=place)).content.decode()
        response = client.get(reverse("notice_pdf", args=place))
    assert response["Content-Type"] == "application/pdf"
    assert hashlib.sha256(response.content).hexdigest() == row.sha256


def test_one_that_was_changed_behind_the_application_shows(world, notice):
    row = notice_files.make(publication=notice, at=NOON)
    NoticeFile.objects.filter(pk=row.pk).update(sha256="0" * 64)
    assert f"workflows_noticefile {row.key}" in " ".join(map(str, verify(world.village).breaks))


def test_when_a_name_goes_the_file_goes_and_is_made_anew(notice, django_capture_on_commit_callbacks):
    old = notice_files.make(publication=notice, at=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        assert notice_files.withdraw([notice], at=NOON) == [old]
    assert not default_storage.exists(old.stored_as)
    deadlines.fire_due(NOON)
    assert notice_files.current(notice).pk != old.pk
    assert notice.files.count() == 2


def test_a_file_that_was_not_deleted_when_its_name_went_goes_with_the_next_making(notice):
    old = notice_files.make(publication=notice, at=NOON)
    notice_files.withdraw(
        [notice], at=NOON
    )  # its transaction is never committed here, so nobody deleted the file
    assert path_of(old).exists()
    deadlines.fire_due(NOON)
    assert not path_of(old).exists()
    assert path_of(notice_files.current(notice)).exists()
