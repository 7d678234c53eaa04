"""What a case tells the household about the line it brought into the ledger (see governance.stories)."""

from __future__ import annotations

from appeals.hands import behind
from appeals.models import Decision, Objection
from governance import stories
from governance.stories import Fact, Step, Story
from workflows.amendment_signing import NOT_TO_SIGN

_SAID = {
    Objection.Outcome.UPHELD: "支持了您的异议",
    Objection.Outcome.PARTLY: "支持了您的一部分异议",
}


def facts(keys: list[str]) -> dict[str, Fact]:
    """The cases behind lines, by key; one query."""
    rows = Objection.objects.filter(key__in=keys, closed_at__isnull=False)
    return {str(row.key): Fact(f"异议{row.number}改的", "", row.closed_at) for row in rows}


def told(keys: list[str]) -> dict[str, Story]:
    """Who decided, when and on which grounds, by key; by role, not by name. Two queries for any number."""
    rows = Objection.objects.filter(key__in=keys).prefetch_related("decisions")
    return {str(row.key): _story(row) for row in rows}


def register() -> None:
    """Let the layer below ask: it does not know this one."""
    stories.FACTS["objection"] = facts
    stories.STORIES["objection"] = told
    stories.TOUCHED["objection"] = hands_in
    NOT_TO_SIGN["objection"] = deciders


def deciders(keys: list[str]) -> dict[str, set[int]]:
    """Who decided cases, by key: they do not sign the colour that follows."""
    found = {key: set() for key in keys}
    decided = Decision.objects.filter(objection__key__in=keys, decided_by__isnull=False)
    for key, user in decided.values_list("objection__key", "decided_by"):
        found[str(key)].add(user)
    return found


def hands_in(keys: list[str]) -> dict[str, set[int]]:
    """Who had a hand in cases, by key: in what they were about, in their investigation, in deciding them."""
    cases = list(Objection.objects.filter(key__in=keys).select_related("entry", "scorecard", "repair__entry"))
    found = {str(case.key): users for case, users in zip(cases, behind(cases).values(), strict=True)}
    decided = deciders(list(found))
    return {key: users | decided[key] for key, users in found.items()}


def _story(row: Objection) -> Story:
    steps = [Step(row.filed_at, "住户", f"提了异议{row.number}")]
    steps += [_step(decision) for decision in row.decisions.all()]
    return Story(place="", grounds="", pieces=[], steps=steps)


def _step(decision: Decision) -> Step:
    who = "镇里" if decision.turn == 1 else "镇里复核的人"
    return Step(
        decision.decided_at,
        who,
        _SAID.get(decision.outcome, decision.get_outcome_display()),
        decision.grounds,
    )
