"""One rule of a draft: what it lacks, what the clerk sets, answers or takes out (design/2-domain.md, Rulebook life)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from governance.access import check_role
from governance.events import record
from governance.linter import lint
from governance.models import Rule, Rulebook, User
from governance.models.people import Role
from governance.points import format_total
from governance.refusals import Conflict, Invalid
from governance.rule_import import finding_of
from governance.rulebook_file import RawRow
from governance.saving import delete_many, save

SELF_SET_TENTHS = 20  # the most a village's own item gives or takes


def open_findings(rule: Rule) -> list[dict]:
    """What still stops a rule from adoption: warnings without an answer that were not mended since."""
    mended = {
        "no-evidence": bool(rule.evidence),
        "unknown-conduct": bool(rule.conduct),
    }
    found = [f for f in rule.findings if not f["answer"] and not mended.get(f["ground"], False)]
    known = {f["ground"] for f in found}
    if rule.sign < 0 and not rule.evidence and "no-evidence" not in known:
        found.append(_lacks("no-evidence", "减分没写要什么证据，请选证据。"))
    if not rule.conduct and "unknown-conduct" not in known:
        found.append(_lacks("unknown-conduct", "看不出归哪一类，请选一类。"))
    if rule.shape == Rule.Shape.SELF_SET and not rule.points_tenths:
        found.append(_lacks("self-set-limit", "自设项还没写具体的事和分。"))
    return found


@transaction.atomic
def answer(*, rule: Rule, ground: str, words: str, by: User, at: datetime) -> Rule:
    """Record the clerk's answer to a warning: why the row may stay as it is."""
    rule, role = _editable(rule, by=by, at=at)
    if not words.strip():
        raise Invalid(answer="请写为什么可以留着，大会上看得到。")
    for finding in rule.findings:
        if finding["ground"] == ground:
            finding["answer"] = words.strip()
    return _changed(rule, "rule.answered", role, by=by, at=at, why=words)


EDITABLE = (
    "number", "dimension", "conduct", "evidence", "double_audit", "kinds", "repairable", "repair_half",
    "repair_terms", "group", "group_window", "lasts_quarters", "day_points", "day_times", "month_points",
    "month_times", "quarter_points", "quarter_times", "year_points", "year_times",
)  # fmt: skip


@transaction.atomic
def edit(*, rule: Rule, values: dict, by: User, at: datetime) -> Rule:
    """Set what a clerk may set on a draft's rule (EDITABLE; text and points of a self-set slot too)."""
    rule, role = _editable(rule, by=by, at=at)
    allowed = EDITABLE + (("text", "points_tenths", "sign") if rule.shape == Rule.Shape.SELF_SET else ())
    before = {name: getattr(rule, name) for name in values if name in allowed}
    for name in before:
        setattr(rule, name, values[name])
    _check_rule(rule)
    if any(before.get(name, getattr(rule, name)) != getattr(rule, name) for name in ("text", "sign")):
        _judge_words(rule)
    after = {name: getattr(rule, name) for name in before}
    return _changed(rule, "rule.edited", role, by=by, at=at, detail={"before": before, "after": after})


@transaction.atomic
def set_evidence(*, rulebook: Rulebook, rules: list[Rule], evidence: str, by: User, at: datetime) -> int:
    """Set the evidence of many rules of a draft at once; returns how many."""
    if evidence not in Rule.Evidence.values:
        raise Invalid(evidence="请选一种证据。")
    for rule in rules:
        edit(rule=rule, values={"evidence": evidence}, by=by, at=at)
    return len(rules)


@transaction.atomic
def remove_many(*, rules: list[Rule], by: User, at: datetime) -> int:
    """Take many rules out of a draft, all or none; returns how many."""
    for rule in rules:
        remove(rule=rule, by=by, at=at)
    return len(rules)


@transaction.atomic
def remove(*, rule: Rule, by: User, at: datetime) -> None:
    """Take a rule out of a draft."""
    rule, role = _editable(rule, by=by, at=at)
    delete_many([rule], action="rule.removed", by=by, at=at)
    record(
        "rule.removed", village=rule.village, about=rule, by=by, at=at, role=role, detail={"text": rule.text}
    )  # fmt: skip


def _editable(rule: Rule, *, by, at) -> tuple[Rule, str]:
    rule = (
        Rule.objects.select_for_update(of=("self",), no_key=True)
        .select_related("rulebook__village")
        .get(pk=rule.pk)
    )
    role = check_role(by, Role.CLERK, village=rule.rulebook.village, at=at)
    if rule.rulebook.state != Rulebook.State.DRAFT:
        raise Conflict(f"这一版已经“{rule.rulebook.get_state_display()}”，不能再改。要改请另起一版。")
    return rule, role


def _check_rule(rule: Rule) -> None:
    if rule.shape == Rule.Shape.SELF_SET and rule.points_tenths > SELF_SET_TENTHS:
        raise Invalid(points_tenths="自设项每条最多2分。")
    if rule.repair_half and rule.shape in (Rule.Shape.STEPS, Rule.Shape.THRESHOLDS):
        raise Invalid(repair_half="按次递增、累计达到的，修复要全抵：一半没法算是第几次。")
    if rule.rulebook.rules.filter(number=rule.number).exclude(pk=rule.pk).exists():
        raise Invalid(number=f"编号{rule.number}已经有了，请换一个。")


def _judge_words(rule: Rule) -> None:
    """What a village writes into a slot of its own is judged like any imported row. Raises Invalid (refused)."""
    sign = "+" if rule.sign > 0 else "-"
    row = RawRow(rule.position, item=rule.text, points=f"{sign}{format_total(rule.points_tenths)}")
    found = lint(row, None)
    for finding in found:
        if finding.verdict == "refused":
            raise Invalid(text=f"{finding.sentence}依据：{finding.source}。")
    kept = [f for f in rule.findings if f["ground"] not in {finding.ground for finding in found}]
    rule.findings = kept + [finding_of(finding) for finding in found]


def _changed(rule: Rule, name: str, role: str, *, by, at, why="", detail=None) -> Rule:
    save(rule, action=name, by=by, at=at)
    record(name, village=rule.rulebook.village, about=rule, by=by, at=at, role=role, why=why, detail=detail)
    return rule


def _lacks(ground: str, sentence: str) -> dict:
    return {"ground": ground, "sentence": sentence, "source": "", "answer": ""}
