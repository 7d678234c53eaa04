"""柳溪村 with something behind every page at once, and everybody who might open it.

Months stand side by side in their different steps, so that one village serves a whole walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appeals import (
    decisions,
    facts,
    objections,
    repair_review,
    repairs,
)
from appeals.against import Against
from appeals.models import Objection, Repair
from config.permissions import ACCOUNT, MEMBER, RESIDENT, VISITOR, Scope
from governance import ledger
from governance.events import record
from governance.models import Consent, Rulebook, Shield, User
from governance.models.people import Role
from tests import people
from tests.all_addresses import LATER, keys, missing, values
from tests.months import Month, photo
from tests.people import NOON, World
from tests.published import entry
from tests.walkthrough import Actor, Walk, addresses, browser
from workflows import (
    amendment_signing,
    amendments,
    observations,
    publications,
    settlements,
    sheets,
)
from workflows.models import Amendment, Publication, Settlement

WANG_TOTAL = "96.3"  # 100, 1 more, 4.7 less: a sum that no page prints by chance


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
        return Walk({actor.name: actor for actor in _actors(self)}, addresses(keys(self), values(self)))


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
    case = missing(world, date(2026, 10, 20))
    decisions.decide(
        objection=case, outcome="rejected", grounds="那天没有人扫过。", seen=facts.seen(case, at=LATER),
        by=world.officer, at=LATER,
    )  # fmt: skip
    return case


def _refused(world, months) -> Repair:
    return Repair.objects.create(
        village=world.village, entry=entry(months["posted"], "block"), subject=world.wang_home,
        for_member=world.head, filed_by=world.wang, how="online", number="XF-2026-0900", wrong="堵了路", promise="清走",
        due_on=date(2026, 11, 30), state=Repair.State.REFUSED, filed_at=LATER,
    )  # fmt: skip


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
