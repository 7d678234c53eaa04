"""A line under objection that a correction takes out for everybody: the case has what it asked for."""

from appeals import overtaken, timeline
from appeals.workbench.file import CaseFile
from governance.models import Event, Hold
from tests.appeals.cases import Case
from tests.published import entry


def test_the_case_closes_as_upheld_in_any_open_state(world, month):
    for go in [
        Case.file,
        lambda case: case.file().accept(),
        lambda case: case.file().accept().decide("rejected"),
    ]:
        case = Case(world, month)
        go(case)
        overtaken.close_cases([entry(month, "litter")], cause="correction:1", by=world.officer, at=case.at)
        assert (case.again().row.state, case.row.outcome) == ("closed", "upheld")
        assert not Hold.objects.filter(lifted_at=None).exists()
        assert not case.row.process.task_set.exclude(status__in=["DONE", "CANCELED"]).exists()
    assert Event.objects.filter(name="objection.overtaken").count() == 3


def test_the_household_and_the_office_read_in_the_course_of_the_case_what_happened(world, month):
    case = Case(world, month).file().accept()
    overtaken.close_cases([entry(month, "litter")], cause="correction:1", by=world.officer, at=case.at)
    row = case.again().row
    assert timeline.steps(row)[-1].what == "这一条和别的一起撤掉了，异议办结"
    assert CaseFile(row, world.officer, case.at).timeline[-1].what == "整批更正撤掉了这一条，办结"
