"""What a household that leaves takes with it."""

import pytest

from governance import consents
from governance.models import Subject
from governance.refusals import Invalid
from tests.people import NOON
from workflows import sheets
from workflows.models import Observation, SheetLine

State = Observation.State


def test_withdrawal_takes_out_what_is_not_posted(october, world):
    item = october.observe("扫路", world.wang_home, "sweep")
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    item.refresh_from_db()
    assert item.state == State.WITHDRAWN
    assert not SheetLine.objects.filter(subject=world.wang_home).exists()
    assert not Subject.objects.get(pk=world.wang_home.pk).is_enrolled(NOON.date())


def test_a_sheet_that_comes_back_has_no_line_of_who_left(october, world):
    sheet = october.sheet(world.li)
    october.file_all()
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    assert sheet.lines.filter(subject=world.wang_home).exists()
    sheets.send_back(sheet=sheet, why="再看看", by=world.shi, at=NOON)
    assert not sheet.lines.filter(subject=world.wang_home).exists()
    assert sheet.lines.exists()


def test_who_left_while_the_page_was_open_is_not_written_down(october, world):
    seen = Subject.objects.get(pk=world.wang_home.pk)
    Subject.objects.filter(pk=seen.pk).update(enrolled_to=NOON.date())
    with pytest.raises(Invalid, match="没有参加评议"):
        october.observe("扫路", seen, "sweep")
