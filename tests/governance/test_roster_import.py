"""A roster goes in as a whole or not at all, and a second time changes nothing."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from governance import consents, roster_import
from governance.models import Area, Consent, Event, Link, Member, Subject
from governance.refusals import Invalid, Refused
from governance.roster_export import export, rows_of
from governance.roster_file import read_rows
from governance.roster_import import save_file
from governance.roster_preview import preview
from tests import people
from tests.governance.roster import file, row
from tests.people import NOON

TODAY = NOON.date()


@pytest.fixture
def act(world):
    return {"village": world.village, "by": world.clerk, "at": NOON}


def says(findings):
    return [(finding.lines, finding.column, finding.say) for finding in findings]


def home(door):
    return Subject.objects.get(village__code="990101103205", door=door)


def test_a_preview_writes_nothing(world, act):
    before = Subject.objects.count(), Event.objects.count()
    seen = preview(file(row()), **act)
    assert (seen.ok, seen.created, seen.must_fix, seen.please_look) == (1, 1, [], [])
    assert (Subject.objects.count(), Event.objects.count()) == before


def test_a_household_goes_in_with_its_people_link_and_consent(world, act):
    save_file(file(row(others="吴大伯(13900000000)")), **act)
    new = home("8号")
    head = new.members.get(is_head=True)
    assert (new.name, new.area, new.enrolled_from) == ("吴家户", world.east, date(2026, 11, 1))
    assert (head.name, head.phone) == ("吴大嫂", "13800005678")
    assert new.links.get().rater == world.li
    consent = head.consents.get()
    assert (consent.how, consent.witness, consent.recorded_by) == ("paper", "冯大妈", world.clerk)
    assert new.members.get(is_head=False).name == "吴大伯"
    assert consents.enrolment_matches_consents(world.village) == []


def test_one_event_stands_for_the_file_and_each_row_has_its_history(world, act):
    save_file(file(row()), name="柳溪村户册.xlsx", **act)
    event = Event.objects.get(name="roster.imported")
    assert (event.by, event.role) == (world.clerk, "clerk")
    assert event.digests["file"].startswith("sha256:")
    assert "柳溪村户册" not in str(event.digests)
    for made in (home("8号"), home("8号").members.get(), home("8号").links.get(), Consent.objects.last()):
        history = made.history.get()
        assert (history.history_user, history.history_change_reason) == (world.clerk, "roster.imported")


def test_encrypted_words_open_from_the_history_too(world, act):
    save_file(file(row()), **act)
    assert home("8号").history.get().name == "吴家户"
    assert Member.objects.get(name_index="吴大嫂").history.get().phone == "13800005678"


def test_one_bad_row_keeps_the_whole_file_out(world, act):
    data = file(row(), row(door="9号", head="", phone=""))
    with pytest.raises(Invalid, match="还有1处要改，现在一行也没存"):
        save_file(data, **act)
    assert not Subject.objects.filter(door__in=["8号", "9号"]).exists()


def test_nothing_remains_when_the_last_write_fails(world, act, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("disk is full")

    monkeypatch.setattr(roster_import, "record", fail)
    with pytest.raises(RuntimeError):
        save_file(file(row(area="新片")), **act)
    assert not Subject.objects.filter(door="8号").exists()
    assert not Area.objects.filter(name="新片").exists()


def test_the_same_file_again_changes_nothing(world, act):
    data = file(row(others="吴大伯"), row(door="9号", head="郑大哥", phone="", name="郑家户"))
    save_file(data, **act)
    histories = [model.history.count() for model in (Subject, Member, Link, Consent)]
    again = save_file(data, **act)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
    assert [model.history.count() for model in (Subject, Member, Link, Consent)] == histories


def test_what_is_exported_comes_back_unchanged(world, act):
    people.adult(world.wang_home, "王小明", phone="13900000000", id_number=people.id_number(date(1990, 3, 1)))
    for as_csv in (False, True):
        data = export(as_csv=as_csv, **act)
        seen = preview(data, **{**act, "by": None})
        assert (seen.must_fix, seen.created, seen.changed, seen.unchanged) == ([], 0, 0, 7)
    assert Event.objects.filter(name="roster.exported").count() == 2


def test_the_export_goes_by_area_and_door_and_holds_no_score(world, act):
    people.household("10号", world.east, "吴大嫂")
    doors = [read.door for read in read_rows(export(**act))]
    assert doors == ["1号", "2号", "3号", "4号", "5号", "10号", "6号", "7号"]
    assert rows_of(world.village)[0].witness == "见证的邻居"


def test_only_the_clerk_takes_a_roster_in_or_out(world, act):
    for other in (world.li, world.elsewhere_clerk, world.lin):
        for verb in (save_file, preview):
            with pytest.raises(Refused, match="文书"):
                verb(file(row()), **{**act, "by": other})
        with pytest.raises(Refused, match="文书"):
            export(**{**act, "by": other})


def test_a_household_that_is_there_is_brought_up_to_date(world, act):
    change = row(
        door="1号", name="王家老宅", head="王大爷", others="王小明", rater="周党员",
        consent_on="", consent_how="", witness="",
    )  # fmt: skip
    seen = save_file(file(change), **act)
    world.wang_home.refresh_from_db()
    assert (seen.created, seen.changed) == (0, 1)
    assert world.wang_home.name == "王家老宅"
    assert world.head.phone == "13800005678"
    assert world.head.user == world.wang
    assert world.wang_home.members.count() == 2
    assert world.wang_home.links.get(ends__isnull=True).rater == world.zhou
    assert Link.objects.on(TODAY).filter(subject=world.wang_home).count() == 1
    assert world.wang_home.is_enrolled(TODAY)


def test_a_blank_cell_takes_nothing_away(world, act):
    head = world.head
    head.phone = "13800009999"
    head.save()
    people.adult(world.wang_home, "王小明")
    blank = row(
        door="1号",
        name="王家户",
        head="王大爷",
        phone="",
        rater="",
        consent_on="",
        consent_how="",
        witness="",
    )
    assert save_file(file(blank), **act).unchanged == 1
    assert world.head.phone == "13800009999"
    assert world.wang_home.members.count() == 2


def test_paper_consent_in_the_file_enrols_a_household_that_waited(world, act):
    agreed = row(door="3号", name="陈家户", head="陈师傅", phone="")
    save_file(file(agreed), **act)
    world.chen_home.refresh_from_db()
    assert world.chen_home.enrolled_from == date(2026, 11, 1)
    assert consents.enrolment_matches_consents(world.village) == []


def test_a_household_that_withdrew_is_not_brought_back_by_an_old_paper(world, act):
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    old = row(door="1号", name="王家户", head="王大爷", phone="")
    seen = save_file(file(old), **act)
    assert [finding.column for finding in seen.please_look] == ["同意日期"]
    assert not consents.standing(world.head).exists()
    later = {**act, "at": NOON + timedelta(days=3)}
    save_file(file(replace(old, consent_on="2026-11-18")), **later)
    world.wang_home.refresh_from_db()
    assert (world.wang_home.enrolled_from, world.wang_home.enrolled_to) == (date(2026, 12, 1), None)


def test_a_date_that_differs_from_a_standing_consent_does_not_move_it(world, act):
    seen = preview(file(row(door="1号", name="王家户", head="王大爷", phone="")), **act)
    assert says(seen.please_look) == [((2,), "同意日期", "2026年2月20日已经同意过，照那天算")]
    assert seen.unchanged == 1


@pytest.mark.parametrize(
    ("changes", "column", "part"),
    [
        ({"rater": "戴某"}, "联户党员", "村里没有这个人，请核对名字"),
        ({"rater": "石组长"}, "联户党员", "村里没有这个人，请核对名字"),
        ({"door": "5号", "name": "李家户", "head": "李党员"}, "联户党员", "自己家不能自己评"),
        ({"door": "1号", "head": "别的人"}, "户主", "换户主请到这一户的页面办"),
        ({"consent_on": "2026-11-17"}, "同意日期", "这一天还没到"),
    ],
)
def test_what_the_village_knows_otherwise_must_be_mended(world, act, changes, column, part):
    [finding] = preview(file(row(**changes)), **act).must_fix
    assert finding.column == column
    assert part in finding.say


def test_a_rater_who_shares_a_name_with_the_household_is_pointed_out(world, act):
    seen = preview(file(row(others="李党员")), **act)
    assert [finding.column for finding in seen.please_look] == ["联户党员"]
    assert seen.must_fix == []


def test_an_id_number_of_another_household_must_be_mended(world, act):
    number = people.id_number(date(1960, 1, 1))
    people.adult(world.liu_home, "刘大伯", id_number=number)
    [finding] = preview(file(row(id_number=number)), **act).must_fix
    assert "东片2号" in finding.say


def test_rows_that_clash_with_each_other_are_found(world, act):
    number = people.id_number(date(1960, 1, 1))
    data = file(
        row(),
        row(),
        row(door="9号", head="甲", id_number=number),
        row(door="10号", head="乙", id_number=number),
    )
    seen = preview(data, **act)
    assert [(finding.lines, finding.column) for finding in seen.must_fix] == [
        ((2, 3), "门牌号"),
        ((4, 5), "身份证号"),
    ]
    assert ((2, 3, 4, 5), "手机") in [(finding.lines, finding.column) for finding in seen.please_look]


def test_a_new_area_is_shown_and_made(world, act):
    data = file(row(area="南片"), row(area="南片", door="9号", head="郑大哥", phone=""))
    assert says(preview(data, **act).please_look) == [((2, 3), "片", "村里还没有这个片，存的时候新建")]
    save_file(data, **act)
    assert Area.objects.get(name="南片").position == 3


def test_a_household_without_a_rater_goes_in_and_the_clerk_is_told(world, act):
    seen = save_file(file(row(rater="")), **act)
    assert [finding.column for finding in seen.please_look] == ["联户党员"]
    assert not home("8号").links.exists()


def test_children_are_listed_together_and_never_stored(world, act):
    data = file(
        row(others="吴小宝(8岁)"), row(door="9号", head="郑大哥", phone="", others="郑小宝(9岁)、郑大嫂")
    )
    seen = save_file(data, **act)
    assert says(seen.not_stored) == [((2, 3), "其他成年成员", "孩子的名字不存，这一户别的照存")]
    assert not Member.objects.filter(name_index__in=["吴小宝", "郑小宝"]).exists()
    assert Member.objects.filter(name_index="郑大嫂").exists()


def test_the_marked_table_tells_row_by_row(world, act):
    seen = preview(file(row(), row(door="9号", kind="农户", head="")), **act)
    lines = list(load_workbook(BytesIO(seen.marked_workbook())).active.iter_rows(values_only=True))
    assert lines[1][-1] is None
    assert lines[2][-1] == "类别：只能写户、商户、企业。户主：要写户主，同意由户主给。"


def test_two_thousand_households_go_in_by_batches(world, act, django_assert_max_num_queries):
    names = (row(line=n + 2, door=f"{n}甲", head=f"人{chr(0x4E00 + n)}", phone="") for n in range(2000))
    data = file(*names)
    with django_assert_max_num_queries(300):
        assert save_file(data, **act).created == 2000


def command(tmp_path, data, *options):
    path, out = tmp_path / "户册.xlsx", StringIO()
    path.write_bytes(data)
    call_command("import_roster", str(path), "--village", "990101103205", *options, stdout=out)
    return out.getvalue()


def test_the_command_says_the_same_and_saves(world, tmp_path):
    said = command(tmp_path, file(row(rater="")))
    assert "请您看，不挡存入" in said
    assert "存好了：新建1户，改0户，没变0户。" in said
    event = Event.objects.get(name="roster.imported")
    assert (event.by, event.role) == (None, "operator")


def test_a_dry_run_saves_nothing(world, tmp_path):
    assert "只看，没有存：新建1户" in command(tmp_path, file(row()), "--dry-run")
    assert not Subject.objects.filter(door="8号").exists()


def test_the_command_fails_when_a_row_must_be_mended(world, tmp_path, capsys):
    with pytest.raises(CommandError, match="一行也没存"):
        command(tmp_path, file(row(), row(door="9号", head="")))
    assert not Subject.objects.filter(door="8号").exists()


def test_the_command_needs_a_known_village_and_a_file(world, tmp_path):
    with pytest.raises(CommandError, match="打不开"):
        call_command("import_roster", str(tmp_path / "没有.xlsx"), "--village", "990101103205")
    with pytest.raises(CommandError, match="没有代码是123的村"):
        call_command("import_roster", str(tmp_path / "x"), "--village", "123")
    with pytest.raises(CommandError, match="缺"):
        command(tmp_path, b"a,b\n1,2\n")
