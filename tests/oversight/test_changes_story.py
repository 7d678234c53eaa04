"""The story of a thing: every act, every field before and after, every step, what it posted; gated for a household."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from viewflow.workflow.models import Task

from governance import rules
from governance.events import record
from governance.models import Appointment, EventBody, Policy, Rulebook
from notifications.models import Delivery, Message
from oversight.changes import lines, things
from tests import people
from tests.appeals.cases import Case
from tests.months import Month
from tests.people import NOON
from tests.published import clock, posted
from tests.workflows.pages import browser, text
from workflows import observations, sheets
from workflows.models import Round, SecondRating

LATER = NOON + timedelta(hours=1)
WHY = "查第1号异议"


@pytest.fixture(autouse=True)
def _now():
    with clock():
        yield


@pytest.fixture
def october(world):
    month = posted(world)
    month.case = Case(world, month, at=LATER).file().accept()
    return month


@pytest.fixture
def supervisor(world):
    return browser(world.supervisor)


def address(row, key=None):
    thing = things.of(row._meta.label_lower)
    return lines.story_url(thing, key or getattr(row, thing.key))


def opened(client, row):
    """The story of a household's thing, after the reason was given."""
    assert client.post(address(row), {"open_why": WHY}).status_code == 302
    return client.get(address(row))


class TestOfAnObservation:
    def test_it_tells_all_steps_with_what_they_changed_and_what_came_of_it(self, world, october, supervisor):
        answer = opened(supervisor, october.items["litter"])
        steps = answer.context["steps"]
        whats = [step.what for step in steps]
        assert whats[0] == "记下一件事"
        assert {"交一件事", "核了一件事", "投票", "一件事通过", "一件事公示"} <= set(whats)
        confirmed = next(step for step in steps if step.what == "核了一件事")
        assert ("状态", "等组长核", "等理事会审") in [(c.field, c.before, c.after) for c in confirmed.changes]
        assert (confirmed.who, confirmed.role) == ("石组长", "承包组长")
        first = {change.field: change.after for change in steps[0].changes}
        assert first["看到了什么"] == "在路口倒了一袋垃圾"  # the file is open: words are shown
        [line] = answer.context["posted"]
        assert (line.entry.raw_tenths, line.stands) == (-20, "暂缓，减分先不算")
        assert {task.what for task in answer.context["tasks"]} >= {"联户党员评户", "片组长核单", "理事会审议"}

    def test_acts_done_together_with_others_are_told(self, world, october, supervisor):
        steps = opened(supervisor, october.items["sweep"]).context["steps"]
        together = [step for step in steps if step.what == "没争议的事一起通过"]
        assert [step.part_of for step in together] == ["月评"]

    def test_it_is_closed_until_a_reason_is_given_and_logged(self, world, october, supervisor):
        item = october.items["litter"]
        answer = supervisor.get(address(item))
        assert "先写为什么" in text(answer)
        assert "垃圾" not in text(answer)
        opened(supervisor, item)
        assert WHY in text(browser(world.wang).get(reverse("my_readings")))

    def test_who_voted_is_told_but_not_their_words(self, world, october, supervisor):
        answer = opened(supervisor, october.items["litter"])
        assert "看了照片" not in text(answer)

    def test_a_deleted_draft_still_has_its_story_behind_the_gate(self, world, supervisor):
        month = Month(world, NOON).open()
        item = month.observe("扫路", world.wang_home, "sweep")
        key = item.key
        observations.drop(observation=item, by=world.li, at=NOON)
        answer = supervisor.get(address(item, key))
        assert "先写为什么" in text(answer)


class TestOfTheVillage:
    def test_a_sheet_tells_why_it_was_returned_without_asking_for_a_reason(self, world, supervisor):
        month = Month(world, NOON).open()
        month.observe("扫路", world.wang_home, "sweep")
        month.file_all()
        sheet = month.sheet(world.li)
        sheets.send_back(sheet=sheet, why="照片看不清", by=world.shi, at=NOON)
        answer = supervisor.get(address(sheet))
        shown = text(answer)
        assert "照片看不清" in shown
        assert [step.what for step in answer.context["steps"]] == ["开评户单", "交评户单", "退回评户单"]
        assert "王家户" not in shown

    @pytest.mark.parametrize(
        "of", ["round", "publication", "rulebook", "rule", "appointment", "area", "village"]
    )
    def test_whatever_it_is_it_has_a_page(self, world, october, supervisor, of):
        row = {
            "round": october.round,
            "publication": october.round.publication,
            "rulebook": world.rulebook,
            "rule": world.rules["sweep"],
            "appointment": Appointment.objects.get(user=world.li),
            "area": world.east,
            "village": world.village,
        }[of]
        answer = supervisor.get(address(row))
        assert answer.status_code == 200
        assert supervisor.post(address(row)).status_code == 405

    def test_a_changed_rule_shows_before_and_after(self, world, supervisor):
        draft = people.rulebook(world.village, Rulebook.State.DRAFT, version=2)
        rule = people.rule(draft, "9.1", "扫雪", "fixed", 1, points_tenths=10, conduct="sanitation")
        rule.history.all().delete()
        rule.save()
        rules.remove(rule=rule, by=world.clerk, at=NOON)
        shown = text(supervisor.get(address(rule, rule.key)))
        assert "删一条细则" in shown
        assert "已经删了" in shown

    def test_erased_words_are_said_to_be_erased(self, world, october, supervisor):
        EventBody.objects.filter(event__about_type="workflows.round").delete()
        assert "原话已经按要求删去" in text(supervisor.get(address(october.round)))


class TestWhoReads:
    def test_what_is_next_door_is_not_there(self, world, october):
        book = people.rulebook(world.elsewhere)
        client = browser(world.supervision)
        assert client.get(address(book)).status_code == 404
        assert client.get(address(world.elsewhere_home)).status_code == 404

    def test_what_never_was_is_not_there(self, supervisor):
        for kind, key in (
            ("round", uuid4()),
            ("round", "1"),
            ("nothing", uuid4()),
            ("area", "x"),
            ("policy", 9),
        ):
            assert supervisor.get(reverse("change_story", args=[kind, key])).status_code == 404

    @pytest.mark.parametrize("who", ["clerk", "officer", "wang", "stranger"])
    def test_nobody_but_supervisors_reads_a_story(self, world, october, who):
        client = browser(getattr(world, who))
        assert client.get(address(october.round)).status_code == 403

    def test_kin_do_not_open_it(self, world, october, supervisor):
        people.kin(world.supervisor, world.wang_home)
        assert supervisor.get(address(october.items["litter"])).status_code == 403

    def test_an_account_s_phone_is_never_shown(self, world, supervisor):
        world.li.phone = "13900001111"
        world.li.save()
        shown = text(supervisor.get(address(world.li)))
        assert "13900001111" not in shown
        assert "改过，原文不在这里显示" in shown


def test_a_long_story_says_that_it_is_cut_and_asks_no_more(world, supervisor, monkeypatch):
    from oversight.changes import story

    monkeypatch.setattr(story, "MOST", 3)
    counts = []
    for _ in range(2):
        for _ in range(4):
            record(
                "area.renamed", village=world.village, about=world.east, by=world.clerk, at=NOON, role="clerk"
            )
        supervisor.get(address(world.east))
        with CaptureQueriesContext(connection) as queries:
            answer = supervisor.get(address(world.east))
        counts.append(len(queries))
    assert "只列最近3件" in text(answer)
    assert len(answer.context["steps"]) == 3
    assert counts[0] == counts[1]


def test_the_county_s_number_belongs_to_who_supervises_it(world, supervisor):
    row = Policy.objects.create(name="quorum", value=3, source="县里", starts=NOON.date())
    assert supervisor.get(address(row)).status_code == 404


def test_a_retried_step_and_a_slip_handed_over_lead_somewhere_from_the_list(world, october, supervisor):
    task = Task.objects.filter(flow_task_type="HUMAN").first()
    told = {"village": world.village, "by": world.clerk, "at": NOON}
    record("step.retried", about=task, role="operator", **told)
    message = Message.objects.create(
        village=world.village, cause="event:1", kind="round.published", topic="home", to="household:1", title="公示了",
        text="公示了", short="公示了", is_urgent=False, made_at=NOON, subject_key=world.wang_home.key,
    )  # fmt: skip
    slip = Delivery.objects.create(village=world.village, message=message, channel="slip", due_at=NOON)
    record("slip.handed_over", about=slip, role="clerk", subject_key=world.wang_home.key, **told)
    for name in ("step.retried", "slip.handed_over"):
        [line] = supervisor.get(reverse("changes"), {"name": name}).context["lines"]
        assert supervisor.get(line.url).status_code == 200
    assert "卡住的一步重试，办成了" in text(supervisor.get(address(task)))
    assert "先写为什么" in text(supervisor.get(address(slip)))  # a household's slip: through the gate
    assert "纸条交到住户手里" in text(opened(supervisor, slip))


def test_a_story_says_rules_kinds_and_moments_in_the_project_s_words(world, supervisor):
    rule = people.rule(world.rulebook, "8.1", "养犬拴绳", "fixed", 1, points_tenths=10, conduct="animals")
    rule.kinds = ["shop"]
    rule.save()
    shown = text(supervisor.get(address(rule)))
    assert "禽畜和养犬" in shown
    assert "商户" in shown
    assert rule.family not in shown
    round = Round.objects.create(village=world.village, month=date(2026, 10, 1), opened_at=NOON)
    seen = SecondRating.objects.create(
        village=world.village, round=round, area=world.east, subject=world.wang_home, rater=world.zhou,
        asked_at=NOON, rules=[str(world.rules["sweep"].key)],
    )  # fmt: skip
    shown = text(opened(supervisor, seen))
    assert "按哪几条：1.1打扫门前公共路面" in shown
    assert str(world.rules["sweep"].key) not in shown
    assert "什么时候问的：11月16日12:00" in shown
