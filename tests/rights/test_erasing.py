"""Forgetting: after withdrawal a household's words go everywhere, numbers stay, and the log still proves itself."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.urls import reverse

from appeals.models import Exhibit
from governance import consents, deadlines, erasing
from governance.crypto import keyring
from governance.events import digest, row_name
from governance.models import Entry, Event, EventBody, ImportBatch, Member, Scorecard, Subject
from governance.refusals import Conflict, Refused
from governance.replay import replay
from rights import erasures, personal
from rights.models import Erasure, Rectification
from tests import people
from tests.people import NOON
from tests.published import posted
from tests.rights.dumped import everything, indices
from tests.rights.erased import JANUARY, NAMES, NUMBERS, WORDS, asked, fired, told, withdrawn
from transparency import log, merkle
from transparency.digest_tree import opening
from transparency.leaf import commit, leaf_data
from transparency.models import Leaf
from workflows.models import Evidence, Publication

DAY = timedelta(days=1)


@pytest.fixture
def story(world):
    return told(world)


@pytest.fixture
def left(story):
    return withdrawn(story)


def leaves(village) -> list[bytes]:
    """The hashes of all leaves, as a verifier makes them."""
    rows = Leaf.objects.filter(village=village.code).order_by("seq")
    origin = f"{django_settings.LOG_ORIGIN}/{village.code}"
    return [
        merkle.leaf_hash(leaf_data(origin, row.seq, row.kind, row.period, bytes(row.commit))) for row in rows
    ]


def test_before_it_all_the_words_are_there_to_be_found(story):
    dump = everything()
    for words in (*NAMES, *NUMBERS, *WORDS):
        assert words in dump, words


def test_afterwards_no_table_holds_a_word_of_theirs(left):
    row = fired(asked(left))
    assert row.state == Erasure.State.DONE
    dump = everything()
    for words in (*NAMES, *NUMBERS, *WORDS, "wangshouxin", "wangpopo"):
        assert words not in dump, [line for line in dump.splitlines() if words in line][:3]


def test_no_index_finds_them_any_more(left):
    kept = indices()
    wanted = {
        keyring().blind_index(text, purpose)
        for text in (*NAMES, *NUMBERS)
        for purpose in ("subject.name", "member.name", "member.phone", "member.id_number", "user.phone")
    }
    assert wanted & kept
    fired(asked(left))
    assert not wanted & indices()
    assert not Member.objects.filter(name_index="汪守信").exists()
    assert not Subject.objects.filter(name_index="汪家老屋户").exists()


def test_the_door_is_gone_too_and_free_for_who_comes_next(left):
    fired(asked(left))
    subject = left.world.wang_home
    subject.refresh_from_db()
    assert (subject.door, subject.name) == (erasing.GONE, erasing.GONE)
    assert subject.closed_on
    assert {version.door for version in subject.history.all()} == {erasing.GONE}
    people.household("1号", left.world.east, "新来的")


def test_files_are_gone_from_the_disk(left):
    rows = [*Evidence.objects.exclude(stored_as=""), *Exhibit.objects.exclude(stored_as="")]
    theirs = [row for row in rows if default_storage.exists(row.stored_as)]
    row = fired(asked(left))
    gone = [row for row in theirs if not default_storage.exists(row.stored_as)]
    assert len(gone) == row.counts["files"] >= 6
    others = Evidence.objects.exclude(observation__subject=left.world.wang_home).exclude(stored_as="")
    assert all(default_storage.exists(other.stored_as) for other in others)


def test_points_and_days_stay_and_come_out_the_same(left):
    subject = left.world.wang_home
    numbers = list(
        Entry.objects.filter(subject=subject).order_by("pk").values_list("raw_tenths", "occurred_on")
    )
    cards = list(Scorecard.objects.order_by("pk").values_list("total_tenths", "colour"))
    assert len(numbers) >= 5
    fired(asked(left))
    after = Entry.objects.filter(subject=subject).order_by("pk").values_list("raw_tenths", "occurred_on")
    assert list(after) == numbers
    assert list(Scorecard.objects.order_by("pk").values_list("total_tenths", "colour")) == cards
    assert [each for each in replay(quarter="2026Q4") if each.differences] == []


def test_the_log_keeps_every_leaf_and_says_what_was_erased(left):
    village, row = left.world.village, asked(left)
    before, seen = leaves(village), Event.objects.filter(subject_key=left.world.wang_home.key).count()
    size, root = log.head(village.code)
    assert merkle.root(before) == root
    row = fired(row)
    after = leaves(village)
    assert after[:size] == before
    assert (len(after), merkle.root(after)) == log.head(village.code)
    erased = Event.objects.get(name="subject.erased")
    assert erased.about_id == str(row.key)
    for event in Event.objects.filter(subject_key=left.world.wang_home.key).exclude(pk=erased.pk):
        assert not EventBody.objects.filter(event=event).exists(), event.name
        assert erased.digests[row_name(event)] == digest(event)
    assert len([name for name in erased.digests if name.startswith("governance_event:")]) >= seen
    assert erased.digests[row_name(row)] == digest(row)


def test_what_is_still_there_matches_its_leaf(left):
    fired(asked(left))
    import json

    for body in EventBody.objects.select_related("event__village"):
        leaf = Leaf.objects.get(village=body.event.village.code, seq=body.event.seq)
        assert bytes(leaf.commit) == commit(opening(bytes(body.salt)), json.loads(body.content)), (
            body.event.name
        )


def test_no_other_household_loses_a_word(left):
    home = left.world.wang_home
    keys = [str(key) for found in personal.keys_of(home).values() for key in found]
    own = Event.objects.filter(Q(subject_key=home.key) | Q(about_id__in=keys))
    mine = set(own.values_list("pk", flat=True))
    others = set(EventBody.objects.exclude(event__in=mine).values_list("pk", flat=True))
    fired(asked(left))
    gone = others - set(EventBody.objects.values_list("pk", flat=True))
    assert not gone
    dump = everything()
    for words in ("刘家户", "刘大婶", "扫了雪", "李党员", "林理事"):
        assert words in dump


def test_the_accounts_are_emptied_and_closed_but_not_that_of_an_official(left, client):
    fired(asked(left))
    for user in (left.world.wang, left.wife.user):
        user.refresh_from_db()
        assert (user.is_active, user.phone, user.name) == (False, None, "")
        assert user.username.startswith("erased-")
        assert not user.has_usable_password()
        assert not Member.objects.filter(user=user).exists()
    client.force_login(left.world.li)
    assert client.get(reverse("todo")).status_code == 200


def test_an_official_s_own_household_is_forgotten_and_the_office_goes_on(world):
    head = world.li_home.members.get()
    consents.withdraw(member=head, by=world.li, at=NOON)
    row = fired(erasures.ask(for_member=head, whole=True, how="online", by=world.li, at=NOON))
    world.li.refresh_from_db()
    assert row.state == Erasure.State.DONE
    assert (world.li.is_active, world.li.name) == (True, "李党员")


def test_a_posted_notice_loses_the_name_and_is_vouched_for_anew(left):
    fired(asked(left))
    notice = Publication.objects.get(settlement__isnull=False)
    assert notice.content["honoured"] == [erasing.GONE]
    erased = Event.objects.get(name="subject.erased")
    assert erased.digests[row_name(notice)] == digest(notice)


def test_a_roster_that_waits_to_be_taken_in_goes(left):
    assert ImportBatch.objects.filter(kind="roster").exists()
    fired(asked(left))
    assert not ImportBatch.objects.filter(kind="roster").exists()


def test_officials_pages_made_later_name_nobody(left, client):
    fired(asked(left))
    world, case = left.world, left.world.wang_home.objections.get()
    pages = [
        (world.clerk, reverse("subject", args=[world.wang_home.key])),
        (world.clerk, reverse("roster", args=[world.village.code])),
        (world.clerk, reverse("requests", args=[world.village.code])),
        (world.officer, reverse("case", args=[case.key])),
        (world.officer, reverse("case_letter", args=[case.key])),
        (world.stranger, reverse("public_village", args=[world.village.code])),
    ]
    for user, address in pages:
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == 200, address
        for words in (*NAMES, *NUMBERS, *WORDS):
            assert words not in answer.content.decode(), (address, words)
    client.force_login(world.officer)
    exhibit = Exhibit.objects.exclude(stored_as="").first()
    assert client.get(reverse("exhibit", args=[exhibit.key])).status_code == 404


def test_it_waits_its_days_and_can_be_taken_back(left, client):
    row = asked(left)
    assert row.due_on == (JANUARY + 18 * DAY).date()
    deadlines.fire_due(JANUARY + 17 * DAY)
    row.refresh_from_db()
    assert row.state == Erasure.State.WAITING
    assert "汪守信" in everything()
    erasures.undo(erasure=row, by=left.world.wang, at=JANUARY + 17 * DAY)
    deadlines.fire_due(JANUARY + 30 * DAY)
    row.refresh_from_db()
    assert row.state == Erasure.State.UNDONE
    assert "汪守信" in everything()
    with pytest.raises(Conflict):
        erasures.undo(erasure=row, by=left.world.wang, at=JANUARY + 30 * DAY)


def test_who_agrees_again_meanwhile_is_not_erased(left):
    row = asked(left)
    consents.give(member=left.world.head, purpose="scoring", by=left.world.wang, at=JANUARY + 12 * DAY)
    row = fired(row)
    assert row.state == Erasure.State.UNDONE
    assert Event.objects.get(name="erasure.undone").role == "system"
    left.world.head.refresh_from_db()


def test_what_stands_in_the_way_is_said(world, story):
    with pytest.raises(Refused, match="还在参加"):
        asked(story)
    consents.withdraw(member=world.head, by=world.wang, at=JANUARY + 10 * DAY)
    with pytest.raises(Refused, match="汪婆婆还同意着"):
        asked(story)
    with pytest.raises(Refused, match="要户主来提"):
        erasures.ask(
            for_member=story.wife, whole=True, how="online", by=story.wife.user, at=JANUARY + 11 * DAY
        )
    with pytest.raises(Refused, match="您是户主"):
        erasures.ask(for_member=world.head, whole=False, how="online", by=world.wang, at=JANUARY + 11 * DAY)
    with pytest.raises(Refused, match="要本人来提"):
        erasures.ask(for_member=world.head, whole=True, how="online", by=world.clerk, at=JANUARY + 11 * DAY)


def test_an_open_case_comes_first(world):
    from appeals import objections
    from appeals.against import Against
    from tests.published import entry

    month = posted(world)
    case = objections.file(
        against=Against.line(entry(month, "litter")), text="不是我家的", how="online", for_member=world.head,
        by=world.wang, at=NOON + timedelta(hours=1),
    )  # fmt: skip
    consents.withdraw(member=world.head, by=world.wang, at=NOON + DAY)
    with pytest.raises(Refused, match="还有1件异议或修复在办"):
        erasures.ask(for_member=world.head, whole=True, how="online", by=world.wang, at=NOON + DAY)
    objections.withdraw(objection=case, by=world.wang, at=NOON + DAY)
    assert erasures.ask(for_member=world.head, whole=True, how="online", by=world.wang, at=NOON + DAY).number


def test_it_is_asked_for_once(left):
    asked(left)
    with pytest.raises(Conflict, match="已经提过了"):
        asked(left)


def test_one_adult_is_forgotten_and_the_household_goes_on(story):
    world, wife = story.world, story.wife
    consents.withdraw(member=wife, by=wife.user, at=JANUARY + 10 * DAY)
    user = wife.user
    row = erasures.ask(for_member=wife, whole=False, how="online", by=user, at=JANUARY + 11 * DAY)
    row = fired(row)
    assert row.state == Erasure.State.DONE
    dump = everything()
    for words in ("汪婆婆", NUMBERS[1], "wangpopo"):
        assert words not in dump, [line for line in dump.splitlines() if words in line][:3]
    for words in ("汪守信", "汪家老屋户", "打扫了汪家门口"):
        assert words in dump
    wife.refresh_from_db()
    assert (wife.name, wife.phone, wife.user, bool(wife.left_on)) == (erasing.GONE, None, None, True)
    user.refresh_from_db()
    assert not user.is_active
    world.wang_home.refresh_from_db()
    assert world.wang_home.is_enrolled(world.wang_home.enrolled_from)
    assert Event.objects.get(name="member.erased").digests


def test_it_is_all_or_nothing(left, monkeypatch):
    row = asked(left)

    def fail(*args, **kwargs):
        raise RuntimeError("the last write fails")

    monkeypatch.setattr("governance.erasing.record", fail)
    with pytest.raises(ExceptionGroup):
        deadlines.fire_due(deadlines.end_of(row.due_on) + DAY)
    row.refresh_from_db()
    assert row.state == Erasure.State.WAITING
    dump = everything()
    for words in (*NAMES, *NUMBERS, *WORDS):
        assert words in dump, words


def test_open_requests_to_mend_end_with_it(left):
    from rights import rectifications

    row = rectifications.file(
        for_member=left.world.head, what="phone", text="又换号了", how="online", by=left.world.wang,
        at=JANUARY + 11 * DAY,
    )  # fmt: skip
    fired(asked(left))
    row.refresh_from_db()
    assert row.state == Rectification.State.WITHDRAWN
    assert "又换号了" not in everything()


def test_a_household_that_moved_away_can_have_its_old_file_forgotten(story):
    from governance import subjects

    world, old = story.world, story.world.head
    subjects.move(
        subject=world.wang_home, area=world.west, door="30号", on=(JANUARY + 10 * DAY).date(), why="搬了",
        by=world.clerk, at=JANUARY + 10 * DAY,
    )  # fmt: skip
    old.refresh_from_db()
    row = fired(erasures.ask(for_member=old, whole=True, how="online", by=world.wang, at=JANUARY + 11 * DAY))
    assert row.state == Erasure.State.DONE
    world.wang.refresh_from_db()
    assert world.wang.is_active  # it is the account of the new file too
    assert not old.history.filter(user__isnull=False).exists()
    assert not world.wang_home.went_to.exists()
    assert "打扫了汪家门口" not in everything()
    assert Member.objects.get(user=world.wang).name == "汪守信"


def test_the_clerk_s_list_tells_numbers_and_days_and_nobody(left, client):
    row = asked(left)
    client.force_login(left.world.clerk)
    page = client.get(reverse("requests", args=[left.world.village.code])).content.decode()
    assert row.number in page
    assert "汪" not in page
    assert client.get(reverse("erasure", args=[row.key])).status_code == 404
    assert client.post(reverse("erasure_undo", args=[row.key])).status_code == 404
