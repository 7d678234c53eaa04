"""An empty installation becomes one in which a clerk can begin, by one table; a bad table enters nothing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from governance import verifying
from governance.models import Appointment, Division, Event, Notice, User
from tests.reading import ROOT

pytestmark = pytest.mark.django_db
SAMPLE = ROOT / "docs" / "operations" / "places.csv"
NOTICE = ROOT / "docs" / "operations" / "notice.txt"
HEAD = "区划代码,层级,名称,上级代码,职务,姓名,登录名,手机"
COUNTY, TOWN = "990101000000,县,南浦县,,,,,", "990101103000,镇,青禾镇,990101000000,,,,"
CLERK = "990101103205,村,柳溪村,990101103000,文书,方文静,fangwenjing,"


def set_up(file, **options) -> str:
    out = StringIO()
    call_command("set_up", file, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def table(tmp_path):
    def write(*lines):
        file = tmp_path / "places.csv"
        file.write_text("\n".join([HEAD, *lines]), encoding="utf-8")
        return file

    return write


def passwords(said: str) -> dict[str, str]:
    return dict(line.split("  ") for line in said.splitlines() if "  " in line)


def test_from_an_empty_database_a_clerk_signs_in_and_opens_the_roster_import():
    given = passwords(set_up(SAMPLE, notice=NOTICE))
    clerk = Appointment.objects.get(role="clerk", division__name="柳溪村")
    client = Client()
    name = clerk.user.username
    client.post("/accounts/login/", {"login": name, "password": given[name]})
    assert client.get(reverse("imports", args=[clerk.division.code])).status_code == 200
    assert Notice.objects.get().version == 1


def test_the_operator_signs_in_and_sees_the_machinery():
    given = passwords(set_up(SAMPLE))
    name = Appointment.objects.get(role="operator").user.username
    client = Client()
    client.post("/accounts/login/", {"login": name, "password": given[name]})
    assert client.get(reverse("stuck")).status_code == 200


def test_what_was_entered_stands_in_the_log():
    set_up(SAMPLE)
    assert Event.objects.filter(name="appointment.made").count() == Appointment.objects.count()
    assert [each for found in verifying.verify_all() for each in found.breaks] == []


def test_the_same_table_again_changes_nothing():
    set_up(SAMPLE, notice=NOTICE)
    before = [model.objects.count() for model in (Division, User, Appointment, Event, Notice)]
    assert passwords(set_up(SAMPLE, notice=NOTICE)) == {}
    assert [model.objects.count() for model in (Division, User, Appointment, Event, Notice)] == before


def test_a_village_is_added_later(table):
    set_up(table(COUNTY, TOWN))
    set_up(table(CLERK))
    assert Appointment.objects.get().division.parent.name == "青禾镇"


def test_nobody_can_sign_in_as_the_console(table):
    set_up(table(COUNTY))
    assert not User.objects.get(username="anzhuang").has_usable_password()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("99010110320,村,柳溪村,990101103000,,,,", "第4行“区划代码”：要12位数字"),
        ("990101103000,村,柳溪村,990101103000,,,,", "第4行“区划代码”：村的代码后三位不能都是0"),
        ("990101103205,寨,柳溪村,990101103000,,,,", "第4行“层级”：只能写县、镇或村"),
        ("990101103205,村,,990101103000,,,,", "第4行“名称”：要写"),
        ("990101103205,村,柳溪村,,,,,", "第4行“上级代码”：要写所在镇的代码"),
        ("990101204205,村,柳溪村,990101103000,,,,", "第4行“上级代码”：和本行的区划代码开头对不上"),
        ("990101103000,镇,红叶镇,990101000000,,,,", "第4行“区划代码”：和第3行是同一个代码"),
        ("990101103205,村,柳溪村,990101103000,镇评审组,方文静,fang,", "第4行“职务”：这一级只能写文书"),
        ("990101103205,村,柳溪村,990101103000,文书,,fang,", "第4行“姓名”：要写"),
        ("990101103205,村,柳溪村,990101103000,文书,方文静,方,1380000", "第4行“手机”：手机号是11位数字"),
        ("990101103205,村,柳溪村,990101103000,文书,方文静,方 文静,", "第4行“登录名”：登录名只用字母"),
        (
            "990101103205,村,柳溪村,990101103000,文书,方文静,anzhuang,",
            "第4行“登录名”：这个登录名已经是别人的",
        ),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_entered(table, line, said):
    with pytest.raises(CommandError, match=said):
        set_up(table(COUNTY, TOWN, line))
    assert not Division.objects.exists()
    assert not User.objects.exists()


def test_a_place_that_is_known_by_another_name_is_refused(table):
    set_up(table(COUNTY, TOWN))
    with pytest.raises(CommandError, match="系统里这个代码是县“南浦县”"):
        set_up(table("990101000000,县,北浦县,,,,,"))


def test_a_table_without_headings_is_refused(tmp_path):
    (tmp_path / "bare.csv").write_text(CLERK, encoding="utf-8")
    with pytest.raises(CommandError, match="第一行要有栏名"):
        set_up(tmp_path / "bare.csv")
