"""The score by definition, to hold `governance.scoring` against."""

from governance.scoring import Carry, Shape, Window, group_key
from tests.strategies import QUARTERS


def bucket(window, entry):
    """Where an entry falls in a window, as text."""
    when = {Window.DAY: f"{entry.occurred_on:%Y-%m-%d}", Window.MONTH: f"{entry.occurred_on:%Y-%m}"}
    return f"{entry.quarter} {window} {when.get(window, '')}"


class Oracle:
    """The score by definition: each entry looks at all others anew. Slow, and written apart from `score`."""

    def __init__(self, ledger, quarter):
        self.rules, entries, self.carried = ledger
        gone = {e.reverses for e in entries} | {e.id for e in entries if e.reverses}
        at = QUARTERS.index
        self.counting = [
            e
            for e in sorted(entries, key=lambda e: (e.occurred_on, e.posted_seq))
            if e.id not in gone
            and not e.held
            and at(e.quarter) <= at(quarter) < at(e.quarter) + self.rules[e.rule_id].lasts_quarters
        ]
        self.raw = {e.id: self.raw_of(e) for e in self.counting}
        self.value = {e.id: self.in_group(e) for e in self.counting}
        for window in Window:
            self.value = {e.id: self.in_times(e, window) for e in self.counting}
            self.value = {e.id: self.in_points(e, window) for e in self.counting}

    def rule(self, entry):
        return self.rules[entry.rule_id]

    def carry(self, window, entry, key):
        yearly = window is Window.YEAR
        return self.carried.get((entry.quarter, key), Carry()) if yearly else Carry()

    def alike(self, entry, window_of):
        """All of the family in the entry's bucket; `window_of` tells each one's window."""
        same = (self.rule(entry).family, bucket(window_of(entry), entry))
        return [e for e in self.counting if (self.rule(e).family, bucket(window_of(e), e)) == same]

    def before(self, entry, window_of):
        alike = self.alike(entry, window_of)
        return alike[: alike.index(entry)]

    def raw_of(self, entry):
        rule = self.rule(entry)
        carry = self.carry(rule.window, entry, rule.family)
        earlier = self.before(entry, lambda e: self.rule(e).window)
        if rule.shape is Shape.STEPS:
            amounts = [step.points_tenths for step in rule.steps] + [rule.steps[-1].points_tenths] * 99
            return rule.sign * amounts[carry.times + len(earlier)]
        if rule.shape is Shape.THRESHOLDS:
            had = carry.quantity_milli + sum(e.quantity_milli for e in earlier)
            return rule.sign * (self.reached(rule, had + entry.quantity_milli) - self.reached(rule, had))
        return entry.raw_tenths

    def reached(self, rule, quantity):
        return max([0, *(step.points_tenths for step in rule.steps if step.at_milli <= quantity)])

    def in_group(self, entry):
        rule, raw = self.rule(entry), self.raw[entry.id]
        if not rule.group:
            return raw
        rivals = [
            e
            for e in self.counting
            if self.rule(e).group == rule.group
            and bucket(self.rule(e).group_window, e) == bucket(rule.group_window, entry)
        ]
        if sorted(rivals, key=lambda e: -abs(self.raw[e.id]))[0] is not entry:
            return 0
        already = self.carry(rule.group_window, entry, group_key(rule.group)).highest_tenths
        return rule.sign * max(0, abs(raw) - already)

    def in_times(self, entry, window):
        rule, value = self.rule(entry), self.value[entry.id]
        limit = [cap.times for cap in rule.caps if cap.window is window and cap.times is not None]
        given = sum(self.value[e.id] != 0 for e in self.before(entry, lambda e: window))
        given += self.carry(window, entry, rule.family).times
        return 0 if limit and given >= limit[0] else value

    def in_points(self, entry, window):
        rule, value = self.rule(entry), self.value[entry.id]
        limits = [cap.points_tenths for cap in rule.caps if cap.window is window and cap.points_tenths]
        if not limits:
            return value
        given = abs(sum(self.value[e.id] for e in self.before(entry, lambda e: window)))
        given += self.carry(window, entry, rule.family).points_tenths
        return rule.sign * (min(limits[0], given + abs(value)) - min(limits[0], given))
