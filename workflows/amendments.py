"""更正: what a correction of the ledger does to quarters whose colours people have signed.

Nothing settled changes by itself: each household whose score comes out otherwise gets a new version of its
scorecard, which waits until two people have looked at it and signed (workflows.amendment_signing).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from governance import scorecards
from governance.events import record
from governance.models import Division, Scorecard, Subject, User
from governance.refusals import Conflict
from governance.saving import change, delete_many, save
from workflows import publications
from workflows.models import Amendment, Settlement
from workflows.steps import lock_all


def lock_settlements(village: Division, quarter: str) -> list[Settlement]:
    """Lock the settlements that a correction in `quarter` can reach: call it before the act records its event.

    Signing a quarter locks the settlement and then the log head, so an act must not take them the other way round.
    """
    return lock_all(Settlement.objects.filter(village=village, quarter__in=scorecards.reached(quarter)))


def follow(*, subject: Subject, quarter: str, cause: str, by: User | None, at: datetime) -> list[Amendment]:
    """As `follow_all`, for one household."""
    return follow_all(subjects=[subject], quarter=quarter, cause=cause, by=by, at=at)


@transaction.atomic
def follow_all(
    *, subjects: Collection[Subject], quarter: str, cause: str, by: User | None, at: datetime
) -> list[Amendment]:
    """Bring signed scorecards of households of one village after the ledger, from `quarter` on; what was made or dropped.

    Call it in the transaction that posted lines or lifted a hold, after that; `quarter` is the earliest that was
    touched, `cause` names the case ("objection:<key>"). A quarter nobody has signed yet reads the ledger by itself.
    Raises Conflict when a quarter was computed after `at`: it cannot have seen this act.
    """
    by_id = {subject.pk: subject for subject in subjects}
    found = []
    for settlement in lock_settlements(next(iter(by_id.values())).village, quarter) if by_id else []:
        if settlement.computed_at > at:
            raise Conflict("村里刚刚算了这一季的分。请再办一次，这样两边才对得上。")
        found += _bring_after(settlement, by_id, cause=cause, by=by, at=at)
    return found


def waiting(settlement: Settlement) -> QuerySet[Amendment]:
    """A quarter's amendments that want signatures, oldest first."""
    return settlement.amendments.filter(state=Amendment.State.WAITING)


def tell_the_board(settlement: Settlement, *, cause: str, by: User | None, at: datetime, role: str) -> None:
    """Post what was signed anew since the last notice, once nothing waits for this cause any more.

    A correction in bulk reaches many households: one notice for all of them, not one each.
    """
    if waiting(settlement).filter(cause=cause).exists():
        return
    done = settlement.amendments.filter(state=Amendment.State.SIGNED).count()
    if done:
        told = sum(notice.content["corrected"] for notice in settlement.publication.corrections.all())
        if done > told:
            publications.correct_quarter(
                settlement=settlement, corrected=done - told, by=by, at=at, role=role
            )


def _bring_after(settlement, subjects: dict[int, Subject], *, cause, by, at) -> list[Amendment]:
    signed = _signed_cards(settlement, subjects)
    pending = {row.subject_id: row for row in lock_all(waiting(settlement).filter(subject__in=signed))}
    village, quarter = settlement.village, settlement.quarter
    base = scorecards.base_tenths(village, quarter) if signed else 0
    results = scorecards.results(signed, village=village, quarter=quarter, base=base, at=at)
    found = []
    for pk, card in signed.items():
        row = pending.get(pk)
        if scorecards.differences(card, results[pk]):
            row = row or Amendment(village=village, settlement=settlement, subject=subjects[pk], made_at=at)
            found.append(_make(row, results[pk], cause=cause, by=by, at=at))
        elif row:
            found.append(_drop(row, cause=cause, by=by, at=at))
    return found


def _signed_cards(settlement: Settlement, subjects: Collection[int]) -> dict[int, Scorecard]:
    """The newest confirmed version by subject, in the order of subjects; two queries."""
    rows = Scorecard.objects.filter(
        village=settlement.village, quarter=settlement.quarter, subject__in=subjects, confirmed_at__isnull=False
    )  # fmt: skip
    rows = rows.order_by("subject_id", "version").prefetch_related("carries")
    return {card.subject_id: card for card in rows}


def _make(row: Amendment, result: scorecards.Result, *, cause, by, at) -> Amendment:
    """A new version waits; what was signed under an earlier one that still waited is void."""
    if row.scorecard:  # the earlier version is replaced, and the row must let go of it first
        _void_signatures(row, at=at)
        row.scorecard = None
        save(row, action="amendment.replaced", by=by, at=at)
    row.cause = cause
    row.scorecard = card = scorecards.correct(
        subject=row.subject, quarter=row.settlement.quarter, by=by, at=at, result=result
    )
    save(row, action="amendment.made", by=by, at=at)
    return _record("amendment.made", row, by=by, at=at, rows=[row, card])


def _drop(row: Amendment, *, cause, by, at) -> Amendment:
    """The score is again what was signed: nothing waits any more."""
    _void_signatures(row, at=at)
    draft, row.scorecard = row.scorecard, None
    waited_for, row.cause = row.cause, cause
    row.drop()
    save(row, action="amendment.dropped", by=by, at=at)
    delete_many([draft], action="scorecard.dropped", by=by, at=at)
    _record("amendment.dropped", row, by=by, at=at, rows=[row])
    tell_the_board(row.settlement, cause=waited_for, by=by, at=at, role="system")
    return row


def _void_signatures(row: Amendment, *, at) -> None:
    change(row.signatures.filter(void_at__isnull=True), void_at=at)


def _record(name: str, row: Amendment, *, by, at, rows) -> Amendment:
    record(
        name, village=row.village, about=row, by=by, at=at, role="system", subject_key=row.subject.key,
        detail={"cause": row.cause, "quarter": row.settlement.quarter}, rows=rows,
    )  # fmt: skip
    return row
