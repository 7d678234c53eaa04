"""A rulebook's life, from a spreadsheet to being superseded."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from governance import deadlines, rulebooks, rules
from governance.models import Event, Rule, Rulebook
from governance.refusals import Conflict, Invalid, Refused
from governance.rule_import import as_rows
from governance.rulebook_file import RawRow, read_rows, write_rows
from governance.rulebook_import import check_file
from tests.months import photo
from tests.people import NOON

BOOKS = Path(__file__).parents[3] / "shared" / "rulebooks"
ROWS = [
    RawRow(1, category="社会公德", item="打扫门前公共路面", points="+1", cap="每月最多2分", evidence="照片"),
    RawRow(2, category="社会公德", item="在公共地方乱倒垃圾", points="-2", evidence="照片"),
    RawRow(3, category="志愿服务", item="参加志愿服务累计达到10小时的", points="+2"),
    RawRow(4, category="志愿服务", item="参加志愿服务累计达到20小时的", points="+5"),
]
PROTECTED = RawRow(5, category="社会公德", item="越级上访的", points="-20")


def imported(world, rows=ROWS, **options):
    return rulebooks.import_report(
        village=world.village, report=check_file(rows), title="新细则", base_tenths=1000, by=world.clerk, at=NOON,
        **options,
    )  # fmt: skip


@pytest.fixture
def draft(world) -> Rulebook:
    return imported(world).rulebook


def answered(draft, world) -> Rulebook:
    for rule in draft.rules.all():
        for finding in list(rule.findings):
            rules.answer(rule=rule, ground=finding["ground"], words="大会上说明", by=world.clerk, at=NOON)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def announced(draft, world) -> Rulebook:
    answered(draft, world)
    draft = rulebooks.check(rulebook=draft, by=world.clerk, at=NOON)
    return rulebooks.announce(rulebook=draft, by=world.clerk, at=NOON)


def adopt(announced, world, at=NOON + timedelta(days=8), **changes):
    values = {
        "assembly_on": (NOON + timedelta(days=7)).date(), "present": 40, "agreed": 31,
        "starts_quarter": "2027Q1", "minutes": photo(),
    }  # fmt: skip
    return rulebooks.adopt(rulebook=announced, by=world.clerk, at=at, **values | changes)


def test_rows_become_rules_with_caps_and_dimension(draft):
    sweep = draft.rules.get(number="1.1")
    assert (sweep.points_tenths, sweep.month_points, sweep.dimension) == (10, 20, Rule.Dimension.PUBLIC)


def test_cumulative_rows_share_one_family_and_table(draft):
    ten, twenty = draft.rules.filter(number__startswith="2")
    assert ten.family == twenty.family
    assert [step.points_tenths for step in ten.steps.all()] == [20, 50]


def test_importing_again_changes_nothing(draft, world):
    before = Event.objects.count()
    again = imported(world)
    assert (again.added, again.removed, again.unchanged) == (0, 0, 4)
    assert Event.objects.count() == before


def test_a_changed_file_keeps_what_the_clerk_set(draft, world):
    rules.edit(rule=draft.rules.get(number="1.2"), values={"double_audit": True}, by=world.clerk, at=NOON)
    imported(world, rows=[ROWS[1], *ROWS[2:]])
    assert draft.rules.get(text=ROWS[1].item).double_audit
    assert draft.rules.count() == 3


def test_a_refused_row_stops_everything(world):
    with pytest.raises(Refused, match="有1行"):
        imported(world, rows=[*ROWS, PROTECTED])
    assert not Rulebook.objects.filter(title="新细则").exists()


def test_a_refused_row_can_be_left_out_and_is_counted(world):
    done = imported(world, rows=[*ROWS, PROTECTED], skip_refused=True)
    assert (done.added, done.left_out) == (4, 1)
    assert not done.rulebook.rules.filter(text__contains="上访").exists()


def test_the_export_is_read_back_as_unchanged(draft, world, tmp_path):
    write_rows(as_rows(draft), tmp_path / "细则.xlsx")
    assert imported(world, rows=read_rows(tmp_path / "细则.xlsx")).added == 0


def test_warnings_need_an_answer_before_the_check_passes(draft, world):
    with pytest.raises(Refused, match="要补"):
        rulebooks.check(rulebook=draft, by=world.clerk, at=NOON)
    answered(draft, world)
    assert rulebooks.check(rulebook=draft, by=world.clerk, at=NOON).state == Rulebook.State.CHECKED


def test_a_deduction_without_evidence_is_not_passed_on_even_if_answered(world):
    draft = imported(
        world, rows=[RawRow(1, category="社会公德", item="在公共地方乱倒垃圾", points="-2")]
    ).rulebook
    assert rulebooks.lacks(draft)
    rules.set_evidence(
        rulebook=draft, rules=list(draft.rules.all()), evidence="photo", by=world.clerk, at=NOON
    )
    assert not rulebooks.lacks(draft)


def test_comments_run_their_days_before_the_assembly(announced, world):
    with pytest.raises(Invalid, match="满日子"):
        adopt(announced, world, assembly_on=(NOON + timedelta(days=6)).date())


def test_less_than_half_does_not_adopt(announced, world):
    with pytest.raises(Invalid, match="半数"):
        adopt(announced, world, agreed=20)


def test_without_minutes_it_is_not_adopted(announced, world):
    with pytest.raises(Invalid) as refusal:
        adopt(announced, world, minutes=None)
    assert "minutes" in refusal.value.errors


def test_it_takes_effect_at_the_quarter_s_start_and_supersedes_the_old(announced, world):
    adopt(announced, world)
    deadlines.fire_due(NOON + timedelta(days=40))
    assert rulebooks.current(world.village) == world.rulebook
    deadlines.fire_due(NOON + timedelta(days=46))
    assert rulebooks.current(world.village) == announced
    world.rulebook.refresh_from_db()
    assert world.rulebook.state == Rulebook.State.SUPERSEDED


def test_a_version_that_replaces_another_waits_for_the_next_quarter(announced, world):
    with pytest.raises(Invalid, match="季初"):
        adopt(announced, world, starts_quarter="2026Q4")


def test_a_first_rulebook_may_hold_in_the_running_quarter(world):
    book = rulebooks.import_report(
        village=world.elsewhere, report=check_file(ROWS), title="细则", base_tenths=1000,
        by=world.elsewhere_clerk, at=NOON,
    ).rulebook  # fmt: skip
    for rule in book.rules.all():
        for finding in list(rule.findings):
            rules.answer(rule=rule, ground=finding["ground"], words="可以", by=world.elsewhere_clerk, at=NOON)
    book = rulebooks.check(rulebook=book, by=world.elsewhere_clerk, at=NOON)
    book = rulebooks.announce(rulebook=book, by=world.elsewhere_clerk, at=NOON)
    book = rulebooks.adopt(
        rulebook=book, assembly_on=date(2026, 11, 23), present=3, agreed=3, minutes=photo(),
        starts_quarter="2026Q4", by=world.elsewhere_clerk, at=NOON + timedelta(days=8),
    )  # fmt: skip
    assert book.state == Rulebook.State.IN_FORCE


def test_what_is_in_force_is_not_edited(world):
    with pytest.raises(Conflict, match="另起一版"):
        rules.edit(rule=world.rules["sweep"], values={"number": "9"}, by=world.clerk, at=NOON)


def test_a_copy_is_a_draft_with_the_same_families(world):
    twin = rulebooks.copy(rulebook=world.rulebook, by=world.clerk, at=NOON)
    assert twin.state == Rulebook.State.DRAFT
    assert set(twin.rules.values_list("family", flat=True)) == set(
        world.rulebook.rules.values_list("family", flat=True)
    )
    assert twin.rules.get(number="4.1").steps.count() == 3


def test_only_the_clerk_may(draft, world):
    with pytest.raises(Refused, match="文书"):
        rulebooks.check(rulebook=draft, by=world.lin, at=NOON)


@pytest.mark.skipif(not BOOKS.is_dir(), reason="the real rulebooks are not beside the project")
class TestCommandsOnRealRulebooks:
    def run(self, *args):
        out = StringIO()
        try:
            call_command(*args, stdout=out)
            code = 0
        except SystemExit as stop:
            code = stop.code
        return code, out.getvalue().splitlines()

    def test_a_file_with_refused_rows_stores_nothing(self, world):
        code, lines = self.run(
            "import_rulebook", str(BOOKS / "wendeng_rural_2020.csv"), "--village", world.village.code
        )
        assert code == 1
        assert lines[-1].startswith("accepted ")
        assert Rulebook.objects.count() == 1

    def test_skipping_refused_rows_stores_the_others_at_their_base(self, world):
        code, lines = self.run(
            "import_rulebook", str(BOOKS / "wendeng_rural_2020.csv"), "--village", world.village.code,
            "--skip-refused", "--base", "1000",
        )  # fmt: skip
        book = Rulebook.objects.get(state=Rulebook.State.DRAFT)
        counts = [int(part.split()[1]) for part in lines[-1].split(", ")]
        assert (code, book.base_tenths, sum(counts)) == (0, 10000, 228)
        assert book.rules.count() == counts[0] + counts[1]

    def test_a_dry_run_stores_nothing(self, world):
        code, _ = self.run(
            "import_rulebook", str(BOOKS / "longsheng_village_2026.csv"), "--village", world.village.code,
            "--dry-run", "--skip-refused",
        )  # fmt: skip
        assert code == 0
        assert Rulebook.objects.count() == 1

    def test_lint_fails_on_redlines(self):
        code, lines = self.run("lint_rulebook", str(BOOKS / "redlines_must_refuse.csv"))
        assert code == 1
        assert lines[-1].endswith("refused 40")
