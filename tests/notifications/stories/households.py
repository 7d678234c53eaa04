"""Files, offices, consent and a household's rights as they are told."""

from datetime import date

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
from governance.identity import Person
from governance.models import Appointment
from governance.models.people import Role
from governance.subjects import Home, Part
from rights import erasures, exports, rectifications
from tests import people
from tests.months import Month
from tests.notifications.stories.beginning import HOUR, ONE, TWO, begin
from tests.people import NOON


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
    ask = {"for_member": world.head, "what": "phone", "by": world.wang, "how": "online", "at": NOON}
    done, refused, gone, late = (rectifications.file(**ask, text=f"手机号换了第{n}次") for n in range(4))
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


def somebody_leaves(world):
    opened = begin(world)
    Month(world, NOON, date(2026, 11, 1)).open()
    appointments.end(
        appointment=Appointment.objects.get(user=world.zhou), why="搬走了", by=world.clerk, at=NOON,
        successor=world.li, on=date(2026, 11, 15),
    )  # fmt: skip
    opened.look(ONE)
    rater = Appointment.objects.get(user=world.li, role=Role.RATER)
    appointments.end(appointment=rater, why="生病了", by=world.clerk, at=NOON)
    return opened.look(ONE)


STORIES = (
    the_roster,
    new_files,
    consent_and_rights,
    somebody_leaves,
)
