"""我的待办: what waits for one user now, over all their roles; only theirs, with by when (design/6, Attention).

A layer above adds its own source to a role of SOURCES. The number of queries does not grow with sheets or items.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from governance.access import appointments, today, village_ids, villages
from governance.models import Deadline, Kinship, Member, Rulebook, User
from governance.models.people import Role
from governance.periods import month_of, months_of, previous_quarter, quarter_label, quarter_of
from governance.prepared import prepared
from governance.refusals import why_not
from governance.requests import read_once
from workflows import amendment_signing, publications, second_ratings, settlements, signatures
from workflows.ballots import VOTING
from workflows.models import Amendment, Ballot, Observation, Round, Settlement, Sheet, SheetLine
from workflows.signatures import PENDING
from workflows.who import Votable, electorates_in, settlers

State = Observation.State
MANY = 100


@dataclass(frozen=True)
class Waiting:
    """One thing a user must do: what, where, by when, how many; `url_name` and `key` (or a village's code) say on which page."""

    title: str
    where: str
    url_name: str
    key: UUID | str
    due: datetime | None = None
    count: int = 1

    @property
    def url(self) -> str:
        """The page where it is done."""
        return reverse(self.url_name, args=[self.key])


def waiting_for(user: User, *, at: datetime) -> list[Waiting]:
    """Everything that waits for a user now, the soonest due first."""
    # Only what is asked of the roles held; a source that two of them share is asked once.
    sources = dict.fromkeys(source for role in _roles(user, at=at) for source in SOURCES.get(role, ()))
    found = [waiting for source in sources for waiting in source(user, at=at)]
    return sorted(found, key=lambda waiting: (waiting.due is None, waiting.due or at))


def what_comes_next(user: User, *, at: datetime) -> str:
    """When the next thing may come to somebody whose list is empty, as a sentence."""
    if _roles(user, at=at) == {Role.OPERATOR}:  # no step of a month is theirs
        return "要您办的事，一有就会出现在这里。"
    rows = Deadline.objects.filter(
        village__in=villages(user, at=at), kind__in=_STEPS, due_at__gte=at, fired_at__isnull=True,
        cancelled_at__isnull=True,
    )  # fmt: skip
    row = rows.order_by("due_at").first()
    if row is None:
        return "村里开了新的月评，要您办的事会出现在这里。"
    day = timezone.localdate(row.due_at)
    return f"现在是{_STEPS[row.kind]}，到{day.month}月{day.day}日。轮到您时，这里会有。"


_STEPS = {
    "round.sheets": "联户党员评户",
    "round.areas": "片组长核单",
    "round.ballots": "理事会审议",
    "round.window": "月评公示",
    "settlement.window": "季亮晒公示",
}


def rating(user: User, *, at: datetime) -> Iterable[Waiting]:
    """A rater's sheets that are open or came back."""
    sheets = (
        Sheet.objects.filter(rater=user, state__in=[Sheet.State.OPEN, Sheet.State.RETURNED])
        .filter(village__in=villages(user, Role.RATER, Role.PANEL, at=at))
        .select_related("round", "area", "village")
        .annotate(left=Count("lines", filter=Q(lines__verdict=SheetLine.Verdict.TODO)))
    )
    due = _due("round.sheets", sheets)
    for sheet in sheets:
        returned = sheet.state == Sheet.State.RETURNED
        todo = f"还有{sheet.left}户没评" if sheet.left else "都评了，还没交"
        yield Waiting(
            f"{sheet.round.month.month}月联户评议{'，退回要改' if returned else ''}",
            f"{sheet.village}{sheet.area}，{todo}",
            "sheet", sheet.key, due.get(sheet.round_id), sheet.left or 1,
        )  # fmt: skip


def looking_again(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Households drawn for this rater to look at again, a line each: the page of one leads to the next."""
    rows = second_ratings.waiting(user, at=at)
    due = _due(second_ratings.DUE, rows)
    for row in rows:
        title = f"{row.round.month.month}月抽到您再看一户，点三下"
        yield Waiting(
            title, f"{row.village}{row.subject.area}", "second_rating", row.key, due.get(row.round_id)
        )


def confirming(user: User, *, at: datetime) -> Iterable[Waiting]:
    """A leader's items and sheets to confirm, one line a round; what others must settle is not counted."""
    found = defaultdict(Counter)
    sheets = sheets_to_confirm(villages(user, Role.LEADER, Role.PANEL, at=at))
    for of_village in _by_village(sheets):
        asked = [(sheet, item) for sheet in of_village for item in sheet.filed or [None]]
        may = settlers(asked, at=at)
        for sheet, item in asked:
            found[sheet.round]["条事" if item else "张单"] += user in may[sheet.pk, item and item.pk]
    found = {round: counts for round, counts in found.items() if counts.total()}
    due = _due("round.areas", found)
    for round, counts in found.items():
        words = [f"{counts[kind]}{kind}" for kind in ("条事", "张单") if counts[kind]]
        yield Waiting(
            f"{round.month.month}月核单", f"{round.village}，要核{'、'.join(words)}",
            "area", round.key, due.get(round.pk), counts.total(),
        )  # fmt: skip


def sheets_to_confirm(where) -> list[Sheet]:
    """Sheets of some villages that were handed in or hold an item the council sent back; items in `.filed`."""
    filed = Observation.objects.filter(state=State.FILED)
    waiting = Sheet.objects.filter(Q(state=Sheet.State.FILED) | Exists(filed.filter(sheet=OuterRef("pk"))))
    return list(
        waiting.filter(village__in=where)
        .select_related("round__village", "area", "village", "rater")
        .prefetch_related(
            Prefetch(
                "observations",
                filed.select_related("rule").only("sheet_id", "subject_id", "state", "rule__sign"),
                to_attr="filed",
            )
        )
    )


def voting(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Items that still want this member's vote; those of the own council are counted no further than MANY."""
    roles = _roles(user, at=at) & {Role.COUNCIL, Role.PANEL}
    found = {row[1]: row for role in roles for row in _open_to(user, role, at=at)}
    rounds = _by_id(frozenset(round for round, *_ in found.values()))
    asked = defaultdict(list)
    for round, pk, subject, at_township, sign, *touched_by in found.values():
        asked[rounds[round].village].append(Votable(pk, subject, at_township, sign < 0, tuple(touched_by)))
    counts = Counter(
        rounds[found[pk][0]]
        for village, items in asked.items()
        for pk, users in electorates_in(village, items, at=at).items()
        if user in users
    )
    due = _due("round.ballots", counts)
    for round, n in counts.items():
        title = f"{round.month.month}月审议，要您投票"
        yield Waiting(title, f"{round.village}，{_so_many(n)}", "review", round.key, due.get(round.pk), n)


def approving(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Small plus-items a council member may approve together, counted no further than MANY."""
    places = village_ids(user, Role.COUNCIL, at=at)
    counts = Counter(round for (round,) in _small(places, user.pk, today(at), limit=MANY))
    due = _due("round.ballots", counts)
    for round in _by_id(frozenset(counts)).values():
        n = counts[round.pk]
        title = f"{round.month.month}月审议，小额加分"
        where = f"{round.village}，{_so_many(n)}可以一并通过"
        yield Waiting(title, where, "review", round.key, due.get(round.pk), n)


def _open_to(user: User, role: str, *, at: datetime) -> list[tuple]:
    """Items whose ballot this user has not cast: of the council's own MANY, for the panel all, few being theirs."""
    places = village_ids(user, role, at=at)
    return _large(places, user.pk, today(at), limit=MANY if role == Role.COUNCIL else None)


@prepared
def _large(places: tuple[int, ...], user: int, day: date, *, limit: int | None):
    cast = Ballot.objects.filter(observation=OuterRef("pk"), turn=OuterRef("turn"), voter=user)
    items = _untouched(places, user, day).filter(~Exists(cast), needs_ballot=True)
    rows = items.values_list(
        "round", "pk", "subject", "at_township", "rule__sign", "sheet__rater", "confirmed_by"
    )
    return rows.filter(at_township=False)[:limit] if limit else rows


@prepared
def _small(places: tuple[int, ...], user: int, day: date, *, limit: int):
    return _untouched(places, user, day).filter(needs_ballot=False).values_list("round")[:limit]


def _untouched(places: tuple[int, ...], user: int, day: date):
    """Items of some villages under review, less a user's own household's, kin's and own work; in no order."""
    kin = Kinship.objects.on(day).filter(user=user)
    own = Member.objects.filter(user=user, left_on__isnull=True)
    return (
        Observation.objects.filter(state=State.CONFIRMED, round__state__in=VOTING)
        .filter(village__in=places)
        .exclude(subject__in=kin.values("subject"))
        .exclude(subject__in=own.values("subject"))
        .exclude(sheet__rater=user)
        .exclude(confirmed_by=user)
        .order_by()
    )


def _so_many(n: int) -> str:
    return f"{n}条" if n < MANY else f"{MANY}条以上"


def sending(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Months the council has settled: somebody sends them to the committee."""
    rounds = _by_id(frozenset(pk for (pk,) in _settled(village_ids(user, Role.COUNCIL, at=at))))
    due = _due("round.ballots", rounds)
    for round in rounds.values():
        title = f"{round.month.month}月都审完了，送村两委签字"
        yield Waiting(title, str(round.village), "review_send", round.key, due.get(round.pk))


@prepared
def _settled(places: tuple[int, ...]):
    left = Observation.objects.filter(round=OuterRef("pk"), state__in=PENDING)
    rounds = Round.objects.filter(~Exists(left), state=Round.State.REVIEWING, village__in=places)
    return rounds.order_by("pk").values_list("pk")


def signing(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Months and quarters this user may sign now and has not signed."""
    for round in _rounds(user, Round.State.RESOLVING, Role.COMMITTEE, Role.PANEL, at=at):
        if not why_not(signatures.check_sign, round, by=user, at=at):
            yield Waiting(f"{round.month.month}月月评，等您签字", str(round.village), "round_sign", round.key)
    for quarter in _quarters(user, Settlement.State.CONFIRMING, Role.COMMITTEE, Role.PANEL, at=at):
        signed = settlements.standing(quarter).filter(signer=user).exists()
        if not signed and not why_not(settlements.check_signer, quarter, by=user, at=at):
            title = f"{quarter_label(quarter.quarter)}颜色，等您看过签字"
            yield Waiting(title, str(quarter.village), "settlement", quarter.key)


def posting(user: User, *, at: datetime) -> Iterable[Waiting]:
    """What the clerk has to post."""
    for round in _rounds(user, Round.State.RESOLVED, Role.CLERK, at=at):
        yield Waiting(f"{round.month.month}月月评签好了，等公示", str(round.village), "round", round.key)
    for quarter in _quarters(user, Settlement.State.CONFIRMED, Role.CLERK, at=at):
        title = f"{quarter_label(quarter.quarter)}签好了，等公示"
        yield Waiting(title, str(quarter.village), "settlement", quarter.key)


def amending(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Scorecards changed after a quarter was signed: a line a quarter, leading to the first of them."""
    found = defaultdict(list)
    for row in amendment_signing.for_user(user, Amendment.objects.all(), at=at):
        found[row.settlement].append(row)
    for settlement, rows in found.items():
        title = f"{quarter_label(settlement.quarter)}有{len(rows)}户的分更正了，等您看过签字"
        yield Waiting(title, str(rows[0].village), "amendment", rows[0].key, count=len(rows))


def hanging(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Notices of correction that the clerk has to print and hang up."""
    for row in publications.to_hang_up(villages(user, Role.CLERK, at=at), at=at):
        yield Waiting("更正公示，打印张贴", row.content["title"], "notice_hang_up", row.key, row.window_ends)


def opening(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Months and quarters the clerk has to begin: the running month, and the quarter that is over."""
    ruled = Rulebook.objects.filter(village=OuterRef("pk"), state=Rulebook.State.IN_FORCE)
    places = villages(user, Role.CLERK, at=at).filter(Exists(ruled))
    month, over = month_of(today(at)), previous_quarter(quarter_of(today(at)))
    for village in places.exclude(rounds__month=month):
        yield Waiting(f"{month.month}月的月评还没开", str(village), "rounds", village.code)
    rated = places.filter(rounds__month__in=months_of(over)).exclude(settlements__quarter=over)
    for village in rated.distinct():
        yield Waiting(f"{quarter_label(over)}还没算分", str(village), "settlements", village.code)


def drafting(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Rulebooks on the clerk's desk: drafts to finish, versions on show to take to the assembly."""
    steps = {Rulebook.State.DRAFT: "还是草稿", Rulebook.State.CHECKED: "检查好了，可以公布征求意见"}
    steps[Rulebook.State.ANNOUNCED] = "在征求意见，期满开大会"
    books = Rulebook.objects.filter(village__in=villages(user, Role.CLERK, at=at), state__in=steps)
    for book in books.select_related("village"):
        yield Waiting(
            f"评分细则第{book.version}版{steps[book.state]}", str(book.village), "rulebook", book.key
        )


SOURCES: dict[str, list[Callable[..., Iterable[Waiting]]]] = {
    Role.RATER: [rating, looking_again],
    Role.LEADER: [confirming],
    Role.COUNCIL: [voting, approving, sending],
    Role.COMMITTEE: [signing, amending],
    Role.CLERK: [posting, hanging, opening, drafting],
    Role.PANEL: [rating, confirming, voting, signing, amending],
    Role.SUPERVISOR: [amending],
}


def _roles(user, *, at) -> set[str]:
    return {appointment.role for appointment in appointments(user, at=at)}


def _by_village(rows) -> Iterable[list]:
    found = defaultdict(list)
    for row in rows:
        found[row.village].append(row)
    return found.values()


def _rounds(user, state, *roles, at):
    return Round.objects.filter(state=state, village__in=villages(user, *roles, at=at)).select_related(
        "village"
    )


def _quarters(user, state, *roles, at):
    where = villages(user, *roles, at=at)
    return Settlement.objects.filter(state=state, village__in=where).select_related("village")


def _due(kind: str, things) -> dict[int, datetime]:
    """Round id -> when a step of it is due; `things` are rounds, their ids or sheets."""
    ids = frozenset(getattr(thing, "round_id", getattr(thing, "pk", thing)) for thing in things)
    return _due_of(kind, ids) if ids else {}


@read_once
def _due_of(kind: str, rounds: frozenset[int]) -> dict[int, datetime]:
    return dict(_due_days(tuple(rounds), kind=kind))


@prepared
def _due_days(rounds: tuple[int, ...], *, kind: str):
    rows = Deadline.objects.filter(
        kind=kind, about_type=Round._meta.label_lower, about_id__in=rounds, cancelled_at__isnull=True
    )
    return rows.values_list("about_id", "due_at")


@read_once
def _by_id(rounds: frozenset[int]) -> dict[int, Round]:
    """Rounds with their villages, by primary key; none costs no query."""
    return {round.pk: round for round in _rounds_of(tuple(rounds))}


@prepared
def _rounds_of(pks: tuple[int, ...]):
    return Round.objects.select_related("village").filter(pk__in=pks)
