"""What a new version of a rulebook changes beside an earlier one, rule by rule, in words."""

from dataclasses import dataclass, fields

from governance.lexicon_conduct import Conduct
from governance.models import Rule, Rulebook, Subject
from governance.rule_import import key_of
from governance.scorecards import as_shape
from governance.terms import terms

# What a rule is beside its terms, as a reader calls it: the fields of Beside.
BESIDE = {
    "dimension": "方面", "category": "类别", "conduct": "行为", "kinds": "管哪几类", "group": "只记最高的一组", "lasts": "管几季",
    "repair": "修复",
}  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """What a rule is beside how it counts, in words; empty where it has no such thing."""

    dimension: str
    category: str
    conduct: str
    kinds: str
    group: str
    lasts: str
    repair: str


@dataclass(frozen=True)
class Changes:
    """Rules that are new, rules that are gone, and (rule, what was, what is) of those set differently."""

    added: list[Rule]
    removed: list[Rule]
    changed: list[tuple[Rule, str, str]]


def changes(old: Rulebook, new: Rulebook) -> Changes:
    """Compare by text, points and ordinal, as an import does; four queries."""
    before, after = _rules(old), _rules(new)
    both = [(before[key], after[key]) for key in after if key in before]
    return Changes(
        added=[rule for key, rule in after.items() if key not in before],
        removed=[rule for key, rule in before.items() if key not in after],
        changed=[(b, *found) for a, b in both if (found := _unlike(a, b))],
    )


def said(rule: Rule) -> str:
    """How a rule counts and what it asks for, in words."""
    unlike = {"": "证据还没选", Rule.Evidence.NONE: "不要证据"}
    evidence = unlike.get(rule.evidence) or f"要{rule.get_evidence_display()}"
    return "，".join([terms(as_shape(rule)), evidence, *(["两级审核"] if rule.double_audit else [])])


def beside(rule: Rule) -> Beside:
    """What `said` leaves out of a rule, in words."""
    kinds = dict(Subject.Kind.choices)
    return Beside(
        dimension=rule.get_dimension_display(),
        category=rule.category,
        conduct=conduct_name(rule.conduct),
        kinds="、".join(kinds.get(kind, kind) for kind in rule.kinds) or kinds[Subject.Kind.HOUSEHOLD],
        group=f"{rule.group}，{rule.get_group_window_display()}里" if rule.group else "",
        lasts=f"{rule.lasts_quarters}季",
        repair=_repair(rule),
    )


def conduct_name(conduct: str) -> str:
    """A kind of conduct by its Chinese name; as it is, where it is none of the list."""
    return Conduct(conduct).label if conduct in list(Conduct) else conduct


def _repair(rule: Rule) -> str:
    if not rule.repairable:
        return "不能修复"
    return "，".join(
        ["可以修复", *(["只抵一半"] if rule.repair_half else []), *filter(None, [rule.repair_terms])]
    )


def _unlike(was: Rule, now: Rule) -> tuple[str, str] | None:
    """What two rules say differently, in words of the one and of the other; None when it is nothing."""
    pairs = [("", said(was), said(now))]
    old, new = beside(was), beside(now)
    pairs += [(f"{BESIDE[f.name]}：", getattr(old, f.name), getattr(new, f.name)) for f in fields(Beside)]
    unlike = [(name, a or "没有", b or "没有") for name, a, b in pairs if a != b]
    return tuple("；".join(name + pair[n] for name, *pair in unlike) for n in (0, 1)) if unlike else None


def _rules(book: Rulebook) -> dict[tuple, Rule]:
    rules = book.rules.prefetch_related("steps")
    return {key_of(rule) if rule.as_written else (rule.family, rule.number): rule for rule in rules}
