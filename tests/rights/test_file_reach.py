"""How far the file goes: for who left, to the day they left; another adult's words about numbers, to nobody else."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from governance import links, members, readings, subjects
from governance.subjects import Home
from rights import rectifications, speaking
from rights.household.gather import gather
from rights.household.reading import for_reading
from tests import people
from tests.people import NOON
from tests.published import clock

DAY = timedelta(days=1)
LEFT = date(2026, 9, 1)
ID_NUMBER = "990101195203040021"


@pytest.fixture
def wife(world):
    return people.adult(world.wang_home, "汪婆婆", people.account("汪婆婆"))


@pytest.fixture
def parted(world, wife):
    """She left in September; since then the household was looked into, renamed, linked anew, found kin to somebody."""
    home = world.wang_home
    looked = {"user": world.supervision, "subject": home, "role": "supervision"}
    readings.log_reading(**looked, why="她还在时看的", at=NOON - 100 * DAY)
    members.leave(member=wife, on=LEFT, why="离婚", by=world.clerk, at=NOON)
    readings.log_reading(**looked, why="查第3号异议的减分", at=NOON)
    links.end_open(home, on=NOON.date(), action="link.ended", by=world.clerk, at=NOON)
    people.link(world.shi, home, starts=NOON.date())
    tie = people.kin(world.council[0], home)
    tie.starts = NOON.date()
    tie.save()
    subjects.correct(
        subject=home, home=Home(world.west, "77号", "新汪家户"), why="写错了", by=world.clerk, at=NOON
    )
    wife.refresh_from_db()
    return wife


def test_who_left_reads_what_was_while_they_lived_there(world, parted):
    told = gather(speaking.reach_of(parted), at=NOON)
    assert not told["whole"]
    assert [row["why"] for row in told["readings"]] == ["她还在时看的"]
    assert [(row["name"], row["to"]) for row in told["raters"]] == [(str(world.li), None)]
    assert told["kinships"] == []
    cover = told["household"]
    assert (cover["name"], cover["door"], cover["area"], cover["enrolled_from"]) == ("", "", "", None)
    paper = str(for_reading(told))
    assert "已经不在这一户了" in paper
    for later in ("新汪家户", "77号", "查第3号异议"):
        assert later not in paper


def test_the_page_of_who_left_does_not_say_where_the_household_went(parted, client):
    client.force_login(parted.user)
    with clock():
        page = client.get(reverse("my_data")).content.decode()
    assert "汪婆婆" in page
    assert "新汪家户" not in page


def test_who_lives_there_without_agreeing_reads_who_looked_till_today(world, wife):
    readings.log_reading(user=world.clerk, subject=world.wang_home, role="clerk", why="核对门牌", at=NOON)
    told = gather(speaking.reach_of(wife), at=NOON)
    assert [row["why"] for row in told["readings"]] == ["核对门牌"]
    assert told["household"]["name"] == "王家户"


def test_another_adult_s_words_about_numbers_are_only_theirs(world, wife, client):
    row = rectifications.file(
        for_member=wife, what="id_number", text=f"应该是{ID_NUMBER}", how="online", by=wife.user, at=NOON
    )
    rectifications.refuse(rectification=row, answer=f"{ID_NUMBER}核对不上", by=world.clerk, at=NOON)
    told = gather(speaking.reach_of(world.head), at=NOON)
    assert [(one["number"], one["text"], one["answer"]) for one in told["rectifications"]] == [
        (row.number, "", "")
    ]
    assert ID_NUMBER not in str(told) + str(for_reading(told))
    assert ID_NUMBER in str(gather(speaking.reach_of(wife), at=NOON)["rectifications"])
    for reader, sees in ((world.wang, False), (wife.user, True), (world.clerk, True)):
        client.force_login(reader)
        with clock():
            page = client.get(reverse("rectification", args=[row.key])).content.decode()
        assert (ID_NUMBER in page) is sees, reader
