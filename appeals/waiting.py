"""What waits for somebody because of a case: on the to-do list, beside what the month asks of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from appeals import corrections, inquiries
from appeals.models import Correction, Objection
from appeals.who import IN_OFFICE, OFFICE, eligible_in, stands_in_for
from governance.access import villages
from governance.deadlines import end_of
from governance.models import User
from governance.models.people import Role
from workflows.queues import SOURCES, Waiting


def deciding(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Cases on one's desk, one line each; and how many of a village nobody has taken yet."""
    mine, free = {user.pk} | stands_in_for(user, at=at), Counter()
    for case in actable(user, at=at):
        if case.officer_id in mine:
            title = f"异议{case.number}，{case.get_state_display()}"
            yield Waiting(title, str(case.village), "case", case.key, end_of(case.answer_by))
        elif case.officer_id is None:
            free[case.village] += 1
    for village, n in free.items():
        yield Waiting("还没有人领的异议", f"{village}，{n}件", "cases_of", village.code, None, n)


def stuck(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Cases that nobody of township and county may act on: a supervisor has to see that somebody is sent."""
    rows = Objection.objects.filter(village__in=villages(user, Role.SUPERVISOR, at=at), state__in=IN_OFFICE)
    cases = list(rows.select_related("village", "entry", "scorecard", "repair__entry", "for_member"))
    may = eligible_in(cases, at=at)
    counts = Counter(case.village for case in cases if not may[case.pk])
    for village, n in counts.items():
        yield Waiting(
            "没有人能办的异议，请加派异议专员", f"{village}，{n}件", "cases_of", village.code, None, n
        )


def countersigning(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Lists of a correction in bulk that somebody else made: the second person looks and signs."""
    rows = Correction.objects.filter(
        village__in=villages(user, *OFFICE, at=at), state=Correction.State.PROPOSED
    )
    for row in rows.exclude(proposed_by=user).select_related("village", "rule", "round"):
        if user in corrections.signers(row, at=at):
            yield Waiting(
                f"整批更正{row.number}，等另一个人看过签字", str(row.village), "correction", row.key
            )


def answering(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Questions put to a user."""
    for inquiry in inquiries.waiting(user) if inquiries.is_asked(user.pk) else ():
        title = f"调查函，问异议{inquiry.objection.number}"
        yield Waiting(title, str(inquiry.village), "inquiry", inquiry.key, end_of(inquiry.answer_by))


def actable(user: User, *, at: datetime) -> list[Objection]:
    """Open cases in the township's hands that a user may act on, the soonest due first."""
    rows = Objection.objects.filter(
        village__in=villages(user, *OFFICE, at=at), state__in=IN_OFFICE, suspended_at__isnull=True
    ).select_related("village", "entry", "scorecard", "repair__entry", "for_member")
    cases = list(rows.order_by("answer_by", "id"))
    may = eligible_in(cases, at=at)
    return [case for case in cases if user in may[case.pk]]


def register() -> None:
    """Add to the sources of those roles; whoever is asked something sees it in whatever role they hold."""
    for role in OFFICE:
        SOURCES.setdefault(role, []).extend([deciding, countersigning])
    SOURCES[Role.SUPERVISOR].append(stuck)
    for role in Role:
        SOURCES.setdefault(role, []).append(answering)
