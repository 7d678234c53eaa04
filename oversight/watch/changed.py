"""Whose work was changed on objection, and how often beside how much they did: by hat, never as a ranking."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from appeals.models import Decision, Objection
from governance.models import Division, User
from oversight.watch.limits import FEWEST_HOUSEHOLDS
from workflows.models import Ballot, Observation, SheetLine

Outcome = Objection.Outcome
DECIDED = (Outcome.UPHELD, Outcome.PARTLY, Outcome.REJECTED)  # by people: a lapse says nothing of the line
CHANGED = (Outcome.UPHELD, Outcome.PARTLY)
RATED, CONFIRMED, VOTED, ANSWERED = "rated", "confirmed", "voted", "answered"
HATS = {RATED: "记的", CONFIRMED: "核的", VOTED: "投了同意的", ANSWERED: "头一回答复的"}


@dataclass(frozen=True)
class Changed:
    """One person under one hat: items (or answers) handled, how many were decided on objection, how many changed."""

    user: User
    hat: str
    handled: int
    decided: int
    changed: int

    @property
    def hat_name(self) -> str:
        """The hat as it is said."""
        return HATS[self.hat]

    @property
    def percent(self) -> int | None:
        """What share of the decided was changed, in whole per cent; None of nothing."""
        return round(100 * self.changed / self.decided) if self.decided else None


def changed(where: QuerySet[Division], first: date, last: date) -> list[Changed]:
    """What was posted for the months from `first` to `last`, and answered in them, that objections were decided about.

    Eight queries however many cases. An item counts by its month and an answer by its day, changed or not, so that
    what was changed is a part of what was handled. For an officer: answers changed in the second review. Raters with
    fewer than FEWEST_HOUSEHOLDS are left out: whoever knows their households would know whose objection it was.
    """
    posted = Observation.objects.filter(
        village__in=where, entry__isnull=False, round__month__range=(first, last)
    )
    answered = Decision.objects.filter(
        village__in=where, turn=1, decided_at__gte=_start(first), decided_at__lt=_after(last)
    )
    asked = Q(entry__key__in=posted.values("entry")) | Q(pk__in=answered.values("objection"))
    cases = list(
        Objection.objects.filter(asked, village__in=where).prefetch_related("decisions").order_by("pk")
    )
    told = [case.entry_id for case in cases if case.entry_id]
    rows = posted.filter(entry__pk__in=told).select_related("entry", "sheet")
    items = {item.entry.pk: item for item in rows}
    first_answers = set(answered.values_list("objection", flat=True))
    voters = _voters(items.values())
    decided, altered = Counter(), Counter()
    for case in cases:
        for user, hat, is_changed in _touched(case, items, voters, is_answered=case.pk in first_answers):
            decided[user, hat] += 1
            altered[user, hat] += is_changed
    handled = _handled(posted, answered, {user for user, _ in decided})
    users = User.objects.in_bulk({user for user, _ in decided})
    few = _with_few_households(where, first, last, users)
    rows = [
        Changed(users[user], hat, handled[user, hat], n, altered[user, hat])
        for (user, hat), n in decided.items()
        if hat != RATED or user not in few
    ]
    return sorted(rows, key=lambda row: (list(HATS).index(row.hat), row.user.name, row.user.pk))


def _touched(case: Objection, items, voters, *, is_answered: bool) -> Iterable[tuple[int, str, bool]]:
    answers = [answer for answer in case.decisions.all() if answer.outcome in DECIDED]
    if not answers:
        return
    item, is_changed = items.get(case.entry_id), answers[-1].outcome in CHANGED
    if item:
        yield item.sheet.rater_id, RATED, is_changed
        if item.confirmed_by_id:
            yield item.confirmed_by_id, CONFIRMED, is_changed
        for voter in voters[item.pk]:
            yield voter, VOTED, is_changed
    by_turn = {answer.turn: answer for answer in answers}
    if is_answered and by_turn.keys() >= {1, 2} and by_turn[1].decided_by_id:
        yield by_turn[1].decided_by_id, ANSWERED, by_turn[1].outcome != by_turn[2].outcome


def _voters(items: Iterable[Observation]) -> dict[int, set[int]]:
    turns, found = {item.pk: item.turn for item in items}, defaultdict(set)
    rows = Ballot.objects.filter(observation__in=turns, choice=Ballot.Choice.APPROVE)
    for item, turn, voter in rows.values_list("observation", "turn", "voter"):
        if turns[item] == turn:
            found[item].add(voter)
    return found


def _handled(posted: QuerySet[Observation], answered: QuerySet[Decision], users: set[int]) -> Counter:
    """How much each of some people did under each hat in the period, so that the changed stand in proportion."""
    found, posted = Counter(), posted.order_by()
    for hat, who in ((RATED, "sheet__rater"), (CONFIRMED, "confirmed_by")):
        rows = posted.filter(**{f"{who}__in": users}).values_list(who).annotate(n=Count("pk"))
        found.update({(user, hat): n for user, n in rows})
    votes = Ballot.objects.filter(
        observation__in=posted, voter__in=users, choice=Ballot.Choice.APPROVE
    ).order_by()
    found.update({(user, VOTED): n for user, n in votes.values_list("voter").annotate(n=Count("pk"))})
    answers = answered.filter(decided_by__in=users).order_by()
    rows = answers.values_list("decided_by").annotate(n=Count("pk"))
    found.update({(user, ANSWERED): n for user, n in rows})
    return found


def _with_few_households(
    where: QuerySet[Division], first: date, last: date, users: Iterable[int]
) -> set[int]:
    lines = SheetLine.objects.filter(
        sheet__village__in=where, sheet__round__month__range=(first, last), sheet__rater__in=users
    )
    found = lines.order_by().values_list("sheet__rater").annotate(n=Count("subject", distinct=True))
    return {rater for rater, n in found if n < FEWEST_HOUSEHOLDS}


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _after(month: date) -> datetime:
    """The first moment after a month."""
    return _start((month.replace(day=28) + timedelta(days=4)).replace(day=1))
