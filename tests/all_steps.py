"""柳溪村 with something behind every page at once, and everybody who might open it.

Months stand side by side in their different steps, so that one village serves a whole walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from appeals import (
    assignments,
    corrections,
    decisions,
    facts,
    hearings,
    inquiries,
    objections,
    repair_review,
    repairs,
)
from appeals.against import Against
from appeals.models import Objection, Paragraph, Repair, SavedView
from config.permissions import ACCOUNT, MEMBER, RESIDENT, VISITOR, Scope
from governance import deadlines, imports, ledger, rulebooks
from governance.events import record
from governance.jobs import running
from governance.models import Appointment, Consent, Kinship, Rulebook, Scorecard, Shield, User
from governance.models.people import Role
from governance.roster_file import RosterRow, write_rows
from notifications import calendar
from oversight.changes import long_table
from oversight.changes.asked import places
from oversight.changes.forms import SearchForm
from oversight.models import Finding
from rights import erasures, rectifications
from tests import people
from tests.months import Month, photo
from tests.notifications import messages
from tests.people import NOON, World
from tests.published import entry
from tests.transparency.logs import signed
from tests.walkthrough import Actor, Walk, addresses, browser
from workflows import (
    amendment_signing,
    amendments,
    notice_files,
    observations,
    publications,
    settlements,
    sheets,
)
from workflows.models import Amendment, Publication, SecondRating, Settlement

WANG_TOTAL = "96.3"  # 100, 1 more, 4.7 less: a sum that no page prints by chance
LATER = NOON + timedelta(hours=1)
_ROSTER = RosterRow(2, "990101103205", "东片", "21号", "沈家户", "户", "沈木匠", rater="李党员")


@dataclass
class Others:
    """People beside the village's own."""

    rater: User  # 吴党员
    lyu: object  # 东片8号, rated by 吴党员
    former: User  # was clerk until October
    wife: User  # of 王大爷, has not agreed
    liu: User  # of 东片2号
    chen: User  # of 东片3号, which does not take part


@dataclass
class Village:
    """The world with a month in each step, a quarter to sign, one to post, one corrected, and an open case."""

    world: World
    others: Others
    months: dict[str, Month]
    quarter: Settlement
    signed_quarter: Settlement
    amendment: Amendment
    notice: Publication
    case: Objection
    repairs: dict[str, Repair]
    answered: Objection
    refused: Repair

    def walk(self) -> Walk:
        """Everybody, and the address of every page."""
        return Walk({actor.name: actor for actor in _actors(self)}, addresses(_keys(self), _values(self)))


def build() -> Village:
    """The village an hour after noon of 16 November, driven there by the real services."""
    world = people.build()
    others = _others(world)
    mended = _repairs(world)  # the one that is approved is posted with a month below
    months = _months(world) | {"open": _open_month(world, others)}
    Rulebook.objects.filter(pk=world.rulebook.pk).update(starts_quarter="2025Q4")
    quarter, signed = _quarter(world, "2026Q3"), _signed(world, "2025Q4")
    amendment, notice = _corrected(world, _signed(world, "2026Q1"))
    cases = _case(world, months), mended, _decided(world), _refused(world, months)
    return Village(world, others, months, quarter, signed, amendment, notice, *cases)


def _others(world) -> Others:
    rater, former = people.person("吴党员", Role.RATER, world.village), people.account("前文书")
    people.appoint(former, Role.CLERK, world.village, ends=date(2026, 10, 31))
    lyu = people.household("8号", world.east, "吕大伯", rater=rater)
    wife, liu, chen = (people.account(name) for name in ("王大妈", "刘大婶", "陈师傅"))
    people.adult(world.wang_home, "王大妈", wife)
    for user, home in ((liu, world.liu_home), (chen, world.chen_home)):
        home.members.filter(is_head=True).update(user=user)
    people.consent(world.head, Consent.Purpose.HELPER)
    for user in (world.council[4], world.committee[2]):
        people.kin(user, world.wang_home)
    return Others(rater, lyu, former, wife, liu, chen)


def _months(world) -> dict[str, Month]:
    """One being signed, one signed, one all decided, one posted, one under review."""
    numbers = {"signing": 4, "signed": 5, "decided": 6, "posted": 9, "review": 10}
    found = {name: Month(world, NOON, date(2026, n, 1)).open() for name, n in numbers.items()}
    for month in found.values():
        month.observe("sweep", world.wang_home, "sweep", fact="扫了村口的路")
    for name in ("posted", "review"):
        found[name].observe(
            "block", world.wang_home, "block", chosen_tenths=47, grounds="堵了半条通道", fact="柴堆在通道上"
        )
    for month in found.values():
        month.to_review()
    for name in ("signing", "signed", "decided", "posted"):
        found[name].review_all()
    for name in ("signing", "signed", "posted"):
        found[name].send()
    for name in ("signed", "posted"):
        found[name].sign()
    found["posted"].publish()
    return found


def _open_month(world, others) -> Month:
    """November: one sheet being filled in, one handed in, one with its only item settled."""
    month = Month(world, NOON, date(2026, 11, 1)).open()
    month.observe("draft", world.wang_home, "sweep")
    for name, home in (("filed", others.lyu), ("settled", world.zhao_home)):
        sheet = month.observe(name, home, "sweep").sheet
        sheets.nothing(sheet=sheet, by=sheet.rater, at=NOON)
        sheets.file(sheet=sheet, by=sheet.rater, at=NOON)
    observations.confirm(observation=month.items["settled"], by=world.shi, at=NOON)
    return month


def _quarter(world, quarter: str) -> Settlement:
    return settlements.start(village=world.village, quarter=quarter, by=world.clerk, at=NOON)


def _signed(world, quarter: str) -> Settlement:
    """A quarter without months, so that no card must be looked at before signing."""
    made = _quarter(world, quarter)
    for signer in world.committee[:2]:
        made = settlements.sign(settlement=made, word="", by=signer, at=NOON)
    return made


def _corrected(world, quarter: Settlement) -> tuple[Amendment, Publication]:
    """A posted quarter in which a line was added for two households: one signed and posted anew, one waits."""
    publications.publish_settlement(settlement=quarter, by=world.clerk, at=NOON)
    lines = [
        ledger.draft(
            subject=home, rule=world.rules["sweep"], quarter=quarter.quarter, occurred_on=date(2026, 3, 9),
            raw_tenths=10, source=f"case:{home.key}",
        )
        for home in (world.wang_home, world.zhao_home)
    ]  # fmt: skip
    event = record(
        "case.decided", village=world.village, about=quarter, by=world.officer, at=NOON, rows=lines
    )
    ledger.post(lines, event=event)
    waiting, signed = (
        amendments.follow(
            subject=line.subject, quarter=quarter.quarter, cause=line.source, by=world.officer, at=NOON
        )[0]
        for line in lines
    )
    for signer in world.committee[:2]:
        amendment_signing.look(amendment=signed, by=signer, at=NOON)
        amendment_signing.sign(amendment=signed, word="", by=signer, at=NOON)
    return waiting, quarter.publication.corrections.get()


def _case(world, months) -> Objection:
    line = entry(months["posted"], "block")
    case = objections.file(
        against=Against.line(line),
        text="那天我不在家。",
        how="helper",
        for_member=world.head,
        by=world.helper,
        at=LATER,
    )
    # Whoever judged that line would stand aside from every other deduction here; test_guard tells of that.
    Shield.objects.all().delete()
    return case


def _repairs(world) -> dict[str, Repair]:
    """One in each step, each of a deduction of its own in a quarter that no other page shows."""
    names = ("promised", "shown", "verified", "approved")
    found = {name: promise(world, deduction(world, n)) for n, name in enumerate(names, start=1)}
    for name in names[1:]:
        files = [photo()]
        repairs.show(repair=found[name], done="清干净了", files=files, by=world.wang, at=NOON)
    for name in names[2:]:
        repair_review.verify(repair=found[name], by=world.shi, at=NOON)
    for voter in world.council[2:4]:
        repair_review.vote(repair=found["approved"], agrees=True, reason="", by=voter, at=NOON)
    return found


def deduction(world, n: int):
    """A line of 王家户 dated the n-th of May, that nobody's sheet is behind."""
    line = ledger.draft(
        subject=world.wang_home, rule=world.rules["litter"], quarter="2026Q2", occurred_on=date(2026, 5, n),
        raw_tenths=-20, source=f"test:{n}",
    )  # fmt: skip
    event = record("test.line", village=world.village, about=line, by=None, at=NOON, rows=[line])
    return ledger.post([line], event=event)[0]


def promise(world, line) -> Repair:
    """The helper takes down the promise of 王大爷."""
    return repairs.apply(
        entry=line, wrong="倒错了地方", promise="清干净", due_on=date(2026, 11, 30), how="helper",
        for_member=world.head, by=world.helper, at=NOON,
    )  # fmt: skip


def _decided(world) -> Objection:
    """A missing plus of 王大爷 that was not granted; he may ask for a second review."""
    case = _missing(world, date(2026, 10, 20))
    decisions.decide(
        objection=case, outcome="rejected", grounds="那天没有人扫过。", seen=facts.seen(case, at=LATER),
        by=world.officer, at=LATER,
    )  # fmt: skip
    return case


def _missing(world, day) -> Objection:
    case = objections.file(
        against=Against.missing(world.wang_home, day, world.rules["sweep"]), text="我扫了路。", how="helper",
        for_member=world.head, by=world.helper, at=LATER,
    )  # fmt: skip
    decisions.accept(objection=case, by=world.officer, at=LATER)
    case.refresh_from_db()
    return case


def _refused(world, months) -> Repair:
    return Repair.objects.create(
        village=world.village, entry=entry(months["posted"], "block"), subject=world.wang_home,
        for_member=world.head, filed_by=world.wang, how="online", number="XF-2026-0900", wrong="堵了路", promise="清走",
        due_on=date(2026, 11, 30), state=Repair.State.REFUSED, filed_at=LATER,
    )  # fmt: skip


def _keys(village) -> dict[str, object]:
    """The `key` in the address of a page, by its name where its step matters, else by how the address begins."""
    world, months, clerk = village.world, village.months, village.world.clerk
    draft = rulebooks.copy(rulebook=world.rulebook, by=clerk, at=NOON)
    announced = people.rulebook(world.village, Rulebook.State.ANNOUNCED, version=9)
    announced.announced_on = date(2026, 11, 1)
    announced.save()
    file = SimpleUploadedFile("户册.xlsx", write_rows([_ROSTER]))
    batch = imports.keep(village=world.village, kind="roster", file=file, by=clerk, at=NOON)
    looked_into = _missing(world, date(2026, 10, 21))
    inquiry = inquiries.ask(
        objection=looked_into,
        kind="leader",
        to_user=world.shi,
        question="那天扫了吗？",
        by=world.officer,
        at=LATER,
    )
    hearing = hearings.call(
        objection=looked_into,
        takes_place_at=LATER + timedelta(days=1),
        place="村部",
        by=world.officer,
        at=LATER,
    )
    asked = SearchForm({}, places(world.supervision, at=LATER), at=LATER)
    assert asked.is_valid()
    job = long_table.start(asked=asked.asked(), as_csv=True, by=world.supervision, at=LATER)
    running.run(job.key, is_beating=False)
    view = SavedView.objects.create(user=world.officer, name="柳溪村", query="village=990101103205")
    things = {
        "cases": village.case,
        "cases_view_drop": view,
        "case_decide": looked_into,
        "delegations": assignments.delegate(
            to=world.panel[1],
            starts=date(2026, 12, 1),
            ends=date(2026, 12, 2),
            why="出差",
            by=world.officer,
            at=LATER,
        ),
        "case_letter": village.answered,
        "case_letter_pdf": village.answered,
        "inquiries": inquiry,
        "hearings": hearing,
        "jobs": job,
        "settlement_print": village.amendment.settlement,
        "paragraphs": Paragraph.objects.create(
            division=world.township,
            title="照片看得清",
            text="照片看得清。",
            made_by=world.officer,
            made_at=LATER,
        ),
        "subjects": world.wang_home,
        "asof": world.wang_home,
        "changes_of": world.wang_home,
        "members": world.head,
        "imports": batch,
        "rulebooks": draft,
        "rulebook_print": world.rulebook,
        "rulebook_adopt": announced,
        "rules": draft.rules.first(),
        "kinships": Kinship.objects.first(),
        "appointments": Appointment.objects.get(user=world.zhou),
        "sheets": months["open"].items["draft"].sheet,
        "sheet_confirm": months["open"].items["settled"].sheet,
        "sheet_return": months["open"].items["settled"].sheet,
        "observations": months["open"].items["draft"],
        "item_confirm": months["open"].items["filed"],
        "review_cast": months["review"].items["block"],
        "review_contest": months["review"].items["sweep"],
        "item_send_back": months["signing"].items["sweep"],
        "evidence": months["posted"].items["block"].evidence.get(),
        "rounds": months["review"].round,
        "area": months["open"].round,
        "review_send": months["decided"].round,
        "round_sign": months["signing"].round,
        "round_publish": months["signed"].round,
        "publications": months["posted"].round.publication,
        "notice_hang_up": village.notice,
        "amendments": village.amendment,
        "quarters": village.quarter,
        "settlement_publish": village.signed_quarter,
        "objections": village.case,
        "corrections": corrections.propose(
            village=world.village,
            rule=world.rules["sweep"],
            ground="没有上级文件。",
            source="第3号文件",
            by=world.panel[2],
            at=LATER,
        ),
        "repairs": village.repairs["promised"],
        "repair_verify": village.repairs["shown"],
        "repair_vote": village.repairs["verified"],
        "repair_revoke": village.repairs["approved"],
        "exhibits": village.repairs["shown"].exhibits.get(),
        "rectifications": rectifications.file(
            for_member=world.head, what="phone", text="手机号换了", how="helper", by=world.helper, at=LATER
        ),
        "erasures": erasures.ask(
            for_member=village.others.wife.memberships.get(),
            whole=False,
            how="online",
            by=village.others.wife,
            at=LATER,
        ),
        "second_rating": SecondRating.objects.create(
            village=world.village,
            round=months["open"].round,
            area=world.west,
            subject=world.sun_home,
            rater=world.li,
            asked_at=NOON,
        ),
        "findings": Finding.objects.create(
            village=world.village,
            kind="identical",
            user=world.li,
            about=f"user:{world.li.key}",
            first=date(2026, 7, 1),
            last=date(2026, 9, 1),
            quarter="2026Q3",
            found_at=NOON,
            figures={"run": 3, "months": 3, "households": 3},
        ),
        "notifications": messages.message(world.wang, world.village, at=LATER),
        "villages": messages.slip(world.wang_home, at=LATER),
        "objection_agree": village.answered,
        "objection_review": village.answered,
    }
    return {name: thing.key for name, thing in things.items()}


def _values(village) -> dict[str, object]:
    """Whatever else an address contains."""
    world, posted = village.world, village.months["posted"]
    cards = Scorecard.objects.filter(quarter=village.quarter.quarter)
    missed = deadlines.set_deadline(
        "settlement.window", about=village.quarter, village=world.village, due=NOON - timedelta(hours=1)
    )
    size = signed(world.village.code, LATER).size
    notice_files.make(publication=posted.round.publication, at=LATER)
    return {
        "code": world.village.code,
        "year": posted.round.publication.year,
        "number": posted.round.publication.number,
        "pk": world.east.pk,
        "kind": "roster",
        "name": "quorum",
        "act": "accept",
        "uidb36": "1",
        "subject_key": world.wang_home.key,
        "entry_key": entry(posted, "sweep").key,
        "source": "deadlines",
        "item": missed.pk,
        "card_key": cards.get(subject=world.wang_home).key,
        "repair_key": village.refused.key,
        "size": size,
        "seq": 0,
        "person_key": world.li.key,
        "thing": "observation",
        "thing_key": posted.items["block"].key,
        "token": calendar.subscribe(by=world.li, at=LATER),
    }


def _actors(village) -> list[Actor]:
    """Everybody, with what ties them to the village, 东片, 李党员's sheet and 王家户."""
    world, others, role = village.world, village.others, Role
    here, impartial = {Scope.VILLAGE}, {Scope.VILLAGE, Scope.IMPARTIAL}
    signed_in = [
        ("没有职务的人", world.stranger, {}),
        ("文书", world.clerk, {role.CLERK: here}),
        ("邻村的文书", world.elsewhere_clerk, {role.CLERK: set()}),
        ("离任的文书", others.former, {}),
        (
            "评这张单的党员",
            world.li,
            {role.RATER: {*here, Scope.SHEET, Scope.DRAWN, Scope.SHOWN}, RESIDENT: set()},
        ),
        ("别的党员", world.zhou, {role.RATER: here}),
        ("本片组长", world.shi, {role.LEADER: {*here, Scope.AREA, Scope.MINE}}),
        ("别片组长", world.gao, {role.LEADER: here}),
        ("理事", world.council[1], {role.COUNCIL: impartial}),
        ("有亲属的理事", world.council[4], {role.COUNCIL: here}),
        ("委员", world.committee[1], {role.COMMITTEE: impartial}),
        ("有亲属的委员", world.committee[2], {role.COMMITTEE: here}),
        ("村务监督", world.supervision, {role.SUPERVISION: {*here, Scope.MINE}}),
        ("代办员", world.helper, {role.HELPER: {*here, Scope.ASKED}}),
        ("镇异议专员", world.officer, {role.OFFICER: {*here, Scope.MINE}}),
        ("镇评审", world.panel[0], {role.PANEL: here}),
        ("县镇监督", world.supervisor, {role.SUPERVISOR: here}),
        ("系统运维", world.operator, {role.OPERATOR: here}),
        ("王大爷", world.wang, {RESIDENT: {Scope.HOME, Scope.MINE}}),
        ("没同意的王大妈", others.wife, {MEMBER: {Scope.MINE}}),
        ("别家的刘大婶", others.liu, {RESIDENT: set()}),
        ("没参加的陈师傅", others.chen, {MEMBER: set()}),
    ]
    held = [Actor(name, browser(user), {ACCOUNT: set(), **ties}) for name, user, ties in signed_in]
    return [Actor("没登录的人", browser(None), {VISITOR: set()}), *held]
