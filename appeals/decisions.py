"""Answering an objection: accept or refuse, decide, second review, and what takes effect when it is over.

Upheld in full, it takes effect at once. Anything less waits for the household: it may ask other people to look
again, and until it has had that chance a deduction stays held (design/3-processes.md, Objection).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from appeals import clock, facts, remedies, repairs
from appeals.channels import check_household
from appeals.flow import NODES
from appeals.models import Decision, Objection
from appeals.objections import cause_of, check_open_case, end, locked, tell
from appeals.remedies import Remedy
from appeals.who import check_actor
from governance import ledger
from governance.models import Entry, Event, Rule, User
from governance.periods import month_of
from governance.points import Fact
from governance.refusals import Invalid, Refused
from governance.saving import save
from workflows import amendments, publications, rounds
from workflows.models import Round
from workflows.steps import pass_on, step

State, Outcome, About = Objection.State, Objection.Outcome, Objection.About
GROUNDS_LENGTH = 4000
FIRST, SECOND = 1, 2


@transaction.atomic
def accept(*, objection: Objection, by: User, at: datetime) -> Objection:
    """Take a case up: its investigation begins and the time to decide runs.

    Raises Refused (who touched the line, kin, another's case) or Conflict (taken up or refused already).
    """
    row = locked(objection)
    check_open_case(row, State.FILED)
    role = check_actor(row, by=by, at=at)
    return _accept(row, by=by, role=role, at=at)


@transaction.atomic
def accept_overdue(*, objection: Objection, at: datetime) -> Objection:
    """Nobody said in time whether it is taken up: it is. Silence never costs the household anything."""
    row = locked(objection)
    if row.state == State.FILED:
        _accept(row, by=None, role="system", at=at)
    return row


@transaction.atomic
def refuse(*, objection: Objection, grounds: str, by: User, at: datetime) -> Decision:
    """Do not take a case up, with a reason; the household may ask for a second review.

    Raises as `accept`, and Invalid without grounds.
    """
    row = locked(objection)
    check_open_case(row, State.FILED)
    role = check_actor(row, by=by, at=at)
    return _answer(row, Outcome.REFUSED, _grounds(grounds), Remedy(), by=by, role=role, at=at)


@transaction.atomic
def decide(
    *, objection: Objection, outcome: str, grounds: str, seen: str, by: User, at: datetime,
    measure: Fact | None = None, rule: Rule | None = None, out: Sequence[Entry] = (),
) -> Decision:  # fmt: skip
    """Decide a case, in the first instance or in the second review.

    `seen` is what the page showed (facts.seen); the rest as remedies.of. Raises Refused (who touched it, kin, the
    household is being waited for), Conflict (decided already, or the facts changed: with the diff) or Invalid (no
    grounds, nothing that would change). Effects: the decision; what is final also corrects the ledger, lifts the
    hold and makes a new scorecard wait for its signatures.
    """
    row = locked(objection)
    check_open_case(row, State.ACCEPTED, State.REVIEWING)
    role = check_actor(row, by=by, at=at)
    if row.suspended_at:
        raise Refused("正在等住户补材料，先点“接着办”，再来定。")
    if outcome not in (Outcome.UPHELD, Outcome.PARTLY, Outcome.REJECTED):
        raise Invalid(outcome="请选一项：支持、部分支持，或不支持。")
    grounds = _grounds(grounds)
    facts.check_same(row, seen, at=at)
    remedy = remedies.of(row, outcome, measure=measure, rule=rule, out=out)
    return _answer(row, outcome, grounds, remedy, by=by, role=role, at=at)


@transaction.atomic
def ask_review(*, objection: Objection, text: str, by: User, at: datetime) -> Objection:
    """The household does not agree with the answer: other people at the township look again.

    Raises Refused (not theirs), Conflict (no answer to review, or too late) or Invalid (too long).
    """
    row = locked(objection)
    role = check_answered(row, by=by, at=at)
    if len(text) > GROUNDS_LENGTH:
        raise Invalid(text=f"最多写{GROUNDS_LENGTH}个字。")
    _to_review(row, by=by, at=at)
    pass_on(row.process, NODES[State.ANSWERED])
    tell("objection.review_asked", row, by=by, at=at, role=role, why=text.strip())
    return row


@transaction.atomic
def agree(*, objection: Objection, by: User, at: datetime) -> Objection:
    """The household is content with the answer: it takes effect now instead of when the time is over."""
    row = locked(objection)
    role = check_answered(row, by=by, at=at)
    return _close_answered(row, by=by, role=role, at=at)


def check_answered(case: Objection, *, by: User, at: datetime) -> str:
    """The role in which a user says yes or no to an answer; raises Refused, or Conflict when there is none to say it to."""
    check_open_case(case, State.ANSWERED)
    return check_household(case, by=by, at=at)


@transaction.atomic
def close_answered(*, objection: Objection, at: datetime) -> Objection:
    """The time to ask for a second review is over: the answer takes effect."""
    row = locked(objection)
    return _close_answered(row, by=None, role="system", at=at) if row.state == State.ANSWERED else row


@transaction.atomic
def lapse(*, objection: Objection, at: datetime) -> Objection:
    """Nobody decided in time: a deduction is lifted by itself; anything else goes to the township at once.

    A plus is never granted by itself. What the township itself is late with stays there, with a new date and
    an event that the supervisor sees.
    """
    row = locked(objection)
    if row.state not in (State.ACCEPTED, State.REVIEWING) or row.suspended_at:
        return row
    if row.entry and row.entry.rule.sign < 0:
        _answer(row, Outcome.LAPSED, "", remedies.of(row, Outcome.LAPSED), by=None, role="system", at=at)
    elif row.state == State.ACCEPTED:
        with step(row.process, NODES[State.ACCEPTED], by=None):
            _to_review(row, by=None, at=at)
            tell("objection.to_township", row, by=None, at=at, role="system")
    else:
        clock.start(row, at=at)
        save(row, action="objection.overdue", by=None, at=at)
        tell("objection.overdue", row, by=None, at=at, role="system")
    return row


def _accept(row: Objection, *, by, role, at) -> Objection:
    with step(row.process, NODES[State.FILED], by=by):
        row.accept()
        row.accepted_at = at
        row.officer = row.officer or by
        clock.start(row, at=at)
        save(row, action="objection.accepted", by=by, at=at)
        tell("objection.accepted", row, by=by, at=at, role=role)
    return row


def _answer(row: Objection, outcome: str, grounds: str, remedy: Remedy, *, by, role, at) -> Decision:
    """Keep the decision; final ones take effect now, the others when the household has had its say."""
    turn = SECOND if row.state == State.REVIEWING else FIRST
    decision = Decision.objects.create(
        village=row.village, objection=row, turn=turn, outcome=outcome, grounds=grounds, remedy=remedy.as_json(),
        decided_by=by, role=role, decided_at=at,
    )  # fmt: skip
    row.outcome = outcome
    with step(row.process, NODES[row.state], by=by):
        told = {
            "by": by,
            "at": at,
            "role": role,
            "why": grounds,
            "rows": [decision],
            "detail": {"outcome": outcome},
        }
        if turn == SECOND or outcome in (Outcome.UPHELD, Outcome.LAPSED):
            _take_effect(row, remedy, f"objection.{_NAME[outcome]}", **told)
        else:
            row.answer()
            row.officer = None
            clock.start(row, at=at)
            save(row, action="objection.answered", by=by, at=at)
            tell(f"objection.{_NAME[outcome]}", row, **told)
    return decision


_NAME = {Outcome.REFUSED: "refused", Outcome.LAPSED: "lapsed"} | dict.fromkeys(
    (Outcome.UPHELD, Outcome.PARTLY, Outcome.REJECTED), "decided"
)


def _to_review(row: Objection, *, by, at) -> None:
    row.review()
    row.officer, row.extended_days, row.days_left = None, 0, None
    clock.start(row, at=at)
    save(row, action="objection.reviewing", by=by, at=at)


def _close_answered(row: Objection, *, by, role, at) -> Objection:
    remedy = remedies.standing(remedies.from_json(row, row.decisions.last().remedy))
    _take_effect(row, remedy, "objection.closed", by=by, at=at, role=role)
    pass_on(row.process, NODES[State.ANSWERED])
    return row


def _take_effect(row: Objection, remedy: Remedy, name: str, *, by, at, role, rows=(), **told) -> Event:
    """End the case and do what was decided: ledger, hold, score, notice; or look at a repair again."""
    lines, quarter = remedies.lines_of(row, remedy), _touched_quarter(row, remedy)
    if quarter:
        amendments.lock_settlements(row.village, quarter)
    repairs.drop_for(entries=remedy.out, by=by, at=at)
    end(row, "close", by=by, at=at)
    if row.entry:
        rounds.finalise(entry=row.entry, by=by, at=at)  # a line without a hold is final
    event = tell(name, row, by=by, at=at, role=role, rows=[*rows, *lines], **told)
    posted = ledger.post(lines, event=event)
    if row.about == About.REPAIR and row.outcome == Outcome.UPHELD:
        repairs.look_again(repair=row.repair, by=by, at=at)
    if quarter:
        amendments.follow(subject=row.subject, quarter=quarter, cause=cause_of(row), by=by, at=at)
    _post_correction(row, posted, by=by, at=at)
    return event


def _touched_quarter(row: Objection, remedy: Remedy) -> str | None:
    """The earliest quarter whose score may be another now: by the remedy, or because a hold was lifted."""
    return remedy.quarter or (row.entry.quarter if row.entry else None)


def _post_correction(row: Objection, posted: list[Entry], *, by, at) -> None:
    """What was posted stays as it was, with a notice of correction beside it."""
    for round in _posted_in(row, posted):
        publications.correct_month(round=round, entries=posted, by=by, at=at)


def _posted_in(row: Objection, posted: list[Entry]) -> list[Round]:
    """The posted months whose notice no longer says what counts."""
    if not posted:
        return []
    shown = Round.objects.filter(village=row.village, publication__isnull=False)
    if row.about == About.MISSING:
        return list(shown.filter(month=month_of(row.occurred_on)))
    gone = [line.reverses_id for line in posted if line.reverses_id]
    return list(shown.filter(observations__entry__pk__in=gone).distinct())


def _grounds(text: str) -> str:
    if not text.strip():
        raise Invalid(grounds="请写理由，住户看得到，也好请人复核。")
    if len(text) > GROUNDS_LENGTH:
        raise Invalid(grounds=f"最多写{GROUNDS_LENGTH}个字，把要紧的写清楚就行。")
    return text.strip()
