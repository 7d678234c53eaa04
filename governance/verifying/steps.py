"""Bands and levels of rules have no history of their own: each change of a rulebook's state vouches for them."""

from __future__ import annotations

from governance.models import Rule, Rulebook, RuleStep
from governance.rulebooks import step_digests
from governance.verifying.found import AllSaid, Found

TABLE = RuleStep._meta.db_table


def check(found: Found, said: AllSaid) -> None:
    """Compare the steps of every rule of an adopted rulebook with the latest word on them; drafts still change."""
    fixed = (Rulebook.State.ADOPTED, Rulebook.State.IN_FORCE, Rulebook.State.SUPERSEDED)
    rules = Rule.objects.filter(village=found.village, rulebook__state__in=fixed)
    now = step_digests(rules)
    known = {f"{TABLE}:{key}" for key in rules.values_list("key", flat=True)}
    found.rows += len(now)
    for name in sorted(now.keys() | (said.rows.keys() & known)):
        if name not in said.rows or said.rows[name].digest != now.get(name):
            found.broken(TABLE, name.partition(":")[2], "这一条细则的分档，和通过时记的不一样")
