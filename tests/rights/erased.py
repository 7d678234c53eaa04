"""王家户 with something in every table that can hold its words, until it withdraws and asks to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from appeals import decisions, facts, hearings, inquiries, objections, papers, repair_review, repairs
from appeals.against import Against
from governance import consents, deadlines, imports, kinships, members, readings, slips, subjects
from governance.identity import Person
from governance.models import Consent
from governance.roster_file import RosterRow, write_rows
from governance.subjects import Home
from rights import erasures, exports, rectifications
from rights.models import Erasure
from tests import people
from tests.months import photo
from tests.people import NOON
from tests.published import entry, posted
from tests.repaired import november
from workflows import publications, settlements

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JANUARY = NOON + timedelta(days=60)
NAMES = ("汪守信", "汪家老屋户", "汪婆婆", "汪守言")  # the household's, and what the head was called before
NUMBERS = ("13811112222", "13833334444", people.id_number(date(1950, 3, 4)))
WORDS = (
    "打扫了汪家门口", "汪家的柴堆", "水渠边的老槐树下", "量了三尺所以多扣", "那柴不是我家的", "收据在灶台上", "谁家的柴",
    "是村东头的", "双方都说清了", "照片看不出是谁家", "图省事堆在路上", "天黑以前清走", "都清干净了", "去看过，真清了",
    "投票时说的话", "门牌写成了一号", "已照身份证改", "核对汪家门牌", "跟老汪核对过", "见证人朱八", "证人吴九",
)  # fmt: skip


@dataclass
class Told:
    """The household and what was done about it."""

    world: object
    month: object
    wife: object = None
    files: list = field(default_factory=list)


def told(world) -> Told:
    """Everything that leaves words behind, by the real services."""
    head, clerk = world.head, world.clerk
    _named(world)
    wife = members.add(
        subject=world.wang_home, person=Person("汪婆婆", NUMBERS[1], ""), by=clerk, at=NOON - 30 * DAY
    )
    code = slips.make(member=wife, by=clerk, at=NOON - 30 * DAY)
    wife_user = slips.bind(
        code=code, at=NOON - 30 * DAY, ip="127.0.0.1", username="wangpopo", password="k9-Huang-shu"
    )
    for purpose in (Consent.Purpose.SCORING, Consent.Purpose.HONOUR):
        given = {"purpose": purpose, "given_on": (NOON - 30 * DAY).date(), "witness": "见证人朱八"}
        if purpose == Consent.Purpose.HONOUR:
            consents.give_on_paper(member=head, **given, by=clerk, at=NOON - 30 * DAY)
        else:
            consents.give_on_paper(member=wife, **given, by=clerk, at=NOON - 30 * DAY)
    kinships.declare(
        user=world.council[3], subject=world.wang_home, relation="sibling", by=clerk, at=NOON - 30 * DAY
    )
    month = posted(world, facts=[
        ("sweep", "打扫了汪家门口", {"place": "水渠边的老槐树下"}),
        ("block", "汪家的柴堆", {"chosen_tenths": 30, "grounds": "量了三尺所以多扣", "witnesses": ("证人吴九",)}),
        ("litter", "在路口倒了一袋垃圾", {}),
        ("giving", "捐了修路的钱", {"quantity_milli": 900_000}),
    ])  # fmt: skip
    _objected(world, month)
    _repaired(world, month)
    readings.log_reading(user=clerk, subject=world.wang_home, role="clerk", why="核对汪家门牌", at=NOON)
    row = rectifications.file(
        for_member=head, what="cover", text="门牌写成了一号", how="online", by=world.wang, at=NOON
    )
    subjects.correct(
        subject=world.wang_home,
        home=Home(world.east, "1号", "汪家老屋户"),
        why="跟老汪核对过",
        by=clerk,
        at=NOON + HOUR,
    )
    rectifications.finish(rectification=row, answer="已照身份证改", by=clerk, at=NOON + HOUR)
    exports.hand_out(member=head, form="json", how="online", by=world.wang, at=NOON + HOUR)
    _settled(world)
    roster = SimpleUploadedFile(
        "户册.xlsx",
        write_rows(
            [RosterRow(2, world.village.code, "东片", "1号", "汪家老屋户", "户", "汪守信", rater="李党员")]
        ),
    )
    imports.keep(village=world.village, kind="roster", file=roster, by=clerk, at=JANUARY + 2 * DAY)
    wife.refresh_from_db()
    assert wife.user == wife_user
    return Told(world, month, wife)


def _named(world) -> None:
    """The head has a name of his own, once written wrongly; phone and ID number; his household is called after him."""
    person = Person("汪守言", NUMBERS[0], NUMBERS[2])
    members.correct(member=world.head, person=person, by=world.clerk, at=NOON - 40 * DAY)
    right = Person("汪守信", NUMBERS[0], NUMBERS[2])
    members.correct(member=world.head, person=right, by=world.clerk, at=NOON - 39 * DAY)
    subjects.correct(
        subject=world.wang_home, home=Home(world.east, "1号", "汪家老屋户"), why="跟老汪核对过", by=world.clerk,
        at=NOON - 39 * DAY,
    )  # fmt: skip
    world.wang.phone = NUMBERS[0]
    world.wang.username = "wangshouxin"
    world.wang.save()


def _objected(world, month) -> None:
    at = NOON + HOUR
    case = objections.file(
        against=Against.line(entry(month, "block")), text="那柴不是我家的", how="online", for_member=world.head,
        by=world.wang, at=at,
    )  # fmt: skip
    papers.hand_in(objection=case, files=[photo()], text="收据在灶台上", by=world.wang, at=at)
    decisions.accept(objection=case, by=world.officer, at=at)
    asked = inquiries.ask(
        objection=case, kind="witness", to_name="证人吴九", question="谁家的柴", by=world.officer, at=at
    )
    inquiries.answer(inquiry=asked, text="是村东头的", by=world.officer, at=at)
    meeting = hearings.call(objection=case, takes_place_at=at + HOUR, place="村部", by=world.officer, at=at)
    hearings.hold(hearing=meeting, minutes="双方都说清了", by=world.officer, at=at + 2 * HOUR)
    case.refresh_from_db()
    decisions.decide(
        objection=case, outcome="upheld", grounds="照片看不出是谁家", seen=facts.seen(case, at=at + 3 * HOUR),
        by=world.officer, at=at + 3 * HOUR,
    )  # fmt: skip


def _repaired(world, month) -> None:
    row = repairs.apply(
        entry=entry(month, "litter"), wrong="图省事堆在路上", promise="天黑以前清走", due_on=date(2026, 12, 1),
        how="online", for_member=world.head, by=world.wang, at=NOON,
    )  # fmt: skip
    repairs.show(repair=row, done="都清干净了", files=[photo()], by=world.wang, at=NOON)
    repair_review.verify(repair=row, by=world.gao, at=NOON, word="去看过，真清了")
    for voter in world.council[:2]:
        repair_review.vote(repair=row, agrees=True, reason="投票时说的话", by=voter, at=NOON)
    november(world, NOON + HOUR).publish()


def _settled(world) -> None:
    """The quarter is signed and posted, with 王家户 among the honoured."""
    deadlines.fire_due(JANUARY)
    quarter = settlements.start(village=world.village, quarter="2026Q4", by=world.clerk, at=JANUARY)
    for signer in world.committee[:2]:
        for pk in settlements.left_to_view(quarter, by=signer, at=JANUARY):
            card = settlements.cards(quarter).get(pk=pk)
            settlements.view_card(settlement=quarter, card=card, by=signer, at=JANUARY)
        quarter = settlements.sign(settlement=quarter, word="", by=signer, at=JANUARY)
    notice = publications.publish_settlement(settlement=quarter, by=world.clerk, at=JANUARY)
    assert notice.content["honoured"] == ["汪家老屋户"]


def withdrawn(found: Told, at=JANUARY + 10 * DAY) -> Told:
    """Both adults take their consent back."""
    consents.withdraw(member=found.wife, by=found.wife.user, at=at)
    consents.withdraw(member=found.world.head, by=found.world.wang, at=at)
    return found


def asked(found: Told, at=JANUARY + 11 * DAY) -> Erasure:
    """The head asks for all of it to go."""
    return erasures.ask(for_member=found.world.head, whole=True, how="online", by=found.world.wang, at=at)


def fired(row: Erasure) -> Erasure:
    """The days pass; the ticker runs, and once more for the files."""
    at = deadlines.end_of(row.due_on) + HOUR
    deadlines.fire_due(at)
    deadlines.fire_due(at + HOUR)
    row.refresh_from_db()
    return row
