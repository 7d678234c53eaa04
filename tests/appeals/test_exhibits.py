"""What either side hands in is kept clean, counted for each side, and never without its file."""

from io import BytesIO

import pytest
from PIL import Image

from appeals import exhibits, objections
from appeals.against import Against
from appeals.models import Exhibit, Objection
from governance import uploads
from governance.refusals import Invalid
from tests.people import NOON
from tests.published import entry


@pytest.fixture
def case(world, month):
    return objections.file(
        against=Against.line(entry(month, "litter")),
        text="袋子不是我家的",
        how=Objection.How.ONLINE,
        for_member=world.head,
        by=world.wang,
        at=NOON,
    )


def photo() -> BytesIO:
    made = BytesIO()
    Image.new("RGB", (40, 30), "green").save(made, "PNG")
    made.seek(0)
    return made


def add(case, world, **changed):
    given = {"files": [photo()], "text": "那天我在镇上", "is_households": True, "by": world.wang, "at": NOON}
    return exhibits.add(case, **{**given, **changed})


def test_a_photo_and_a_statement_are_kept_apart(world, case):
    statement, picture = add(case, world)
    assert (statement.kind, statement.text) == (Exhibit.Kind.STATEMENT, "那天我在镇上")
    assert (picture.kind, picture.media_type) == (Exhibit.Kind.PHOTO, "image/jpeg")
    assert uploads.path_of(picture).read_bytes().startswith(b"\xff\xd8\xff")


def test_each_side_has_its_own_six_files(world, case):
    add(case, world, files=[photo() for _ in range(exhibits.MOST_FILES)])
    with pytest.raises(Invalid, match="最多6份"):
        add(case, world)
    assert add(case, world, is_households=False, by=world.officer)


def test_what_is_no_photo_is_named_on_the_field_and_nothing_is_kept(world, case):
    with pytest.raises(Invalid) as caught:
        add(case, world, files=[photo(), BytesIO(b"MZ not a photo")])
    assert "files" in caught.value.errors
    assert case.exhibits.count() == 0


def test_empty_hands_leave_nothing(world, case):
    assert add(case, world, files=[], text="  ") == []
