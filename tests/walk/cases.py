"""Objections on the walk: every verb of due process, by who may and by who may not, in any order."""

from __future__ import annotations

from datetime import timedelta

from appeals import assignments, decisions, facts, hearings, inquiries, objections, papers, waits
from appeals.against import Against
from appeals.hands import entries_of
from appeals.models import Hearing, Inquiry, Objection
from appeals.who import eligible, not_allowed
from governance.access import today
from governance.models import Entry, Member, Rule, Scorecard
from governance.models.people import Role
from governance.points import Fact
from tests.walk.village import Village

State = Objection.State
LABELS = {Rule.Shape.LADDER: ("县级",), Rule.Shape.COMPONENTS: ("卫生", "绿化")}


def file(v: Village):
    """A household disagrees with something, online or at the desk."""
    against = _against(v)
    member = against and v.pick(Member.objects.filter(subject=against.subject).select_related("user"))
    if member is None:
        return
    how = v.dice.choice(["online"] * 2 + ["desk", "paper", "helper"]) if member.user else "desk"
    right = {"online": [member.user], "helper": v.staff(Role.HELPER)}.get(how, v.staff(Role.CLERK))
    v.act(objections.file, against=against, text=v.words(), how=how, for_member=member, by=v.who(right))


def withdraw(v: Village):
    """The household does not want it any more."""
    if case := _case(v, *Objection.OPEN):
        v.act(objections.withdraw, objection=case, by=v.who(_household(v, case)))


def accept(v: Village):
    """Taken up."""
    if case := _case(v, State.FILED):
        by = v.who(eligible(case, at=v.at))
        if v.act(decisions.accept, objection=case, by=by):
            _impartial(v, case, by)


def refuse(v: Village):
    """Not taken up."""
    if case := _case(v, State.FILED):
        by = v.who(eligible(case, at=v.at))
        if v.act(decisions.refuse, objection=case, grounds=v.words(), by=by):
            _impartial(v, case, by)


def decide(v: Village):
    """Decided, sometimes on what was seen long ago, sometimes with a measure that does not fit."""
    case = _case(v, State.ACCEPTED, State.REVIEWING)
    if case is None:
        return
    by, before = v.who(_actors(v, case)), {entry.pk: entry.raw_tenths for entry in entries_of(case)}
    out = [entry for entry in entries_of(case) if entry.rule.sign < 0][:1]
    done = v.act(
        decisions.decide, objection=case, outcome=v.dice.choice(["upheld"] * 3 + ["rejected"] * 4 + ["partly"] * 2 + ["lapsed"]),
        grounds=v.words(), seen=facts.seen(case, at=v.at), measure=_measure(v, case),
        rule=v.dice.choice(list(v.world.rules.values())), out=out, by=by,
    )  # fmt: skip
    if done:
        _impartial(v, case, by)
        _nobody_lost(case, before)


def ask_review(v: Village):
    """The household wants others to look."""
    if case := _case(v, State.ANSWERED):
        v.act(decisions.ask_review, objection=case, text=v.words(), by=v.who(_household(v, case)))


def agree(v: Village):
    """The household is content."""
    if case := _case(v, State.ANSWERED):
        v.act(decisions.agree, objection=case, by=v.who(_household(v, case)))


def wait(v: Village):
    """More time, time that stands still, or on again."""
    case = _case(v, State.ACCEPTED, State.REVIEWING)
    if case is None:
        return
    by = v.who(_actors(v, case))
    match v.dice.choice(["extend", "suspend", "resume"]):
        case "extend":
            v.act(waits.extend, objection=case, days=v.dice.choice([0, 2, 5, 30]), why=v.words(), by=by)
        case "suspend":
            v.act(waits.suspend, objection=case, why=v.words(), by=by)
        case "resume":
            v.act(waits.resume, objection=case, by=by)


def ask(v: Village):
    """A question to anybody, or to somebody without an account."""
    case = _case(v, State.ACCEPTED, State.REVIEWING)
    if case is None:
        return
    to = v.dice.choice([{"to_user": v.dice.choice(v.users)}] * 3 + [{"to_name": "路口的店主"}, {}])
    v.act(inquiries.ask, objection=case, kind="witness", question=v.words(), by=v.who(_actors(v, case)), **to)


def answer(v: Village):
    """An answer, in time or late."""
    row = v.pick(Inquiry.objects.filter(state__in=["asked", "late"]).select_related("to_user", "objection"))
    if row:
        right = [row.to_user] if row.to_user else _actors(v, row.objection)
        v.act(inquiries.answer, inquiry=row, text=v.words(), by=v.who(right))


def hand_in(v: Village):
    """Words from either side."""
    if case := _case(v, *Objection.OPEN):
        right = _household(v, case) + _actors(v, case)
        v.act(papers.hand_in, objection=case, files=[], text=v.words(), by=v.who(right))


def pass_on(v: Village):
    """Claimed, or passed on to anybody."""
    case = _case(v, State.FILED, State.ACCEPTED, State.REVIEWING)
    if case is None:
        return
    if v.dice.random() < 0.5:
        v.act(assignments.claim, objection=case, by=v.who(eligible(case, at=v.at)))
    else:
        to = v.who(assignments.candidates(case, by=v.world.officer, at=v.at))
        v.act(assignments.hand_over, objection=case, to=to, why=v.words(), by=v.who(_actors(v, case)))


def hear(v: Village):
    """A meeting is called, held or called off."""
    row = v.pick(Hearing.objects.filter(state="planned").select_related("objection"))
    case = row.objection if row else _case(v, State.ACCEPTED, State.REVIEWING)
    if case is None:
        return
    by = v.who(_actors(v, case))
    if row is None:
        when = v.at + timedelta(hours=v.dice.choice([-1, 5, 30]))
        v.act(hearings.call, objection=case, takes_place_at=when, place="村部", by=by)
    elif v.dice.random() < 0.7:
        v.act(hearings.hold, hearing=row, minutes=v.words(), by=by)
    else:
        v.act(hearings.cancel, hearing=row, why=v.words(), by=by)


def _against(v: Village) -> Against | None:
    match v.dice.choice(["line"] * 6 + ["card", "missing"]):
        case "line":
            entry = v.pick(Entry.objects.filter(village=v.village).select_related("subject", "rule"))
            return entry and Against.line(entry)
        case "card":
            card = v.pick(Scorecard.objects.filter(village=v.village).select_related("subject"))
            return card and Against.card(card)
    day = today(v.at) - timedelta(days=v.dice.choice([-1, 3, 30, 400]))
    return Against.missing(v.pick(v.homes()), day, v.dice.choice([None, *v.world.rules.values()]))


def _case(v: Village, *states) -> Objection | None:
    rows = Objection.objects.filter(state__in=states)
    return v.pick(rows.select_related("village", "entry__rule", "scorecard", "for_member__user", "officer"))


def _actors(v: Village, case: Objection) -> list:
    free = eligible(case, at=v.at)
    return [case.officer] if case.officer in free else free


def _household(v: Village, case: Objection) -> list:
    return [case.for_member.user] if case.for_member.user else v.staff(Role.CLERK)


def _measure(v: Village, case: Objection) -> Fact | None:
    shape = case.entry.rule.shape if case.entry else None
    labels = v.dice.choice([LABELS.get(shape, ())] * 9 + [("没有这一级",)])
    quantity, chosen = v.dice.choice([3_000, 12_000, 150_000, 0, -1]), v.dice.choice([10, 20, 40, None])
    return v.dice.choice([Fact(quantity, chosen, labels)] * 9 + [None])


def _impartial(v: Village, case: Objection, by) -> None:
    """Asked of the case as it was: in deciding, nobody had touched it or was kin."""
    assert not not_allowed(case, by, at=v.at) or by in _first_time(case), f"{by} acted on {case.number}"


def _first_time(case: Objection) -> set:
    """Who acts is, from then on, of the first instance."""
    return {case.officer, *(decision.decided_by for decision in case.decisions.all())}


def _nobody_lost(case: Objection, before: dict[int, int]) -> None:
    """An objection never costs anything: what counts instead of a line is more than the line."""
    for line in Entry.objects.filter(source=f"objection:{case.key}", reverses=None):
        replaced = Entry.objects.filter(reverses__in=before, source=line.source).values_list(
            "reverses", flat=True
        )
        assert all(line.raw_tenths > before[pk] for pk in replaced), f"{case.number} made it worse"


VERBS = {
    file: 14, withdraw: 1, accept: 12, refuse: 2, decide: 24, ask_review: 8, agree: 2, wait: 3, ask: 3, answer: 4,
    hand_in: 3, pass_on: 3, hear: 2,
}  # fmt: skip
