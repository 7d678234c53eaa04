"""季亮晒: a quarter computed by the machine, looked at and signed by people (design/3-processes.md, The quarter)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from governance import scorecards, scoring_sql
from governance.access import check_role, staff, today
from governance.events import record
from governance.models import Consent, Division, Entry, Hold, Rulebook, Scorecard, User
from governance.models.people import Role
from governance.periods import months_of, quarter_bounds, quarter_label
from governance.readings import log_reading
from governance.recusal import reasons
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import change, save, update_many
from workflows.flows import SettlementFlow
from workflows.models import Amendment, Round, Settlement, Sheet, Viewed
from workflows.signatures import put
from workflows.steps import lock, locked, pass_on, step

SIGNATURES_NEEDED = 2
CHANGED, NEAR, HELD = "变了", "贴近", "暂缓"  # why a signer must open a card
OVERTAKEN = "算分以后有记分更正了，请先重新算。"
NEAR_TENTHS = 10  # "near the line": less than one point from the base, the base itself left out


def preflight(village: Division, quarter: str, *, at: datetime) -> dict[str, list]:
    """What stops settling a quarter, and what only wants a look."""
    stop, look = [], []
    if today(at) <= quarter_bounds(quarter)[1]:
        stop.append(f"{quarter_label(quarter)}还没过完。")
    rounds = {r.month: r for r in Round.objects.filter(village=village, month__in=months_of(quarter))}
    busy = [r for r in rounds.values() if r.state not in (Round.State.PUBLISHED, Round.State.CLOSED)]
    if busy:
        stop.append("这一季还有月评没公示：" + "、".join(f"{r.month.month}月" for r in busy) + "。")
    absent = [month for month in months_of(quarter) if month not in rounds]
    if absent:
        look.append("没有开月评的月份：" + "、".join(f"{m.month}月" for m in absent) + "，按没有记分算。")
    unsigned = Amendment.objects.filter(
        village=village, state=Amendment.State.WAITING, settlement__quarter__startswith=quarter[:4]
    ).count()
    if unsigned:
        look.append(f"今年前几季有{unsigned}户的更正还没签字，签了再算更好：封顶的分会跟着变。")
    if not Rulebook.objects.filter(village=village, state=Rulebook.State.IN_FORCE).exists():
        stop.append("没有施行的评分细则。")
    return {"stop": stop, "look": look}


@transaction.atomic
def start(*, village: Division, quarter: str, by: User, at: datetime) -> Settlement:
    """Compute the quarter's scorecards, set-based, and open them for two people to look at and sign.

    One leaf holds all cards by the root of their own tree (design/5-trust.md). Raises Refused or Conflict.
    """
    lock(village)
    role = check_start(village, quarter, by=by, at=at)
    settlement = Settlement(village=village, quarter=quarter, computed_at=at, started_by=by)
    save(settlement, action="settlement.started", by=by, at=at)
    SettlementFlow.start.run(settlement=settlement)
    digests = _compute(settlement, by=by, at=at)
    record(
        "settlement.started", village=village, about=settlement, by=by, at=at, role=role, rows=[settlement],
        digests=digests,
    )  # fmt: skip
    return settlement


def check_start(village: Division, quarter: str, *, by: User, at: datetime) -> str:
    """The role in which a user may have a quarter computed now. Raises Refused, or Conflict when it was."""
    role = check_role(by, Role.CLERK, village=village, at=at)
    if Settlement.objects.filter(village=village, quarter=quarter).exists():
        raise Conflict(f"{quarter_label(quarter)}已经算过了，请去看签到哪一步。")
    if stop := preflight(village, quarter, at=at)["stop"]:
        raise Refused("".join(stop))
    return role


def cards(settlement: Settlement):
    """A settlement's scorecards in the order of areas and doors; never by colour."""
    return (
        Scorecard.objects.filter(village=settlement.village, quarter=settlement.quarter, version=1)
        .select_related("subject", "subject__area")
        .order_by("subject__area__position", "subject__door_order", "subject_id")
    )


def why_look(card: Scorecard, before: Scorecard | None) -> list[str]:
    """Why a signer must open this card: its colour changed, it is near the line, or something is held."""
    found = []
    if before and before.colour != card.colour:
        found.append(CHANGED)
    if 0 < abs(card.total_tenths - card.base_tenths) < NEAR_TENTHS:
        found.append(NEAR)
    if card.held_count:
        found.append(HELD)
    return found


def to_look_at(settlement: Settlement) -> dict[int, list[str]]:
    """The cards a signer must open, with why: {scorecard id: reasons}."""
    before = previous_cards(settlement)
    found = {card.pk: why_look(card, before.get(card.subject_id)) for card in cards(settlement)}
    return {pk: why for pk, why in found.items() if why}


def previous_cards(settlement: Settlement) -> dict[int, Scorecard]:
    """Last quarter's newest published card of each subject."""
    rows = Scorecard.objects.filter(
        village=settlement.village, quarter=settlement.previous, published_at__isnull=False
    ).order_by("version")
    return {card.subject_id: card for card in rows}


def view_card(*, settlement: Settlement, card: Scorecard, by: User, at: datetime) -> None:
    """Note that a signer opened a card, also in the list of looks that the household sees.

    Raises Refused for their own household and kin, Conflict when the quarter is signed already.
    """
    if settlement.state != Settlement.State.CONFIRMING:
        raise Conflict("这一季的颜色已经签好了，不用再看各户的分。")
    role = check_signer(settlement, by=by, at=at)
    if reasons(by, [card.subject_id], at=at):
        raise Refused("这一户是您自己家或亲属，不给您看，由别的委员签。")
    _, is_first = Viewed.objects.get_or_create(
        settlement=settlement, scorecard=card, by=by, defaults={"at": at}
    )
    if is_first:
        why = f"{quarter_label(settlement.quarter)}颜色签字前查看"
        log_reading(user=by, subject=card.subject, role=role, why=why, at=at)


def left_to_view(settlement: Settlement, *, by: User, at: datetime) -> list[int]:
    """Ids of cards a signer has still to open; own household and kin are not theirs to see."""
    due = to_look_at(settlement)
    subject_of = dict(Scorecard.objects.filter(pk__in=due).values_list("pk", "subject_id"))
    out = reasons(by, subject_of.values(), at=at)
    seen = set(Viewed.objects.filter(settlement=settlement, by=by).values_list("scorecard_id", flat=True))
    return [pk for pk in due if pk not in seen and subject_of[pk] not in out]


def standing(settlement: Settlement):
    """Signatures that count."""
    return settlement.signatures.filter(void_at__isnull=True).select_related("signer").order_by("signed_at")


def check_signer(settlement: Settlement, *, by: User, at: datetime) -> str:
    """The role in which a user may look at and sign a quarter; raises Refused with the reason."""
    role = check_role(by, Role.COMMITTEE, Role.PANEL, village=settlement.village, at=at)
    if by.pk in _who_rated(settlement):
        raise Refused("这一季您自己评过单，评过的人不能签颜色，由别的委员来签。")
    if role == Role.PANEL and not _panel_needed(settlement, at=at):
        raise Refused("村两委有人能签，不用镇里签。")
    return role


def check_sign(settlement: Settlement, *, by: User, at: datetime) -> str:
    """May this user sign now: a signer who has opened everything that must be looked at."""
    role = check_signer(settlement, by=by, at=at)
    if is_overtaken(settlement):
        raise Conflict(OVERTAKEN)
    if any(s.signer_id == by.pk for s in standing(settlement)):
        raise Conflict("您已经签过了，要另一个人签第二个。")
    left = left_to_view(settlement, by=by, at=at)
    if left:
        raise Refused(f"还有{len(left)}户要看的没看，看完才能签。")
    return role


def is_overtaken(settlement: Settlement) -> bool:
    """Has something changed that the quarter was computed from: a line that counts in it, a deduction held or
    let go, or what an earlier quarter of the year hands on. At most three queries."""
    quarter, then = settlement.quarter, settlement.computed_at
    counts = Q(quarter=quarter) | Q(quarter__in=scorecards.reach(quarter), rule__lasts_quarters__gt=1)
    entries = Entry.objects.filter(counts, village=settlement.village)
    turned = Q(placed_at__gt=then, lifted_at__isnull=True) | Q(placed_at__lte=then, lifted_at__gt=then)
    handed_on = Scorecard.objects.filter(
        village=settlement.village, quarter__lt=quarter, quarter__startswith=quarter[:4],
        version__gt=1, confirmed_at__gt=then,
    )  # fmt: skip
    return (
        entries.filter(posted_at__gt=then).exists()
        or Hold.objects.filter(turned, entry__in=entries.filter(rule__sign=-1)).exists()
        or handed_on.exists()
    )


@transaction.atomic
def sign(*, settlement: Settlement, word: str, by: User, at: datetime) -> Settlement:
    """Sign the quarter's colours. Confirmed at two signatures, when nobody is left whose signers are all kin."""
    settlement = lock(settlement)
    last = is_last(settlement, by=by, at=at)
    guard = (
        step(settlement.process, SettlementFlow.confirm, by=by)
        if last
        else locked(settlement.process, SettlementFlow.confirm)
    )
    with guard:
        role = check_sign(settlement, by=by, at=at)
        signature = put(settlement=settlement, role=role, word=word, by=by, at=at)
        if last:
            _confirm(settlement, by=by, at=at)
        record(
            "settlement.signed", village=settlement.village, about=settlement, by=by, at=at, role=role, why=word,
            rows=[signature, settlement],
        )  # fmt: skip
    return settlement


def is_last(settlement: Settlement, *, by: User, at: datetime) -> bool:
    """Would this user's signature complete the quarter."""
    signers = {s.signer for s in standing(settlement)} | {by}
    return len(signers) >= SIGNATURES_NEEDED and not uncovered(settlement, signers, at=at)


def uncovered(settlement: Settlement, signers: set[User], *, at: datetime) -> set[int]:
    """Subjects that every one of `signers` must stand aside from."""
    ids = list(cards(settlement).values_list("subject_id", flat=True))
    left = set(ids)
    for signer in signers:
        left &= set(reasons(signer, ids, at=at))
    return left


@transaction.atomic
def recompute(*, settlement: Settlement, why: str, by: User, at: datetime) -> Settlement:
    """Send the quarter back to be computed again (a household was not right); signatures so far are void."""
    settlement = lock(settlement)
    with locked(settlement.process, SettlementFlow.confirm):
        role = check_signer(settlement, by=by, at=at)
        if not why.strip():
            raise Invalid(why="请写哪一户、哪里不对。")
        change(standing(settlement), void_at=at)
        settlement.viewed.all().delete()
        settlement.computed_at = at
        save(settlement, action="settlement.recomputed", by=by, at=at)
        digests = _compute(settlement, by=by, at=at)
        record(
            "settlement.recomputed", village=settlement.village, about=settlement, by=by, at=at, role=role, why=why,
            rows=[settlement], digests=digests,
        )  # fmt: skip
    return settlement


@transaction.atomic
def finish(*, settlement: Settlement, at: datetime) -> Settlement:
    """The window is over: the quarter is final."""
    settlement = lock(settlement)
    if settlement.state != Settlement.State.PUBLISHED:
        raise Conflict("这一季已经办结了。")
    settlement.finish()
    save(settlement, action="settlement.finished", by=None, at=at)
    pass_on(settlement.process, SettlementFlow.window)
    record(
        "settlement.finished", village=settlement.village, about=settlement, by=None, at=at, role="system",
        rows=[settlement],
    )  # fmt: skip
    return settlement


def counts(village: Division, quarter: str) -> dict[str, int]:
    """Households by colour, as counts only."""
    newest = {}
    for card in Scorecard.objects.filter(
        village=village, quarter=quarter, confirmed_at__isnull=False
    ).order_by("version"):
        newest[card.subject_id] = card.colour
    found = Counter(newest.values())
    return {colour: found[colour] for colour in Scorecard.Colour.values}


def honoured(settlement: Settlement) -> list[str]:
    """Names of green households whose head consented to that separately, by area and door."""
    green = cards(settlement).filter(colour=Scorecard.Colour.GREEN)
    agreed = set(
        Consent.objects.filter(
            village=settlement.village, purpose=Consent.Purpose.HONOUR, withdrawn_on__isnull=True,
            member__is_head=True, member__left_on__isnull=True,
        ).values_list("member__subject_id", flat=True)
    )  # fmt: skip
    return [card.subject.name for card in green if card.subject_id in agreed]


def _confirm(settlement: Settlement, *, by, at) -> None:
    rows = list(cards(settlement))
    for card in rows:
        card.confirmed_at = at
    update_many(rows, ["confirmed_at"], action="scorecard.confirmed", by=by, at=at)
    settlement.confirm()
    save(settlement, action="settlement.confirmed", by=by, at=at)


def _compute(settlement: Settlement, *, by, at) -> dict[str, str]:
    base = scorecards.base_tenths(settlement.village, settlement.quarter)
    scoring_sql.compute(
        village=settlement.village, quarter=settlement.quarter, base_tenths=base, by=by, at=at
    )
    return scoring_sql.digests(settlement.village, settlement.quarter, at)


def _panel_needed(settlement: Settlement, *, at) -> bool:
    """Fewer than two committee members can sign, or all who can are kin of some household."""
    rated = _who_rated(settlement)
    free = {user for user in staff(Role.COMMITTEE, settlement.village, at=at) if user.pk not in rated}
    return len(free) < SIGNATURES_NEEDED or bool(uncovered(settlement, free, at=at))


def who_rated(quarters: Collection[tuple[int, str]]) -> dict[tuple[int, str], set[int]]:
    """Who handed in a sheet in a month of each of several quarters: {(village id, quarter): user ids}; one query."""
    quarter_of = {month: quarter for _, quarter in quarters for month in months_of(quarter)}
    filed = Sheet.objects.filter(
        village__in={village for village, _ in quarters}, round__month__in=quarter_of, filed_at__isnull=False
    )
    found = {place: set() for place in quarters}
    for village, month, rater in filed.values_list("village", "round__month", "rater").distinct():
        found.setdefault((village, quarter_of[month]), set()).add(rater)
    return found


def _who_rated(settlement: Settlement) -> set[int]:
    quarter = settlement.village_id, settlement.quarter
    return who_rated([quarter])[quarter]
