"""提示: raised once, answered by whom it is about, closed by a supervisor with a reason; nothing else follows."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from governance import deadlines
from governance.models import Deadline, Entry, Event, Scorecard
from governance.refusals import Conflict, Invalid, Refused
from oversight.models import Finding
from oversight.watch import findings, look, words
from oversight.watch.limits import LIMITS
from oversight.watch.waiting import LOOK
from tests import people
from tests.oversight.conftest import noon
from tests.walk.log_holds import LogHolds
from workflows.queues import waiting_for

pytestmark = pytest.mark.django_db
State = Finding.State
LATER = noon(date(2026, 10, 28))


@pytest.fixture
def world(three_months):
    """柳溪村 after its three months; what a test does to it is taken back."""
    with transaction.atomic():
        yield three_months[0]
        transaction.set_rollback(True)


@pytest.fixture
def alike(three_months, world):
    """The last of the three months; its look is due."""
    return three_months[1]


@pytest.fixture
def finding(alike, world) -> Finding:
    look.look(village=world.village, by=world.supervision, at=LATER)
    return Finding.objects.get(kind="identical")


def titles(user):
    return [task.title for task in waiting_for(user, at=LATER)]


class TestLooking:
    def test_sheets_all_alike_are_found_with_their_figures(self, finding, world):
        assert (finding.user, finding.area, finding.step) == (world.li, None, "")
        assert finding.figures == {"run": 3, "months": 3, "households": 5}
        assert (finding.first, finding.last, finding.quarter) == (
            date(2026, 4, 1),
            date(2026, 9, 1),
            "2026Q3",
        )

    def test_a_second_look_finds_nothing_new(self, finding, world):
        n = Finding.objects.count()
        assert look.look(village=world.village, by=world.supervisor, at=LATER) == []
        assert Finding.objects.count() == n

    def test_what_was_closed_this_quarter_is_not_raised_again(self, finding, world):
        findings.close(finding=finding, why="集体打扫。", by=world.supervision, at=LATER)
        assert look.look(village=world.village, by=world.supervision, at=LATER) == []

    def test_next_quarter_an_open_one_is_not_doubled_but_a_closed_one_may_come_again(
        self, finding, world, month
    ):
        homes = [
            line.subject for line in world.li.links.select_related("subject") if line.subject.enrolled_from
        ]
        month(10, *((home, "sweep") for home in homes))
        at = LATER + timedelta(days=10)
        assert "identical" not in {row.kind for row in look.look(village=world.village, by=None, at=at)}
        findings.close(finding=finding, why="集体打扫。", by=world.supervision, at=at)
        assert "identical" in {row.kind for row in look.look(village=world.village, by=None, at=at)}

    def test_a_month_s_end_looks_by_itself_with_the_next_tick(self, alike, world):
        deadlines.fire_due(alike.at + timedelta(minutes=1))
        row = Finding.objects.get(kind="identical")
        assert row.found_by is None
        looks = Deadline.objects.filter(kind=LOOK)
        assert (looks.count(), looks.filter(fired_at__isnull=False).count()) == (3, 3)

    def test_each_has_its_event_and_the_log_holds(self, finding, world):
        event = Event.objects.get(name="finding.found", about_id=str(finding.key))
        assert (event.by, event.subject_key) == (finding.found_by, None)
        LogHolds(world.village).check()

    def test_a_village_without_a_posted_month_has_nothing_to_look_at(self, world):
        assert look.look(village=world.elsewhere, by=world.supervisor, at=LATER) == []

    @pytest.mark.parametrize("who", ["clerk", "li", "officer", "wang"])
    def test_only_supervision_looks(self, world, who):
        with pytest.raises(Refused):
            look.look(village=world.village, by=getattr(world, who), at=LATER)

    def test_a_slow_step_and_an_area_that_disagrees_ask_nobody_in_particular(self, world):
        raised = look.Raised("slow", {"late": 3}, step="review")
        assert raised.about == "step:review"
        assert look.Raised("disagree", {}, area=world.east).about == f"area:{world.east.pk}"


class TestAnswering:
    def test_it_waits_for_the_person_shown_and_nobody_else(self, finding, world):
        assert any("监督想听您说一句" in title for title in titles(world.li))
        assert not any("监督想听您说一句" in title for title in titles(world.zhou))

    def test_the_person_says_a_sentence_and_the_supervisor_is_asked_to_read(self, finding, world):
        row = findings.answer(finding=finding, text="每月一次一起扫路。", by=world.li, at=LATER)
        assert (row.state, row.answer, row.answered_by) == (State.ANSWERED, "每月一次一起扫路。", world.li)
        assert not any("监督想听您说一句" in title for title in titles(world.li))
        assert "评议看板，有人说明了，等您看" in titles(world.supervision)
        assert "评议看板，有人说明了，等您看" in titles(world.supervisor)

    def test_words_stay_out_of_the_event_s_open_columns(self, finding, world):
        findings.answer(finding=finding, text="每月一次一起扫路。", by=world.li, at=LATER)
        event = Event.objects.get(name="finding.answered")
        assert "扫路" in event.body.content
        assert "扫路" not in str([value for key, value in vars(event).items() if key != "_state"])

    @pytest.mark.parametrize("who", ["zhou", "clerk", "supervision", "shi"])
    def test_nobody_speaks_for_another(self, finding, world, who):
        with pytest.raises(Refused):
            findings.answer(finding=finding, text="不是这样。", by=getattr(world, who), at=LATER)

    def test_nothing_is_no_answer(self, finding, world):
        with pytest.raises(Invalid):
            findings.answer(finding=finding, text=" ", by=world.li, at=LATER)

    def test_it_is_answered_once(self, finding, world):
        findings.answer(finding=finding, text="一起扫路。", by=world.li, at=LATER)
        with pytest.raises(Conflict):
            findings.answer(finding=finding, text="再说一句。", by=world.li, at=LATER)

    def test_an_area_s_leader_and_who_does_a_step_speak_for_them(self, world):
        common = {
            "village": world.village, "first": date(2026, 5, 1), "last": date(2026, 9, 1), "quarter": "2026Q3",
            "figures": {}, "found_at": LATER,
        }  # fmt: skip
        area = Finding.objects.create(kind="disagree", area=world.east, about="area:1", **common)
        step = Finding.objects.create(kind="slow", step="review", about="step:review", **common)
        assert findings.speaks(world.shi, area, at=LATER) == "leader"
        assert findings.speaks(world.gao, area, at=LATER) is None
        assert findings.speaks(world.lin, step, at=LATER) == "council"
        assert set(findings.about(world.lin, at=LATER)) == {step}
        assert set(findings.about(world.shi, at=LATER)) == {area}


class TestClosing:
    def test_a_supervisor_closes_with_a_reason_answered_or_not(self, finding, world):
        row = findings.close(finding=finding, why="看了签到表，是集体打扫。", by=world.supervision, at=LATER)
        assert (row.state, row.closed_by) == (State.CLOSED, world.supervision)
        assert not any("监督想听您说一句" in title for title in titles(world.li))

    def test_a_reason_is_needed(self, finding, world):
        with pytest.raises(Invalid):
            findings.close(finding=finding, why="", by=world.supervision, at=LATER)

    @pytest.mark.parametrize("who", ["li", "clerk", "officer", "elsewhere_clerk"])
    def test_nobody_else_closes(self, finding, world, who):
        with pytest.raises(Refused):
            findings.close(finding=finding, why="好了。", by=getattr(world, who), at=LATER)

    def test_nobody_closes_what_is_about_themselves(self, finding, world):
        people.appoint(world.li, "supervision", world.village)
        with pytest.raises(Refused, match="您自己"):
            findings.close(finding=finding, why="好了。", by=world.li, at=LATER)

    def test_nobody_closes_what_is_about_a_relative(self, finding, world):
        people.kin(world.supervision, world.li_home)
        with pytest.raises(Refused, match="亲属"):
            findings.close(finding=finding, why="好了。", by=world.supervision, at=LATER)

    def test_nothing_follows_from_a_finding(self, finding, world):
        before = Entry.objects.count(), Scorecard.objects.count(), world.li.appointments.count()
        findings.close(finding=finding, why="好了。", by=world.supervision, at=LATER)
        assert (Entry.objects.count(), Scorecard.objects.count(), world.li.appointments.count()) == before


def test_every_kind_has_its_limit_its_reason_its_ordinary_causes_and_its_sentence():
    assert set(LIMITS) == set(Finding.Kind) == set(words._SENTENCES)
    for limit in LIMITS.values():
        assert limit.reason.endswith("。")
        assert limit.ordinary.endswith("。")
