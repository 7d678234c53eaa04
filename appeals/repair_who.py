"""Who may verify and decide a repair: never who recorded the deduction, filed the repair or judged it before.

First those in charge, then who stands in, at last the township: a repair never waits for nobody. What lies too
long goes to the township as well. Like workflows.who, asked when the page opens and again when it posts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from appeals.models import Objection, Repair, RepairVote
from governance.access import holds, staff
from governance.households import adult_of, sees_score
from governance.models import Deadline, Entry, User
from governance.models.people import Role
from governance.recusal import pairs, recused_users
from governance.refusals import Refused
from workflows.models import Observation

NEEDED = 2
OVERDUE = "repair.act"
State = Repair.State


def verifiers(rows: list[Repair], *, at: datetime) -> dict[int, list[User]]:
    """Who may verify several repairs of one village, by id: leaders of the area, of the village, the township."""

    def ladder(row, leaders, panel, officers):
        near = staff(Role.LEADER, row.village, at=at, area=row.subject.area)
        return [(near, 1), (leaders, 1), (panel, 1), (officers, 1)]

    return _free(rows, Role.LEADER, ladder, at=at)


def electors(rows: list[Repair], *, at: datetime) -> dict[int, list[User]]:
    """Who may vote on several repairs of one village, by id: the council, else the township's panel."""

    def ladder(row, council, panel, officers):
        return [(council, NEEDED), (panel, NEEDED), ([*panel, *officers], 1)]

    return _free(rows, Role.COUNCIL, ladder, at=at)


def check_verifier(user: User, repair: Repair, *, at: datetime) -> str:
    """The role in which a user verifies a repair; raises Refused with the reason."""
    if user in (allowed := verifiers([repair], at=at)[repair.pk]):
        return _role(user, repair, Role.LEADER, at=at)
    _check_impartial(user, repair, (Role.LEADER, Role.PANEL), at=at)
    names = "、".join(person.name for person in allowed)
    raise Refused(f"这件修复由{names}去看，不用您做什么。")


def check_elector(user: User, repair: Repair, *, at: datetime) -> str:
    """The role in which a user votes on a repair; raises Refused with the reason."""
    if user in electors([repair], at=at)[repair.pk]:
        return _role(user, repair, Role.COUNCIL, at=at)
    _check_impartial(user, repair, (Role.COUNCIL, Role.PANEL), at=at)
    raise Refused("这件修复由别人来定，不用您投。")


def touched(rows: Iterable[Repair]) -> dict[int, set[int]]:
    """Ids of those who judged a repair's deduction or filed the repair, or judged it in an earlier turn, by repair.

    A constant number of queries. Who verified this turn is among them for the vote (see `_free`).
    """
    rows = list(rows)
    found = {row.pk: {row.filed_by_id} | {row.verified_by_id} for row in rows}
    recorded = recorders([row.entry for row in rows])
    for row in rows:
        found[row.pk] |= recorded[row.entry_id]
    again = {row.pk: row.turn for row in rows if row.turn > 1}
    for pk, turn, user in _earlier(again):
        if turn < again[pk]:
            found[pk].add(user)
    return found


def may_read(user: User, repair: Repair, *, at: datetime) -> bool:
    """May a user see what is handed in for a repair: its household, who acts in its step, officers on a case about it."""
    if member := adult_of(user, repair.subject_id):
        return sees_score(member)
    if recused_users([user], repair.subject, at=at):
        return False
    if repair.state == State.SHOWN:
        return user in verifiers([repair], at=at)[repair.pk] or _on_a_case(user, repair, at=at)
    if repair.state == State.VERIFIED:
        return user in electors([repair], at=at)[repair.pk]
    return _on_a_case(user, repair, at=at)


def _on_a_case(user: User, repair: Repair, *, at: datetime) -> bool:
    """The township: a refusal that is objected to, or what counts and may turn out to be a fraud."""
    if not any(holds(user, role, repair.village, at=at) for role in (Role.OFFICER, Role.PANEL)):
        return False
    about = repair.objections.filter(state__in=Objection.OPEN)
    return repair.state in (State.PUBLISHED, State.REVOKED) or about.exists()


def _free(rows, first: str, ladder, *, at: datetime) -> dict[int, list[User]]:
    if not rows:
        return {}
    village = rows[0].village
    own, panel, officers = (staff(role, village, at=at) for role in (first, Role.PANEL, Role.OFFICER))
    out, kin = touched(rows), pairs([*own, *panel, *officers], {row.subject_id for row in rows}, at=at)
    late = _late(rows)

    def free(users, row):
        return [u for u in users if u.pk not in out[row.pk] and (u.pk, row.subject_id) not in kin]

    found = {}
    for row in rows:
        steps = [(free(users, row), least) for users, least in ladder(row, own, panel, officers)]
        chosen = next((users for users, least in steps if len(users) >= least), [])
        more = free(panel, row) if row.pk in late else []
        found[row.pk] = list(dict.fromkeys([*chosen, *more]))
    return found


def _late(rows) -> set[int]:
    """Those that nobody acted on in time."""
    fired = Deadline.objects.filter(kind=OVERDUE, about_type=Repair._meta.label_lower, fired_at__isnull=False)
    return set(fired.filter(about_id__in=[row.pk for row in rows]).values_list("about_id", flat=True))


def recorders(entries: list[Entry]) -> dict[int, set[int]]:
    """Who rated, confirmed, or decided on an objection about, each line; by entry id."""
    found, sources = {entry.pk: set() for entry in entries}, defaultdict(set)
    by_case = _keyed(entries, "objection")
    for case in (
        Objection.objects.filter(key__in=by_case).select_related("entry").prefetch_related("decisions")
    ):
        for pk in by_case[str(case.key)]:
            found[pk] |= {decision.decided_by_id for decision in case.decisions.all()}
            if case.entry:
                sources[case.entry.source.partition(":")[2]].add(pk)
    for key, pks in _keyed(entries, "observation").items():
        sources[key] |= pks
    items = Observation.objects.filter(key__in=sources).values_list("key", "sheet__rater", "confirmed_by")
    for key, rater, leader in items:
        for pk in sources[str(key)]:
            found[pk] |= {rater, leader}
    return found


def _keyed(entries, noun: str) -> dict[str, set[int]]:
    found = defaultdict(set)
    for entry in entries:
        name, key, *_ = entry.source.split(":")
        if name == noun:
            found[key].add(entry.pk)
    return found


def _earlier(again: dict[int, int]) -> list[tuple[int, int, int]]:
    """(repair, turn, user) of every judgement on repairs that are looked at again."""
    if not again:
        return []
    looks = Repair.history.filter(
        id__in=again,
        history_change_reason__in=["repair.verified", "repair.refused"],
        history_user__isnull=False,
    )
    votes = RepairVote.objects.filter(repair__in=again)
    return [
        *looks.values_list("id", "turn", "history_user"),
        *votes.values_list("repair", "turn", "voter"),
    ]


def _role(user: User, repair: Repair, first: str, *, at: datetime) -> str:
    roles = (first, Role.PANEL, Role.OFFICER)
    return next(role for role in roles if holds(user, role, repair.village, at=at))


def _check_impartial(user: User, repair: Repair, roles, *, at: datetime) -> None:
    if not any(holds(user, role, repair.village, at=at) for role in roles):
        names = "、".join(Role(role).label for role in roles)
        raise Refused(f"这一步要由{names}来办，您现在没有这个职务。")
    if recused_users([user], repair.subject, at=at):
        raise Refused("这一户是您自己家或亲属，您回避，由别人来办，不用您做什么。")
    if user.pk in touched([repair])[repair.pk]:
        raise Refused("这一条减分或者这件修复是您经手的，您回避，由别人来办，不用您做什么。")
