"""Last quarter counted twice from one ledger: under its own rules, and under a draft's. Writes nothing.

Both counts take the ledger and the holds as they are now, so that the rules are all that differs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from governance import scorecards, scoring
from governance.access import today
from governance.models import Division, Entry, Rule, Rulebook, Scorecard, Subject
from governance.refusals import Refused
from oversight.whatif.matching import Match, match
from oversight.whatif.recount import CANNOT, facts, recount

AT_MOST = 6_000  # households a page can count twice in a few seconds


@dataclass(frozen=True)
class Home:
    """One household both ways, in tenths above or below its own start; `by_rule` is the difference by old rule."""

    was: int
    now: int
    by_rule: Mapping[int, int]

    @property
    def change(self) -> int:
        """How much more it would have, in tenths."""
        return self.now - self.was

    @property
    def crossing(self) -> int:
        """1 if it would stand higher against its start (below, at, above), -1 if lower, 0 if as before."""
        return _sign(_sign(self.now) - _sign(self.was))

    @property
    def because_of(self) -> int | None:
        """The old rule that does most towards the crossing; None where nothing crosses."""
        towards = {pk: delta * self.crossing for pk, delta in self.by_rule.items()}
        return max(sorted(towards), key=towards.__getitem__) if self.crossing else None


@dataclass(frozen=True)
class Trial:
    """What a draft would have made of a quarter. `left_out` are lines not counted, by old rule and why."""

    quarter: str
    draft: Rulebook
    base_was: int
    homes: list[Home] = field(default_factory=list)
    matches: dict[int, Match] = field(default_factory=dict)
    left_out: Counter = field(default_factory=Counter)


def quarters(village: Division) -> list[str]:
    """The posted quarters of a village, newest first; one query."""
    rows = Scorecard.objects.filter(village=village, published_at__isnull=False)
    return list(rows.order_by("-quarter").values_list("quarter", flat=True).distinct())


def run(draft: Rulebook, quarter: str, *, at: datetime, subject: Subject | None = None) -> Trial:
    """Count a posted quarter under a draft, for all who had a card then and take part still, or for one of them.

    A constant number of queries. Raises Refused when the village is larger than a page can count.
    """
    village = draft.village
    who = _homes(village, quarter, at, subject)
    if len(who) > AT_MOST:
        raise Refused(f"这个村有{len(who)}户，网页上一次最多算{AT_MOST}户。")
    entries = scorecards.entries_as_of(who, village=village, quarter=quarter, at=at)
    rows = Entry.objects.in_bulk([entry.id for own in entries.values() for entry in own])
    olds = Rule.objects.filter(pk__in={row.rule_id for row in rows.values()}).prefetch_related("steps")
    matches = match(olds.select_related("rulebook"), draft)
    carried = scorecards.carried_into(who, village=village, quarter=quarter, at=at)
    trial = Trial(quarter, draft, scorecards.base_tenths(village, quarter), matches=matches)
    counting = _Counting(trial, rows)
    trial.homes.extend(counting.home(entries[pk], carried.get(pk, {})) for pk in who)
    return trial


class _Counting:
    """One household after another, with what all of them share."""

    def __init__(self, trial: Trial, rows: dict[int, Entry]):
        self.trial, self.rows, self.known = trial, rows, facts(rows.values())
        matched = [one for one in trial.matches.values() if one.new]
        self.old_rules = {pk: scorecards.as_shape(one.old) for pk, one in trial.matches.items()}
        self.new_rules = {one.new.pk: scorecards.as_shape(one.new) for one in matched}
        self.families = {one.old.family: one.new.family for one in matched}
        self.families |= {
            scoring.group_key(one.old.group): scoring.group_key(one.new.group)
            for one in matched
            if one.old.group and one.new.group
        }

    def home(self, entries: list[scoring.Entry], carried) -> Home:
        """Count one household both ways."""
        trial = self.trial
        old = scoring.score(
            base_tenths=trial.base_was, quarter=trial.quarter, entries=entries, rules=self.old_rules,
            carried=carried,
        )  # fmt: skip
        new = scoring.score(
            base_tenths=trial.draft.base_tenths, quarter=trial.quarter, entries=self._as_drafted(entries),
            rules=self.new_rules, carried=self._carried(carried),
        )  # fmt: skip
        by_rule = defaultdict(int)
        for line, sign in [*((line, -1) for line in old.lines), *((line, 1) for line in new.lines)]:
            by_rule[self.rows[line.entry.id].rule_id] += sign * line.effective_tenths
        return Home(
            old.total_tenths - old.base_tenths,
            new.total_tenths - new.base_tenths,
            {pk: delta for pk, delta in by_rule.items() if delta},
        )

    def _as_drafted(self, entries: list[scoring.Entry]) -> list[scoring.Entry]:
        """The lines under the draft's rules; a line that was taken back, and its taking back, never count."""
        gone = {entry.reverses for entry in entries} | {entry.id for entry in entries if entry.reverses}
        found = []
        for entry in entries:
            if entry.id in gone:
                continue
            one = self.trial.matches[entry.rule_id]
            raw = recount(self.rows[entry.id], one, self.known).raw_tenths
            if raw is None:
                self.trial.left_out[entry.rule_id, one.why or CANNOT] += 1
            else:
                found.append(replace(entry, rule_id=one.new.pk, raw_tenths=raw))
        return found

    def _carried(self, carried) -> dict:
        """What earlier quarters handed on, under the names the draft gives to the same rules."""
        return {
            (quarter, self.families[key]): carry
            for (quarter, key), carry in carried.items()
            if key in self.families
        }


def _homes(village: Division, quarter: str, at: datetime, subject: Subject | None) -> list[int]:
    cards = Scorecard.objects.filter(village=village, quarter=quarter, published_at__isnull=False)
    rows = Subject.objects.enrolled(today(at)).filter(pk__in=cards.values("subject"))
    if subject:
        rows = rows.filter(pk=subject.pk)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
