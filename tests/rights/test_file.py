"""我的数据: a household's adult takes home everything that is held, in one tap; each copy is noted."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals import decisions, facts, inquiries, objections, papers
from appeals.against import Against
from governance import consents, readings
from governance.models import Consent, Event, Reading
from governance.refusals import Invalid, Refused
from rights import exports, speaking
from rights.household import written
from rights.household.gather import SCHEMA, gather
from tests import people
from tests.months import photo
from tests.people import NOON
from tests.published import clock, entry, posted

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def month(world):
    return posted(world)


@pytest.fixture
def wife(world):
    user = people.account("王大妈")
    return people.adult(world.wang_home, "王大妈", user, phone="13900001111", id_number="330522195501012222")


def file_of(member):
    return gather(speaking.reach_of(member), at=LATER)


def objected(month, world):
    case = objections.file(
        against=Against.line(entry(month, "litter")), text="那袋垃圾不是我家的", how="online",
        for_member=world.head, by=world.wang, at=LATER,
    )  # fmt: skip
    papers.hand_in(objection=case, files=[photo()], text="那天我在镇上", by=world.wang, at=LATER)
    decisions.accept(objection=case, by=world.officer, at=LATER)
    inquiries.ask(
        objection=case,
        kind="witness",
        to_name="路过的周某",
        question="看见谁倒的？",
        by=world.officer,
        at=LATER,
    )
    return case


def decided(case, world):
    case.refresh_from_db()
    decisions.decide(
        objection=case, outcome="rejected", grounds="照片拍得清楚", seen=facts.seen(case, at=LATER), by=world.officer,
        at=LATER,
    )  # fmt: skip


def test_the_head_takes_home_all_that_is_held(month, world):
    case = objected(month, world)
    readings.log_reading(user=world.clerk, subject=world.wang_home, role="clerk", why="核对门牌", at=LATER)
    told = file_of(world.head)
    assert (told["schema"], told["whole"]) == (SCHEMA, True)
    assert [row["fact"] for row in told["observations"]] == [
        "打扫了门前的路",
        "在路口倒了一袋垃圾",
        "清了村东水渠",
    ]
    litter = told["entries"][1]
    assert (litter["points_tenths"], litter["rule"]["text"]) == (-20, "在公共地方乱倒垃圾")
    assert litter["rule"]["version"] == 1
    assert litter["held"][0]["to"] is None
    assert told["observations"][1]["evidence"][0]["sha256"]
    assert told["objections"][0]["number"] == case.number
    assert told["objections"][0]["text"] == "那袋垃圾不是我家的"
    assert told["objections"][0]["exhibits"][0]["text"] == "那天我在镇上"
    assert told["readings"][0]["why"] == "核对门牌"
    assert told["consents"][0]["witness"] == "见证的邻居"
    assert told["monthly"] == [{"month": "2026-10", "said": "记了事"}]
    assert "提异议" in [row["what"] for row in told["events"]]


def test_own_numbers_are_whole_and_another_adult_s_are_masked(world, wife):
    world.head.phone = "13800002222"
    head = world.head
    head.phone = "13800002222"
    head.save()
    rows = {row["name"]: row for row in file_of(head)["members"]}
    assert rows["王大爷"]["phone"] == "13800002222"
    assert (rows["王大妈"]["phone"], rows["王大妈"]["id_number"]) == ("139****1111", "330522********2222")


def test_who_has_not_agreed_reads_what_is_held_about_themself_only(month, world, wife):
    told = file_of(wife)
    assert not told["whole"]
    assert [row["phone"] for row in told["members"]] == ["13900001111"]
    assert not {"entries", "scorecards", "observations", "objections"} & set(told)
    assert told["left_out"][0]["what"] == "全家的记分、异议和修复"
    assert "打扫" not in json.dumps(told, ensure_ascii=False)


def test_who_agreed_reads_the_whole_and_after_withdrawing_their_own(month, world, wife):
    people.consent(wife)
    assert file_of(wife)["whole"]
    consents.withdraw(member=wife, by=wife.user, at=LATER)
    assert not file_of(wife)["whole"]
    assert file_of(wife)["consents"][0]["withdrawn_on"] == "2026-11-16"


def test_the_head_still_reads_the_whole_after_withdrawing(month, world):
    consents.withdraw(member=world.head, by=world.wang, at=LATER)
    told = file_of(world.head)
    assert told["whole"]
    assert len(told["entries"]) == 3


def test_what_is_not_posted_and_what_is_secret_stays_out_and_is_said(month, world):
    november = people.NOON.date().replace(day=1)
    from tests.months import Month

    open_month = Month(world, LATER, november).open()
    open_month.observe("还没公示的事", world.wang_home, "sweep", fact="还没公示的事")
    case = objected(month, world)
    text = json.dumps(file_of(world.head), ensure_ascii=False)
    for hidden in ["还没公示的事", "看见谁倒的？", "路过的周某", "林理事", "李理事", "石组长"]:
        assert hidden not in text, hidden
    decided(case, world)
    text = json.dumps(file_of(world.head), ensure_ascii=False)
    assert "看见谁倒的？" in text
    assert "照片拍得清楚" in text
    assert "路过的周某" not in text
    assert "单个人投的票" in text


def test_no_vote_of_a_single_member_can_be_read_off(month, world):
    told = file_of(world.head)
    votes = [row["votes"] for row in told["observations"] if row["votes"]]
    assert votes
    assert all(set(found) <= {"同意", "不同意", "退回"} for found in votes)
    assert "ballot.cast" not in [row["event"] for row in told["events"]]


def test_one_tap_gives_a_pdf_that_is_noted_and_shown(month, world, client):
    client.force_login(world.wang)
    with clock():
        answer = client.post(reverse("my_copy"))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer.content.startswith(b"%PDF")
        assert answer["Cache-Control"] == "no-store"
        page = client.get(reverse("my_data")).content.decode()
    event = Event.objects.get(name="file.exported")
    assert (event.by, event.role, event.subject_key) == (world.wang, "resident", world.wang_home.key)
    assert "您自己" in page
    assert not Reading.objects.filter(subject_key=world.wang_home.key).exists()


def test_the_json_is_utf8_and_reads_back(month, world, client):
    client.force_login(world.wang)
    with clock():
        answer = client.post(reverse("my_copy"), {"form": "json"})
    assert "王家户".encode() in answer.content
    assert json.loads(answer.content)["household"]["name"] == "王家户"


def test_the_zip_holds_paper_data_and_every_picture(month, world, client):
    objected(month, world)
    client.force_login(world.wang)
    with clock(hours=2):
        answer = client.post(reverse("my_copy"), {"form": "zip"})
        content = b"".join(answer.streaming_content)
        answer.close()
    archive = ZipFile(BytesIO(content))
    names = archive.namelist()
    assert {"请先看.txt", "资料.json", "资料.pdf"} <= set(names)
    pictures = [name for name in names if name.startswith("照片和文件/")]
    told = json.loads(archive.read("资料.json"))
    keys = [item["key"] for row in told["observations"] for item in row["evidence"]]
    assert {name.partition("/")[2].partition(".")[0] for name in pictures} >= set(keys)
    assert len(pictures) == 4  # three of the facts, one handed in


def test_a_machine_without_pango_says_so_and_still_gives_the_zip(month, world, monkeypatch):
    def missing(*args, **kwargs):
        raise Refused("这台机器还不能生成PDF")

    monkeypatch.setattr(written, "printed", missing)
    with pytest.raises(Refused, match="PDF"):
        exports.hand_out(member=world.head, form="pdf", how="online", by=world.wang, at=LATER)
    assert not Event.objects.filter(name="file.exported").exists()
    with exports.hand_out(member=world.head, form="zip", how="online", by=world.wang, at=LATER) as found:
        assert "资料.pdf" not in ZipFile(found).namelist()


def test_nobody_takes_another_household_s_file(month, world, client):
    client.force_login(world.wang)
    with clock():
        neighbour = world.liu_home.members.get()
        assert client.post(reverse("my_copy"), {"file": neighbour.key}).status_code == 404
        assert client.get(reverse("my_data"), {"file": "x"}).status_code == 404
    with pytest.raises(Refused):
        exports.hand_out(member=neighbour, form="json", how="online", by=world.wang, at=LATER)
    with pytest.raises(Invalid):
        exports.hand_out(member=world.head, form="xls", how="online", by=world.wang, at=LATER)


def test_a_former_file_can_still_be_taken(month, world, client):
    from governance import subjects

    old = world.head
    subjects.move(
        subject=world.wang_home,
        area=world.west,
        door="30号",
        on=LATER.date(),
        why="搬了",
        by=world.clerk,
        at=LATER,
    )
    client.force_login(world.wang)
    with clock(hours=2):
        page = client.get(reverse("my_data")).content.decode()
        assert "您别的档案" in page
        told = json.loads(client.post(reverse("my_copy"), {"form": "json", "file": old.key}).content)
    assert told["household"]["door"] == "1号"
    assert len(told["entries"]) == 3


def test_queries_do_not_grow_with_what_is_held(world):
    from tests.months import Month

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            file_of(world.head)
        return len(seen)

    months = [posted(world)]
    objected(months[0], world)
    one = queries()
    for n in range(3, 10):
        month = Month(world, NOON, people.NOON.date().replace(month=n, day=1)).open()
        for i in range(3):
            month.observe(f"{n}-{i}", world.wang_home, "sweep", fact=f"扫了{n}月的路{i}")
        month.to_publication()
        for i in range(3):
            readings.log_reading(
                user=world.clerk, subject=world.wang_home, role="clerk", why=f"看{i}", at=LATER
            )
    assert len(file_of(world.head)["entries"]) == 24
    assert queries() == one


def test_the_desk_hands_a_copy_over_before_a_witness_and_the_household_sees_it(month, world, client):
    client.force_login(world.clerk)
    where = [world.village.code, world.wang_home.key]
    said = {"for_member": world.head.pk, "how": "desk", "form": "pdf"}
    with clock():
        assert "存一份资料" in client.get(reverse("requests_of", args=where)).content.decode()
        assert client.post(reverse("desk_copy", args=where), said).status_code == 422
        assert client.post(reverse("desk_copy", args=where), said | {"witness": "沈文书"}).status_code == 422
        answer = client.post(reverse("desk_copy", args=where), said | {"witness": "邻居老吴"})
    assert answer.content.startswith(b"%PDF")
    reading = Reading.objects.get(subject_key=world.wang_home.key)
    assert (reading.by, reading.role) == (world.clerk, "clerk")
    assert "王" not in reading.why
    assert Event.objects.get(name="file.exported").role == "clerk"


def test_a_helper_hands_a_copy_only_to_who_asked_for_help(month, world, client):
    client.force_login(world.helper)
    where = [world.village.code, world.wang_home.key]
    with clock():
        assert client.get(reverse("requests_of", args=where)).status_code == 404
        people.consent(world.head, Consent.Purpose.HELPER)
        assert client.get(reverse("requests_of", args=where)).status_code == 200
        answer = client.post(
            reverse("desk_copy", args=where),
            {"for_member": world.head.pk, "form": "json", "witness": "邻居老吴"},
        )
    assert json.loads(answer.content)["whole"]


def test_the_page_is_reached_from_my_points_and_from_consent(month, world, client):
    client.force_login(world.wang)
    with clock():
        for name in ("my_points", "my_consent"):
            assert reverse("my_data") in client.get(reverse(name)).content.decode()


def test_an_account_bound_to_nobody_is_led_to_binding(world, client):
    client.force_login(world.stranger)
    assert client.get(reverse("my_data")).url == reverse("bind")
