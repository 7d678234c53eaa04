"""A new version of a signed scorecard is looked at and signed like the quarter itself (design/3-processes.md).

By two people who did not rate in the quarter, are no kin of the household, and did not decide the case behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from governance.access import check_role, staff, villages
from governance.events import record
from governance.models import User
from governance.models.people import Role
from governance.periods import quarter_label
from governance.readings import log_reading
from governance.recusal import pairs
from governance.refusals import Conflict, Refused
from governance.saving import save
from workflows.amendments import tell_the_board
from workflows.models import Amendment, Settlement, Signature, Viewed
from workflows.settlements import SIGNATURES_NEEDED, who_rated
from workflows.signatures import put
from workflows.steps import lock

# Who stands in when those before are fewer than two.
LADDER = (Role.COMMITTEE, Role.PANEL, Role.SUPERVISOR)
POSTED = (Settlement.State.PUBLISHED, Settlement.State.FINAL)

# By the noun of a cause, who decided those cases: {key: user ids}. Layers above put theirs here at start.
NOT_TO_SIGN: dict[str, Callable[[list[str]], dict[str, set[int]]]] = {}


def signers(rows: Iterable[Amendment], *, at: datetime) -> dict[int, dict[User, str]]:
    """Who may sign each of several amendments, and in which role: {amendment id: {user: role}}.

    As many queries as there are villages and kinds of cause, however many amendments.
    """
    rows = list(rows)
    ladders = {v: [(role, staff(role, v, at=at)) for role in LADDER] for v in {row.village for row in rows}}
    everybody = {user for ladder in ladders.values() for _, users in ladder for user in users}
    kin = pairs(everybody, {row.subject_id for row in rows}, at=at)
    rated, decided = _raters(rows), _deciders(rows)

    def free(row, user):
        touched = rated[row.village_id, row.settlement.quarter] | decided[row.pk]
        return user.pk not in touched and (user.pk, row.subject_id) not in kin

    found = {}
    for row in rows:
        found[row.pk] = allowed = {}
        for role, users in ladders[row.village]:
            if len(allowed) < SIGNATURES_NEEDED:
                allowed |= {user: role for user in users if user not in allowed and free(row, user)}
    return found


def for_user(user: User, rows: QuerySet[Amendment], *, at: datetime) -> list[Amendment]:
    """Those of `rows` that wait, on the board's quarters, for this user's signature; oldest first."""
    mine = Signature.objects.filter(amendment=OuterRef("pk"), signer=user, void_at__isnull=True)
    open_rows = rows.filter(
        state=Amendment.State.WAITING, settlement__state__in=POSTED, village__in=villages(user, *LADDER, at=at)
    ).exclude(Exists(mine))  # fmt: skip
    open_rows = list(open_rows.select_related("settlement", "subject", "village"))
    allowed = signers(open_rows, at=at)
    return [row for row in open_rows if user in allowed[row.pk]]


def standing(row: Amendment):
    """Signatures that count, oldest first."""
    return row.signatures.filter(void_at__isnull=True).select_related("signer").order_by("signed_at")


def check_look(row: Amendment, *, by: User, at: datetime) -> str:
    """The role in which a user may look at an amended scorecard; raises Refused or Conflict with the reason."""
    role = check_role(by, *LADDER, village=row.village, at=at)
    if row.state != Amendment.State.WAITING:
        raise Conflict(
            "这一户的更正已经签好了，不用再签。"
            if row.state == Amendment.State.SIGNED
            else "这一户的分又和签过的一样了，不用签了。"
        )
    if row.settlement.state not in POSTED:
        raise Refused(f"{quarter_label(row.settlement.quarter)}还没公示。公示以后，再来签这一户的更正。")
    [allowed] = signers([row], at=at).values()
    if by in allowed:
        return allowed[by]
    if pairs([by], [row.subject_id], at=at):
        raise Refused("这一户是您自己家或亲属，不给您看，由别的人签。")
    if by.pk in _raters([row])[row.village_id, row.settlement.quarter]:
        raise Refused("这一季您自己评过单，评过的人不能签，由别的人来签。")
    if by.pk in _deciders([row])[row.pk]:
        raise Refused("这件事是您办的，更正要由别的人来签。")
    raise Refused(f"{'村两委' if role == Role.PANEL else '村里和镇里'}有人能签，不用您签。")


@transaction.atomic
def look(*, amendment: Amendment, by: User, at: datetime) -> None:
    """Note that a signer opened the new card, also in the list of looks that the household sees."""
    role = check_look(amendment, by=by, at=at)
    _, is_first = Viewed.objects.get_or_create(
        settlement=amendment.settlement, scorecard=amendment.scorecard, by=by, defaults={"at": at}
    )
    if is_first:
        why = f"{quarter_label(amendment.settlement.quarter)}更正签字前查看"
        log_reading(user=by, subject=amendment.subject, role=role, why=why, at=at)


def check_sign(row: Amendment, *, by: User, at: datetime) -> str:
    """May this user sign now: a signer who has opened the card that waits now."""
    role = check_look(row, by=by, at=at)
    if standing(row).filter(signer=by).exists():
        raise Conflict("您已经签过了，要另一个人签第二个。")
    if not Viewed.objects.filter(scorecard=row.scorecard, by=by).exists():
        raise Conflict("这一户的分您还没看，或者刚刚又改了。请看一遍再签。")
    return role


@transaction.atomic
def sign(*, amendment: Amendment, word: str, by: User, at: datetime) -> Amendment:
    """Sign a new card. With the second signature it takes the place of the old one, and a correction is posted."""
    settlement = lock(amendment.settlement)
    row = lock(amendment, "settlement", "subject", "village", "scorecard")
    role = check_sign(row, by=by, at=at)
    rows = [put(amendment=row, role=role, word=word, by=by, at=at), row]
    is_last = standing(row).count() >= SIGNATURES_NEEDED
    if is_last:
        rows.append(_take_effect(row, by=by, at=at))
    record(
        "amendment.signed", village=row.village, about=row, by=by, at=at, role=role, why=word,
        subject_key=row.subject.key, rows=rows,
    )  # fmt: skip
    if is_last:
        tell_the_board(settlement, cause=row.cause, by=by, at=at, role=role)
    return row


def _take_effect(row: Amendment, *, by, at):
    """The new card is the one that counts and is shown."""
    card = row.scorecard
    card.confirmed_at = card.published_at = at
    save(card, action="scorecard.confirmed", by=by, at=at)
    row.signed_at = at
    row.sign()
    save(row, action="amendment.signed", by=by, at=at)
    return card


def _raters(rows: list[Amendment]) -> dict[tuple[int, str], set[int]]:
    return who_rated({(row.village_id, row.settlement.quarter) for row in rows})


def _deciders(rows: list[Amendment]) -> dict[int, set[int]]:
    """By amendment, who decided one of the cases it ever waited for; a query, and what the tellers ask."""
    history = Amendment.history.filter(id__in=[row.pk for row in rows])
    causes = {(pk, *cause.partition(":")[::2]) for pk, cause in history.values_list("id", "cause")}
    told = {
        noun: NOT_TO_SIGN[noun]([key for _, other, key in causes if other == noun])
        for noun in {noun for _, noun, _ in causes} & NOT_TO_SIGN.keys()
    }
    found = defaultdict(set)
    for pk, noun, key in causes:
        found[pk] |= told.get(noun, {}).get(key, set())
    return found
