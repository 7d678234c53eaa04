"""A page of what was found, and the way to the next and the one before: by place, never by number.

No page is counted: at county size a count costs more than the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.utils import timezone
from django.utils.text import Truncator

from governance.access import today
from governance.models import Appointment, Division, Rule, User
from governance.periods import previous_quarter, quarter_bounds, quarter_of
from oversight.changes import sources
from oversight.changes.asked import Asked, Places
from oversight.changes.sources import Hit, Place

PAGE = 20
MOST_PEOPLE, MOST_RULES = 5, 200


@dataclass(frozen=True)
class Page:
    """Some hits in the order asked for; `back` and `on` are marks of where to go on, empty at either end."""

    hits: list[Hit]
    back: str
    on: str


def page(asked: Asked, *, after: str = "", before: str = "", size: int = 0) -> Page:
    """The page that begins after a mark, ends before one, or is the first; an unknown mark counts as none."""
    size, start, ahead = size or PAGE, place_of(before or after), not before
    older = ahead != asked.oldest_first
    hits = sources.found(asked, start, older=older, limit=size + 1)
    has_more, hits = len(hits) > size, hits[:size]
    if not ahead:
        hits.reverse()
    return Page(
        hits,
        back=mark_of(hits[0].place) if hits and (has_more if not ahead else start is not None) else "",
        on=mark_of(hits[-1].place) if hits and (has_more if ahead else True) else "",
    )


def mark_of(place: Place) -> str:
    """A place as it stands in an address."""
    return f"{place.at.timestamp():.6f}_{place.rank}_{place.pk}"


def place_of(mark: str) -> Place | None:
    """The place that an address names; None when it names none."""
    at, _, rest = mark.partition("_")
    rank, _, pk = rest.partition("_")
    try:
        seconds, _, micros = at.partition(".")
        moment = datetime.fromtimestamp(int(seconds), tz=timezone.get_default_timezone())
        return Place(moment.replace(microsecond=int(micros)), int(rank), int(pk))
    except (ValueError, OverflowError, OSError):
        return None


def span(name: str, *, at: datetime) -> tuple[date, date]:
    """First and last day of a span by its name; the quarter we are in when the name is unknown."""
    day = today(at)
    if name == "month":
        return day.replace(day=1), day
    if name == "year":
        return day.replace(month=1, day=1), day
    quarter = quarter_of(day)
    return quarter_bounds(previous_quarter(quarter) if name == "last" else quarter)


def people_called(name: str, where: Places) -> tuple[int, ...]:
    """Ids of officials of that name; when there is none, of those whose name has these characters, one too many."""
    office = Appointment.objects.filter(user=models.OuterRef("pk"))
    office = office if where.is_all else office.filter(division__in=where.ids)
    officials = User.objects.filter(models.Exists(office)).order_by("pk").values_list("pk", flat=True)
    called = tuple(officials.filter(name=name)[: MOST_PEOPLE + 1])
    return called or tuple(officials.filter(name__contains=name)[: MOST_PEOPLE + 1])


def rules_called(words: str, village: Division) -> list[Rule]:
    """Rules of a village, of all versions, by their number or some of their words."""
    rows = Rule.objects.filter(village=village)
    rows = rows.filter(models.Q(number=words) | models.Q(text__icontains=words))
    families = rows.values("family")
    found = Rule.objects.filter(village=village, family__in=families).select_related("rulebook")
    return list(found.order_by("number", "-pk")[:MOST_RULES])


def rules_in_words(rules: Iterable[Rule]) -> list[str]:
    """Rules by number and words, each once, with the versions it stands in: 4.5 养犬拴绳（第1、2版）."""
    versions = defaultdict(list)
    for rule in rules:
        versions[rule.number, rule.text].append(rule.rulebook.version)
    return [
        f"{number} {Truncator(text).chars(24)}（第{'、'.join(map(str, sorted(of)))}版）"
        for (number, text), of in versions.items()
    ]
