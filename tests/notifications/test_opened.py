"""Every kind of message, made by the real services, leads whoever is told to a page that opens for them then."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from appeals import (
    assignments,
    corrections,
    decisions,
    hearings,
    inquiries,
    objections,
    papers,
    repair_posting,
    repair_review,
    repairs,
    waits,
)
from governance import (
    appointments,
    consents,
    deadlines,
    files,
    kinships,
    links,
    members,
    policies,
    slips,
    subjects,
)
from governance.events import record
from governance.identity import Person
from governance.models import Appointment, Consent, Rulebook
from governance.models.people import Role
from governance.subjects import Home, Part
from notifications import kinds
from oversight.models import Finding
from oversight.watch import findings
from oversight.watch.look import Raised, _raise
from rights import erasures, exports, rectifications
from tests import people
from tests.appeals.cases import Case
from tests.months import Month, photo
from tests.notifications.opened import Opened
from tests.people import NOON
from tests.published import posted
from tests.repaired import applied, approved, november, shown, verified
from tests.workflows import settled
from workflows import (
    amendment_signing,
    observations,
    publications,
    second_ratings,
    settlements,
    sheets,
    signatures,
    standins,
)
from workflows.models import Amendment, SecondRating, Sheet
from workflows.observations import Fact

HOUR = timedelta(hours=1)
ONE, TWO = NOON + HOUR, NOON + 2 * HOUR
# Not played below; each leads to the page of a kind that is.
ELSEWHERE = {
    "subject.merged",  # as subject.split
    "settlement.published",  # for whoever has no card of their own: nobody in this village
    "second.passed_on",  # as second.drawn
}  # fmt: skip


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    """Evidence of a test lies in the test's own folder."""
    settings.MEDIA_ROOT = tmp_path


def begin(world) -> Opened:
    """What is there already is no news."""
    record("area.added", village=world.village, about=world.east, by=world.clerk, at=NOON)
    return Opened(world).look(NOON)


def the_month(world):
    opened = begin(world)
    month = Month(world, NOON).open()
    opened.look(ONE)
    month.observe("hours", world.wang_home, "volunteer", quantity_milli=5000)
    month.observe("out", world.wang_home, "sweep")
    month.observe("sweep", world.zhao_home, "sweep")
    month.observe("block", world.liu_home, "block", chosen_tenths=30, grounds="堵了半条通道")
    sheet = month.sheet(world.li)
    sheets.nothing(sheet=sheet, by=world.li, at=NOON)
    sheets.file(sheet=sheet, by=world.li, at=NOON)
    opened.look(ONE)
    sheets.send_back(sheet=Sheet.objects.get(pk=sheet.pk), why="再看看", by=world.shi, at=NOON)
    opened.look(ONE)
    month.file_all()
    opened.look(ONE)
    fewer = Fact(fact="看见hours", occurred_on=date(2026, 10, 10), quantity_milli=3000, photos=())
    observations.adjust(observation=month.items["hours"], fact=fewer, why="只有三小时", by=world.shi, at=NOON)
    observations.reject(observation=month.items["out"], why="没有看见", by=world.shi, at=NOON)
    opened.look(ONE)
    month.confirm_all()
    opened.look(ONE)
    month.vote(month.items["block"], "send_back")
    opened.look(ONE)
    observations.confirm(observation=month.items["block"], by=world.shi, at=NOON)
    month.review_all().send()
    opened.look(ONE)
    month.items["sweep"].refresh_from_db()
    signatures.send_back(observation=month.items["sweep"], why="再投一次", by=world.committee[0], at=NOON)
    opened.look(ONE)
    month.vote(month.items["sweep"], "approve")
    month.sign()
    opened.look(ONE)
    month.publish()
    opened.look(ONE)
    publications.extend(publication=month.round.publication, days=2, why="下雨", by=world.clerk, at=NOON)
    opened.look(ONE)
    return opened


def what_is_late(world):
    opened = begin(world)
    month = Month(world, NOON, date(2026, 11, 1)).open()
    month.observe("litter", world.wang_home, "litter")
    sheet = month.sheet(world.li)
    sheets.nothing(sheet=sheet, by=world.li, at=NOON)
    sheets.file(sheet=sheet, by=world.li, at=NOON)
    office = Appointment.objects.get(user=world.zhou)
    for days in range(1, 40):
        at = NOON + timedelta(days=days)
        deadlines.fire_due(at)
        opened.look(at)
        month.round.refresh_from_db()
        if month.round.state == "collecting" and "round.areas_late" in opened.told:
            month.at = at
            month.confirm_all()
            opened.look(at)
        if "observation.to_township" in opened.told:
            break
    assert office.role == Role.RATER
    return opened


def looking_again(world):
    opened = begin(world)
    month = posted(world)
    opened.look(ONE)
    row = SecondRating.objects.filter(round=month.round, state=SecondRating.State.ASKED).first()
    second_ratings.end_of(row.subject, by=world.clerk, at=NOON)
    opened.look(ONE)
    at = deadlines.Deadline.objects.get(kind="round.window").due_at - 5 * HOUR
    return opened.look(at)


def the_second_look(world):
    opened = begin(world)
    Month(world, NOON).open().to_review()
    at = deadlines.Deadline.objects.get(kind="round.second").due_at - 5 * HOUR
    return opened.look(at)


def the_quarter(world):
    opened = begin(world)
    month = settled.october(world)
    opened.look(ONE)
    quarter = settled.computed(world)
    opened.look(settled.JANUARY)
    quarter = settlements.recompute(
        settlement=quarter, why="再算一遍", by=world.committee[0], at=settled.JANUARY
    )
    opened.look(settled.JANUARY)
    quarter = settled.signed(world, quarter)
    opened.look(settled.JANUARY)
    publications.publish_settlement(settlement=quarter, by=world.clerk, at=settled.JANUARY)
    opened.look(settled.JANUARY)
    settled.take_out(world, settled.line(month, "乱倒"))
    opened.look(settled.LATER)
    row = Amendment.objects.get()
    for signer in world.committee[:2]:
        amendment_signing.look(amendment=row, by=signer, at=settled.LATER)
        amendment_signing.sign(amendment=row, word="", by=signer, at=settled.LATER)
    return opened.look(settled.LATER)


def an_objection(world):
    people.consent(people.adult(world.wang_home, "王大妈", people.account("王大妈")))  # hears what he does
    opened = begin(world)
    case = Case(world, posted(world)).file()
    opened.look(ONE)
    case.accept()
    opened.look(ONE)
    waits.suspend(objection=case.row, why="请补照片", by=world.officer, at=NOON)
    opened.look(ONE)
    papers.hand_in(objection=case.row, files=[photo()], text="照片在这里", by=world.wang, at=NOON)
    opened.look(ONE)
    papers.hand_in(objection=case.again().row, files=[], text="村里的说明", by=world.officer, at=NOON)
    waits.extend(objection=case.again().row, days=2, why="人不在", by=world.officer, at=NOON)
    inquiry = inquiries.ask(
        objection=case.row, kind="leader", to_user=world.gao, question="看见了吗？", by=world.officer, at=NOON
    )  # fmt: skip
    hearing = hearings.call(
        objection=case.row, takes_place_at=ONE, place="村部", by=world.officer, at=NOON
    )  # fmt: skip
    opened.look(ONE)
    inquiries.answer(inquiry=inquiry, text="没看见", by=world.gao, at=NOON)
    hearings.hold(hearing=hearing, minutes="都到了", by=world.officer, at=TWO)
    again = hearings.call(
        objection=case.row, takes_place_at=NOON + 9 * HOUR, place="村部", by=world.officer, at=TWO
    )
    hearings.cancel(hearing=again, why="不用了", by=world.officer, at=TWO)
    opened.look(TWO)
    case.decide("rejected")
    opened.look(TWO)
    opened.look(deadlines.Deadline.objects.get(kind="objection.window").due_at - 5 * HOUR)
    case.ask_review()
    opened.look(TWO)
    case.decide("rejected", by=world.panel[0])
    opened.look(TWO)
    other = Case(world, case.month).file("sweep")
    opened.look(TWO)
    objections.withdraw(objection=other.row, by=world.wang, at=NOON)
    opened.look(TWO)
    return opened


def closed_and_refused(world):
    opened = begin(world)
    case = Case(world, posted(world)).file()
    decisions.refuse(objection=case.row, grounds="不在公示期。", by=world.officer, at=NOON)
    opened.look(ONE)
    case.to_due()
    return opened.look(case.at)


def late_cases(world):
    opened = begin(world)
    month = posted(world)
    case, plus = Case(world, month).file().accept(), Case(world, month).file("sweep").accept()
    inquiries.ask(
        objection=case.row, kind="leader", to_user=world.gao, question="看见了吗？", by=world.officer, at=NOON
    )  # fmt: skip
    for days in range(1, 60):
        at = NOON + timedelta(days=days)
        deadlines.fire_due(at)
        opened.look(at)
        if "objection.overdue.home" in opened.told:
            break
    assert plus.again().row.state == "reviewing"
    return opened


def handed_on(world):
    opened = begin(world)
    other = people.person("方专员", Role.OFFICER, world.township)
    case = Case(world, posted(world)).file().accept()
    assignments.hand_over(objection=case.row, to=other, why="太忙", by=world.officer, at=NOON)
    opened.look(ONE)
    days = {"starts": date(2026, 11, 17), "ends": date(2026, 11, 20)}
    away = assignments.delegate(to=world.officer, why="出差", by=other, at=NOON, **days)
    opened.look(ONE)
    assignments.end_delegation(delegation=away, by=other, at=NOON)
    opened.look(ONE)
    assignments.give_back(Appointment.objects.get(user=other), world.officer, by=world.clerk, at=NOON)
    return opened.look(ONE)


def a_repair(world):
    opened = begin(world)
    month = posted(world)
    row = applied(world, month, how="helper", by=_helper(world))
    opened.look(ONE)
    shown(row, world.wang)
    opened.look(ONE)
    repairs.hand_in(repair=_again(row), text="还有一张", by=world.wang, at=NOON)
    opened.look(ONE)
    repair_review.send_back(repair=_again(row), why="还差一点", by=world.gao, at=NOON)
    opened.look(ONE)
    shown(_again(row), world.wang)
    verified(_again(row), world.gao)
    opened.look(ONE)
    approved(_again(row), world.council[:2])
    opened.look(ONE)
    november(world, ONE).publish()
    opened.look(TWO)
    repair_posting.revoke(repair=_again(row), why="照片是别人家的", by=world.panel[2], at=TWO)
    return opened.look(TWO)


def repairs_that_end_otherwise(world):
    opened = begin(world)
    month = posted(world)
    withdrawn = applied(world, month, how="helper", by=_helper(world))
    repairs.withdraw(repair=withdrawn, by=world.helper, at=NOON)
    opened.look(ONE)
    refused = shown(applied(world, month), world.wang)
    repair_review.refuse(repair=refused, why="没有做", by=world.gao, at=NOON)
    opened.look(ONE)
    repairs.look_again(repair=_again(refused), by=world.officer, at=NOON)
    opened.look(ONE)
    for days in range(1, 20):
        at = NOON + timedelta(days=days)
        deadlines.fire_due(at)
        opened.look(at)
    return opened


def repairs_that_are_late(world):
    opened = begin(world)
    month = posted(world)
    row = verified(shown(applied(world, month), world.wang), world.gao)
    for days in range(1, 20):
        at = NOON + timedelta(days=days)
        deadlines.fire_due(at)
        opened.look(at)
    assert row
    return opened


def a_promise_that_lapses(world):
    opened = begin(world)
    applied(world, posted(world))
    for days in range(1, 20):
        at = NOON + timedelta(days=days)
        deadlines.fire_due(at)
        opened.look(at)
    return opened


def a_correction(world):
    opened = begin(world)
    posted(world)
    what = {
        "village": world.village,
        "rule": world.rules["litter"],
        "ground": "没有依据。",
        "source": "第3号",
    }
    row = corrections.propose(**what, by=world.officer, at=NOON)
    opened.look(ONE)
    corrections.drop(correction=row, by=world.panel[0], at=NOON)
    opened.look(ONE)
    row = corrections.propose(**what, by=world.officer, at=NOON)
    corrections.sign(correction=row, by=world.panel[0], at=NOON)
    return opened.look(ONE)


def a_correction_that_overtakes(world):
    opened = begin(world)
    month = posted(world)
    Case(world, month).file()
    what = {
        "village": world.village,
        "ground": "没有依据。",
        "source": "第3号",
        "by": world.officer,
        "at": NOON,
    }
    row = corrections.propose(rule=world.rules["litter"], **what)
    corrections.sign(correction=row, by=world.panel[0], at=NOON)
    return opened.look(ONE)


def a_correction_that_makes_a_repair_needless(world):
    opened = begin(world)
    applied(world, posted(world))
    what = {
        "village": world.village,
        "ground": "没有依据。",
        "source": "第3号",
        "by": world.officer,
        "at": NOON,
    }
    row = corrections.propose(rule=world.rules["litter"], **what)
    corrections.sign(correction=row, by=world.panel[0], at=NOON)
    return opened.look(ONE)


@transaction.atomic
def who_must_stand_aside(world):
    opened = begin(world)
    month = Month(world, NOON).open()
    line = month.sheet(world.li).lines.select_related("sheet__round", "subject__area", "subject__village").get(
        subject=world.wang_home
    )  # fmt: skip
    standins.divert(line, world.rules["litter"], role=Role.RATER, by=world.li, at=NOON)
    return opened.look(ONE)


def the_roster(world):
    opened = begin(world)
    by = {"by": world.clerk, "at": NOON}
    wife = people.adult(world.wang_home, "王大妈", people.account("王大妈"))
    people.consent(wife)
    why = {"why": "登记错了"} | by
    subjects.correct(subject=world.wang_home, home=Home(world.east, "1号", "王大爷户"), **why)
    members.correct(member=wife, person=Person("王大妈"), **by)
    son = members.add(subject=world.wang_home, person=Person("王小明"), **by)
    opened.look(ONE)
    slips.bind(
        code=slips.make(member=son, **by), at=NOON, ip="::1", username="xiaoming", password="chun-feng-8811"
    )
    opened.look(ONE)
    members.unbind(member=son, **why)
    members.leave(member=son, on=NOON.date(), **why)
    files.reveal(world.wang_home, **by)
    kin = kinships.declare(user=world.lin, subject=world.wang_home, relation="sibling", **by)
    kinships.end(kinship=kin, **why)
    links.relink(subject=world.wang_home, rater=world.zhou, **why)
    policies.set_value("quorum", 3, village=world.village, starts=date(2026, 12, 1), source="大会定的", **by)
    appointments.appoint(user=world.stranger, role=Role.COUNCIL, division=world.village, **by)
    opened.look(ONE)
    members.change_head(member=wife, **why)
    opened.look(ONE)
    exports.hand_out(member=wife, form="json", how="online", by=wife.user, at=NOON)
    return opened.look(ONE)


def new_files(world):
    opened = begin(world)
    by = {"by": world.clerk, "at": NOON, "why": "办手续"}
    wife = people.adult(world.wang_home, "王大妈", people.account("王大妈"))
    people.consent(wife)
    parts = [
        Part(Home(world.east, "1号", "王家户"), world.head),
        Part(Home(world.west, "9号", "王大妈户"), wife),
    ]
    subjects.split(subject=world.wang_home, parts=parts, on=NOON.date(), **by)
    opened.look(ONE)
    home = world.wang.memberships.get(left_on=None).subject
    subjects.move(subject=home, area=world.west, door="12号", on=NOON.date(), **by)
    opened.look(ONE)
    home = world.li_home
    son = people.adult(home, "李小党", people.account("李小党"))
    subjects.head_died(subject=home, head=son, name="李家户", on=NOON.date(), **by)
    return opened.look(ONE)


def consent_and_rights(world):
    opened = begin(world)
    wife = people.adult(world.wang_home, "王大妈", people.account("王大妈"))
    consents.give_on_paper(
        member=wife, purpose="scoring", given_on=NOON.date(), witness="见证人甲", by=world.clerk, at=NOON
    )  # fmt: skip
    opened.look(ONE)
    ask = {"for_member": world.head, "what": "phone", "text": "手机号换了", "by": world.wang, "how": "online"}
    done, refused, gone, late = (rectifications.file(**ask, at=NOON) for _ in range(4))
    opened.look(ONE)
    members.correct(member=world.head, person=Person("王大爷"), by=world.clerk, at=ONE)
    rectifications.finish(rectification=done, answer="改好了", by=world.clerk, at=ONE)
    rectifications.refuse(rectification=refused, answer="没有错", by=world.clerk, at=ONE)
    rectifications.withdraw(rectification=gone, by=world.wang, at=ONE)
    opened.look(TWO)
    opened.look(
        deadlines.Deadline.objects.get(kind="rectification.answer", cancelled_at=None).due_at - 5 * HOUR
    )
    rectifications.overdue(rectification=late, at=TWO)
    opened.look(TWO)
    consents.withdraw(member=wife, by=wife.user, at=TWO)
    consents.withdraw(member=world.head, by=world.clerk, at=TWO)
    opened.look(TWO)
    row = erasures.ask(for_member=world.head, whole=True, how="online", by=world.wang, at=TWO)
    opened.look(TWO)
    opened.look(deadlines.Deadline.objects.get(kind="erasure.due").due_at - 5 * HOUR)
    erasures.undo(erasure=row, by=world.wang, at=TWO)
    return opened.look(TWO)


def rules_and_the_watch(world):
    opened = begin(world)
    book = people.rulebook(world.village, Rulebook.State.ANNOUNCED, version=2)
    book.announced_on = date(2026, 11, 1)
    book.save()
    for name in ("rulebook.announced", "rulebook.adopted", "rulebook.in_force"):
        record(name, village=world.village, about=book, by=world.clerk, at=NOON)
    record("log.epoch", village=world.village, about=world.village, by=None, at=NOON)
    period = date(2026, 7, 1), date(2026, 9, 1)
    raised = [
        Raised(Finding.Kind.IDENTICAL, {"run": 3, "months": 3, "households": 3}, world.li),
        Raised(Finding.Kind.DISAGREE, {"answered": 9, "same": 3, "nothing": 3, "other": 3}, area=world.east),
        Raised(
            Finding.Kind.SLOW, {"late": 5, "cases": 9, "within": 4, "median": 3, "slow": 9}, step="review"
        ),
    ]
    rows = [_raise(each, world.village, period, by=None, at=NOON, role="system") for each in raised]
    opened.look(ONE)
    findings.answer(finding=rows[0], text="那几个月都下雨。", by=world.li, at=NOON)
    opened.look(ONE)
    findings.close(finding=rows[0], why="说得通", by=world.supervision, at=NOON)
    return opened.look(ONE)


def somebody_leaves(world):
    opened = begin(world)
    Month(world, NOON, date(2026, 11, 1)).open()
    appointments.end(
        appointment=Appointment.objects.get(user=world.zhou), why="搬走了", by=world.clerk, at=NOON,
        successor=world.li, on=date(2026, 11, 15),
    )  # fmt: skip
    return opened.look(ONE)


def _helper(world):
    people.consent(world.head, Consent.Purpose.HELPER)
    return world.helper


def _again(row):
    row.refresh_from_db()
    return row


STORIES = (
    the_month, what_is_late, looking_again, the_second_look, the_quarter, an_objection, closed_and_refused,
    late_cases, handed_on, a_repair, repairs_that_end_otherwise, repairs_that_are_late, a_promise_that_lapses,
    a_correction, a_correction_that_overtakes, a_correction_that_makes_a_repair_needless, who_must_stand_aside,
    the_roster, new_files, consent_and_rights, rules_and_the_watch, somebody_leaves,
)  # fmt: skip
TOLD: set[str] = set()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_page_that_somebody_is_led_to_opens(world, story):
    opened = story(world)
    TOLD.update(opened.told)
    assert opened.shut == []


def test_the_stories_tell_everything_there_is():
    """Runs after them; alone it has nothing to say."""
    if TOLD:
        assert kinds.BY_NAME.keys() - TOLD <= ELSEWHERE
