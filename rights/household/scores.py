"""What was recorded, under which version of which rule, what came of it, and the facts behind it."""

from __future__ import annotations

from collections import Counter

from django.db.models import F, Prefetch

from governance.models import Entry, Scorecard, Subject
from workflows.models import Ballot, Evidence, Observation, Publication, Round, SheetLine

State = Observation.State
# Told once the month is posted: what counted, and what did not come to count.
TOLD = (State.PUBLISHED, State.FINAL, State.REJECTED, State.WITHDRAWN)


def scorecards(subject: Subject) -> list[dict]:
    """Every version that people signed and posted, with what it handed on."""
    rows = Scorecard.objects.filter(
        subject=subject, confirmed_at__isnull=False, published_at__isnull=False
    ).prefetch_related("carries")
    return [
        {
            "quarter": row.quarter, "version": row.version, "base_tenths": row.base_tenths,
            "index_tenths": row.index_tenths, "department_tenths": row.department_tenths,
            "total_tenths": row.total_tenths, "standing": row.get_colour_display(), "held": row.held_count,
            "computed_at": row.computed_at, "confirmed_at": row.confirmed_at, "published_at": row.published_at,
            "carried_on": [
                {"key": c.key, "points_tenths": c.points_tenths, "times": c.times, "quantity_milli": c.quantity_milli}
                for c in row.carries.all()
            ],
        }
        for row in rows.order_by("quarter", "version")
    ]  # fmt: skip


def entries(subject: Subject) -> list[dict]:
    """Every line of the ledger, with the rule in the version it was recorded under."""
    rows = Entry.objects.filter(subject=subject).select_related("rule__rulebook", "reverses", "reversed_by")
    rows = rows.prefetch_related("holds").order_by("occurred_on", "pk")
    return [
        {
            "key": row.key, "quarter": row.quarter, "occurred_on": row.occurred_on, "points_tenths": row.raw_tenths,
            "quantity_milli": row.quantity_milli, "origin": row.get_origin_display(), "posted_at": row.posted_at,
            "source": row.source, "takes_back": row.reverses and row.reverses.key,
            "taken_back_by": row.reversed_by.key if hasattr(row, "reversed_by") else None,
            "rule": {
                "number": row.rule.number, "text": row.rule.text, "rulebook": row.rule.rulebook.title,
                "version": row.rule.rulebook.version,
            },
            "held": [{"from": hold.placed_at, "to": hold.lifted_at} for hold in row.holds.all()],
        }
        for row in rows
    ]  # fmt: skip


def observations(subject: Subject) -> list[dict]:
    """The facts of posted months, with evidence and votes as counts."""
    rows = Observation.objects.filter(subject=subject, state__in=TOLD, round__publication__isnull=False)
    rows = rows.select_related("rule__rulebook", "entry", "round").prefetch_related(
        Prefetch("evidence", Evidence.objects.order_by("added_at", "pk")),
        Prefetch("ballots", Ballot.objects.filter(turn=F("observation__turn")).defer("reason")),
    )
    return [_observation(row) for row in rows.order_by("occurred_on", "pk")]


def monthly(subject: Subject) -> list[dict]:
    """What was said of the household in each posted month: nothing new, or something recorded."""
    rows = SheetLine.objects.filter(subject=subject, sheet__round__publication__isnull=False)
    found = rows.order_by("sheet__round__month", "pk").values_list("sheet__round__month", "verdict")
    names = dict(SheetLine.Verdict.choices)
    return [{"month": f"{month:%Y-%m}", "said": names[verdict]} for month, verdict in found]


def postings(subject: Subject) -> list[dict]:
    """The notices under which something of the household was posted, without its name or score on them."""
    rounds = Round.objects.filter(sheets__lines__subject=subject)
    rows = Publication.objects.filter(round__in=rounds).order_by("published_at", "pk")
    return [
        {
            "title": row.content.get("title", ""), "year": row.year, "number": row.number,
            "published_at": row.published_at, "window_ends": row.window_ends,
        }
        for row in rows
    ]  # fmt: skip


def _observation(row: Observation) -> dict:
    votes = Counter(ballot.choice for ballot in row.ballots.all()) if row.ballot_closed_at else {}
    return {
        "key": row.key, "month": f"{row.round.month:%Y-%m}", "occurred_on": row.occurred_on,
        "state": row.get_state_display(), "fact": row.fact, "place": row.place or "", "grounds": row.grounds or "",
        "quantity_milli": row.quantity_milli, "levels": row.labels, "filed_tenths": row.filed_tenths,
        "points_tenths": row.raw_tenths, "rule": {"number": row.rule.number, "text": row.rule.text},
        "entry": row.entry and row.entry.key,
        "votes": {Ballot.Choice(choice).label: n for choice, n in sorted(votes.items())},
        "evidence": [
            {
                "key": item.key, "kind": item.get_kind_display(), "caption": item.caption or "",
                "media_type": item.media_type, "sha256": item.sha256, "added_at": item.added_at,
            }
            for item in row.evidence.all()
        ],
    }  # fmt: skip
