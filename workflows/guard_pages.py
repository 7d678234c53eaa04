"""What the supervisor sees of the retaliation guard: deductions that went to others, and those posted all the same.

No household is named: its area, the case's number, the rule and the day are enough to see whether somebody presses
one who objected. Opening a file takes a reason that the household reads (governance.readings).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from governance import stories
from governance.models import Area, Division, Entry, Event, Rule, Shield, Subject
from workflows.models import Observation


@dataclass(frozen=True)
class Line:
    """One deduction on a household that objected, without its name."""

    on: date
    area: str
    case: str
    rule: str
    who: str


def diverted(village: Division) -> QuerySet[Event]:
    """Deductions that were not taken down by whom the household objected to, newest first."""
    rows = Event.objects.filter(village=village, name="observation.diverted")
    return rows.select_related("body", "by").order_by("-at", "-pk")


def posted(village: Division) -> QuerySet[Entry]:
    """Deductions posted on households while they were protected, newest first; others brought and judged them."""
    rows = Entry.objects.filter(village=village, rule__sign=-1, reverses__isnull=True)
    rows = rows.filter(
        subject__shields__starts__lte=F("posted_at__date"), subject__shields__ends__gte=F("posted_at__date")
    )
    return rows.select_related("rule", "subject__area").order_by("-posted_at", "-pk").distinct()


def lines_of_diverted(events: list[Event]) -> list[Line]:
    """A page of them as lines; four queries."""
    homes = {home.key: home for home in Subject.objects.filter(key__in={e.subject_key for e in events})}
    areas = Area.objects.in_bulk({home.area_id for home in homes.values()})
    said = [json.loads(e.body.content)["detail"] if hasattr(e, "body") else {} for e in events]
    rules = {str(rule.key): rule for rule in Rule.objects.filter(key__in=[d["rule_key"] for d in said if d])}
    numbers = _numbers({home.pk for home in homes.values()})
    return [
        Line(
            timezone.localdate(event.at),
            areas[homes[event.subject_key].area_id].name if event.subject_key in homes else "",
            numbers.get(homes[event.subject_key].pk, "") if event.subject_key in homes else "",
            _words(rules.get(detail.get("rule_key", ""))),
            event.by.name,
        )
        for event, detail in zip(events, said, strict=True)
    ]


def lines_of_posted(entries: list[Entry]) -> list[Line]:
    """A page of them as lines; who wrote them down beside. Three queries."""
    raters = dict(
        Observation.objects.filter(entry__in=entries).values_list("entry__pk", "sheet__rater__name")
    )
    numbers = _numbers({entry.subject_id for entry in entries})
    return [
        Line(
            timezone.localdate(entry.posted_at), entry.subject.area.name, numbers.get(entry.subject_id, ""),
            _words(entry.rule), raters.get(entry.pk, ""),
        )
        for entry in entries
    ]  # fmt: skip


def per_person(village: Division) -> list[dict]:
    """Who was kept from how many, beside how many deductions they brought in all: one alone says little."""
    found = (
        diverted(village)
        .order_by()
        .values("by", "by__name")
        .annotate(kept=Count("pk"))
        .order_by("-kept", "by")
    )
    brought = Observation.objects.filter(village=village, rule__sign=-1).exclude(
        state__in=[Observation.State.DRAFTED, Observation.State.WITHDRAWN]
    )
    counts = brought.order_by().values_list("sheet__rater").annotate(n=Count("pk"))
    all_in = dict(counts)
    return [{"name": row["by__name"], "kept": row["kept"], "all": all_in.get(row["by"], 0)} for row in found]


def _numbers(subjects: set[int]) -> dict[int, str]:
    """The number of each household's newest case that protects it."""
    causes = dict(Shield.objects.filter(subject__in=subjects).order_by("pk").values_list("subject", "cause"))
    cases = stories.cases(causes.values())
    return {subject: cases[cause].number for subject, cause in causes.items() if cause in cases}


def _words(rule: Rule | None) -> str:
    return f"{rule.number} {rule.text}" if rule else ""
