"""盲评: a share of the households is looked at again each month by another rater, who does not see the first sheet.

It measures how far two people who know a household agree; it changes no score, blames nobody and is published as
plain numbers only. Drawn when the last sheet of a month is confirmed (workflows.second_draw), so that both looks are
at the whole month and no first rater knows beforehand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from governance import appointments, consents, deadlines, shields
from governance.access import check_role, staff, staff_of, today
from governance.events import record
from governance.models import Appointment, Link, Rule, Subject, User
from governance.models.people import Role
from governance.policies import value
from governance.recusal import check_impartial, pairs
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import create_many, save, update_many
from transparency import log
from workflows import second_draw
from workflows.models import Round, SecondRating, Sheet, SheetLine
from workflows.observations import rules_for
from workflows.steps import lock, lock_all

State = SecondRating.State
DUE = "round.second"
POSTED = (Round.State.PUBLISHED, Round.State.CLOSED)
# Who sees the first sheets, and so could not look blindly; an area's own leader beside them.
SEES_SHEETS = (Role.COUNCIL, Role.COMMITTEE, Role.PANEL)


@dataclass
class Field:
    """The households of a month, who rated each, and who may look again."""

    round: Round
    at: datetime
    subjects: dict[UUID, Subject] = field(default_factory=dict)
    # By whose area's sheet a household is counted: a sheet keeps its area, a household may move.
    areas: dict[UUID, int] = field(default_factory=dict)
    first: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self):
        for line in lines(self.round).order_by("sheet").select_related("subject", "sheet"):
            self.subjects[line.subject.key] = line.subject
            self.areas.setdefault(line.subject.key, line.sheet.area_id)
            self.first[line.subject_id] |= {line.sheet.rater_id, line.instead_of_id}
        village, at = self.round.village, self.at
        seeing = {user.pk for users in staff_of(SEES_SHEETS, village, at=at) for user in users}
        self._raters = [user for user in staff(Role.RATER, village, at=at) if user.pk not in seeing]
        homes = {subject.pk for subject in self.subjects.values()}
        self._out = {*pairs(self._raters, homes, at=at), *shields.pairs(self._raters, homes, at=at)}
        links = Link.objects.on(today(at)).filter(village=village).values_list("rater", "subject__area")
        self._near = set(links)
        leading = Appointment.objects.on(today(at)).filter(role=Role.LEADER, division=village)
        self._leads = set(leading.values_list("user", "area"))

    def by_area(self) -> dict[int, list[UUID]]:
        """Keys of the households of each area, by the area's id."""
        return _by_area(self.areas)

    def eligible(self, subject: Subject) -> list[User]:
        """Who may look at a household again: those who rate in its area, else anybody who rates in the village.

        Never who rated it or stood aside from it, kin, whose work it objected to, or who sees the first sheet.
        """
        if not subject.is_enrolled(today(self.at)):
            return []
        free = [
            user for user in self._raters
            if user.pk not in self.first[subject.pk]
            and (user.pk, subject.pk) not in self._out
            and (user.pk, subject.area_id) not in self._leads
        ]  # fmt: skip
        near = [user for user in free if (user.pk, subject.area_id) in self._near]
        return near or free


def lines(round: Round):
    """The lines that may be drawn: of sheets that were handed in and confirmed. They do not change any more."""
    return SheetLine.objects.filter(sheet__round=round, sheet__state=Sheet.State.CONFIRMED)


def draw(*, round: Round, at: datetime) -> list[SecondRating]:
    """Draw each area's share and put every household drawn to another rater. A constant number of queries.

    Called in the transaction that begins the review, which holds the lock of the round. Effects: the ratings, one
    deadline for all of them, one event with root, size and share, from which anybody can draw again (see `redraw`).
    A household for which nobody may look is passed over, and counted in the event.
    """
    size, root = log.head(round.village.code)
    percent = value("second_percent", round.village, today(at))
    seed, here = second_draw.seed(root, round.key), Field(round, at)
    rows, passed_over = [], []
    busy = Counter()
    for keys in here.by_area().values():
        wanted = second_draw.how_many(len(keys), percent)
        for key in second_draw.in_order(seed, keys):
            if not wanted:
                break
            subject = here.subjects[key]
            users = here.eligible(subject)
            if not users:
                passed_over.append(key)
                continue
            wanted -= 1
            rater = min(users, key=lambda user: (busy[user.pk], second_draw.lot(seed, key, user.key)))
            busy[rater.pk] += 1
            rows.append(_new(round, subject, here.areas[key], rater, at))
    if not here.subjects:
        return []
    made = create_many(rows, action="second.drawn", by=None, at=at)
    if made:
        days = value("council_days", round.village, today(at))
        deadlines.set_workdays(DUE, about=round, village=round.village, days=days, at=at)
    record(
        "second.drawn", village=round.village, about=round, by=None, at=at, role="system", rows=made,
        detail={
            "root": root.hex(), "size": size, "percent": percent,
            "of": second_draw.fingerprint(here.subjects), "passed_over": [str(key) for key in passed_over],
        },
    )  # fmt: skip
    return made


@transaction.atomic
def answer(
    *, rating: SecondRating, rules: Collection[Rule], by: User, at: datetime, knows: bool = True
) -> SecondRating:
    """Say what happened at a household this month: the rules that apply, or none; or that one does not know.

    Raises Refused (not theirs, kin, not enrolled any more, rates it now), Conflict (answered, over) or Invalid
    (a rule that is not in force for it). Effects: the answer with its event; no score changes.
    """
    row = lock(rating)
    role = check_answer(row, by=by, at=at)
    allowed = {rule.key: rule for rule in rules_for(row.subject, row.round.month)}
    if not {rule.key for rule in rules} <= set(allowed):
        raise Invalid(rules="选的里面有一条细则现在不用，请重新选。")
    if knows:
        row.answer()
        row.rules = sorted(str(rule.key) for rule in rules)
    else:
        row.pass_up()
    row.answered_at = at
    name = "second.answered" if knows else "second.unsure"
    save(row, action=name, by=by, at=at)
    _tell(name, row, by=by, at=at, role=role)
    return row


def check_answer(rating: SecondRating, *, by: User, at: datetime) -> str:
    """The role in which a user answers; raises Refused or Conflict with the reason."""
    if rating.rater_id != by.pk:
        raise Refused(f"这一户抽给{rating.rater.name}看，别人不能代。")
    role = check_role(by, Role.RATER, village=rating.village, at=at)
    if rating.state != State.ASKED:
        raise Conflict(f"这一户已经“{rating.get_state_display()}”，不用再答。")
    check_impartial(by, rating.subject, at=at)
    if not rating.subject.is_enrolled(today(at)):
        raise Conflict("这一户退出了，不用再看。")
    if lines(rating.round).filter(subject=rating.subject_id, sheet__rater=by).exists():
        raise Refused("这一户这个月本来就是您评的，不用再看一遍。")
    return role


@transaction.atomic
def miss(*, round: Round, at: datetime) -> list[SecondRating]:
    """The day passed: what nobody answered stays unanswered, and is counted as such."""
    round = lock(round)
    rows = lock_all(round.second_ratings.filter(state=State.ASKED))
    for row in rows:
        row.miss()
    if rows:
        update_many(rows, ["state"], action="second.late", by=None, at=at)
        record("second.late", village=round.village, about=round, by=None, at=at, role="system", rows=rows)
    return rows


def waiting(user: User, *, at: datetime) -> list[SecondRating]:
    """What a rater is still to look at, without what they may not answer any more; two queries for any number."""
    rows = SecondRating.objects.filter(rater=user, state=State.ASKED).order_by("asked_at", "id")
    found = list(rows.select_related("round", "village", "subject__area"))
    kin = pairs([user], {row.subject_id for row in found}, at=at) if found else ()
    day = today(at)
    return [
        row for row in found if (user.pk, row.subject_id) not in kin and row.subject.is_enrolled(day)
    ]  # fmt: skip


def pass_on(appointment: Appointment, successor: User | None, *, by: User, at: datetime) -> None:
    """A rater's appointment ended: each household goes to somebody else who may look, else nobody looks."""
    if appointment.role != Role.RATER:
        return
    mine = SecondRating.objects.filter(
        rater=appointment.user, village=appointment.division, state=State.ASKED
    )
    rows = lock_all(mine.select_related("round__village", "subject", "village"))
    fields = {row.round_id: Field(row.round, at) for row in rows}
    for row in rows:
        users = [u for u in fields[row.round_id].eligible(row.subject) if u.pk != appointment.user_id]
        if not users:
            _cancel(row, by=by, at=at)
            continue
        row.rater = next((user for user in users if user == successor), users[0])
        save(row, action="second.passed_on", by=by, at=at)
        _tell("second.passed_on", row, by=by, at=at, detail={"to": str(row.rater.key)})


def end_of(subject: Subject, *, by: User | None, at: datetime) -> None:
    """A household that withdraws is not looked at any more; what was said of a month not yet posted is taken out."""
    rows = SecondRating.objects.filter(subject=subject, state__in=[State.ASKED, State.ANSWERED])
    rows = rows.exclude(round__state__in=POSTED, state=State.ANSWERED).select_related("subject", "village")
    for row in lock_all(rows):
        _cancel(row, by=by, at=at)


@dataclass(frozen=True)
class Redrawn:
    """A draw done again from its event: `is_same`, and in words what was found."""

    is_same: bool
    sentence: str


def redraw(round: Round, detail: dict) -> Redrawn:
    """Draw a month again from root and share that its event names; `detail` is that event's."""
    return redraw_all({round: detail})[round.pk]


def redraw_all(rounds: dict[Round, dict]) -> dict[int, Redrawn]:
    """As `redraw` for several months: {round id: what was found}. Two queries however many."""
    homes, asked = defaultdict(dict), defaultdict(set)
    rows = SheetLine.objects.filter(sheet__round__in=rounds, sheet__state=Sheet.State.CONFIRMED)
    for pk, key, area in rows.order_by("sheet").values_list("sheet__round", "subject__key", "sheet__area"):
        homes[pk].setdefault(key, area)
    drawn = SecondRating.objects.filter(round__in=rounds).order_by()
    for pk, key in drawn.values_list("round", "subject__key"):
        asked[pk].add(key)
    return {
        round.pk: _again(round, detail, homes[round.pk], asked[round.pk]) for round, detail in rounds.items()
    }


def _again(round: Round, detail: dict, homes: dict[UUID, int], asked: set[UUID]) -> Redrawn:
    if second_draw.fingerprint(homes) != detail["of"]:
        return Redrawn(False, "那时的户和现在单上的户对不上，有人改过单，请核对日志。")
    seed = second_draw.seed(bytes.fromhex(detail["root"]), round.key)
    skipped, drawn = {UUID(key) for key in detail["passed_over"]}, set()
    for keys in _by_area(homes).values():
        left = [key for key in second_draw.in_order(seed, keys) if key not in skipped]
        drawn |= set(left[: second_draw.how_many(len(keys), detail["percent"])])
    if asked == drawn:
        return Redrawn(True, f"照那时的日志重抽一遍，抽出来的还是这{len(asked)}户。")
    return Redrawn(False, "照那时的日志重抽一遍，抽出来的不是这几户，请核对日志。")


def register() -> None:
    """Let the layer below call these: it does not know this one."""
    appointments.ON_ENDED.append(pass_on)
    consents.ON_WITHDRAWN.append(end_of)


def _by_area(areas: dict[UUID, int]) -> dict[int, list[UUID]]:
    found = defaultdict(list)
    for key, area in areas.items():
        found[area].append(key)
    return found


def _new(round: Round, subject: Subject, area: int, rater: User, at: datetime) -> SecondRating:
    return SecondRating(
        village=round.village, round=round, area_id=area, subject=subject, rater=rater, asked_at=at
    )


def _cancel(row: SecondRating, *, by: User | None, at: datetime) -> None:
    row.cancel()
    row.rules = []
    save(row, action="second.cancelled", by=by, at=at)
    _tell("second.cancelled", row, by=by, at=at)


def _tell(name: str, row: SecondRating, *, by, at, role: str = "", detail: dict | None = None) -> None:
    record(
        name, village=row.village, about=row, by=by, at=at, role=role, detail=detail,
        subject_key=row.subject.key, rows=[row],
    )  # fmt: skip
