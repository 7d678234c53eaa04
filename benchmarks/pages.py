"""Pages and one decision under the real server, against a bare Django page in the same run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.urls import reverse

from benchmarks import county, month
from benchmarks.month import Month
from benchmarks.results import Row, Size
from benchmarks.server import Visitor, medians, serving
from governance.models import Link
from workflows.models import Observation

name = "Pages"
_TIMES = 40
_FEW = 40  # items before the council of one village
_KB = 1024


def run(size: Size) -> list[Row]:
    """The lines of the table; first one village, then the county, then one village's long queue."""
    here = month.build(county.grow(size, 1)[0])
    few = month.items(here, _FEW)
    county.analyze()
    with serving("benchmarks.floor") as floor, serving("benchmarks.settings") as pages:
        alone = _times(here, few[0], pages)
        villages = county.grow(size)
        tasks = month.open_tasks(villages[1:])
        county.analyze()
        together = _times(here, few[0], pages)
        month.items(here, size.open_items)
        county.analyze()
        return [
            *_against_floor(here, few, Floor(here.raters[0], floor), pages, tasks),
            _growth(alone, together, size),
        ]


class Floor:
    """A rater at the bare project: a page of ten rows, a form that saves one with its history."""

    def __init__(self, user, port):
        visitor = Visitor(user, port, "django.contrib.auth.backends.ModelBackend")
        link = Link.objects.filter(rater=user).first()
        self.page = partial(visitor.get, "/")
        self.act = partial(visitor.post, f"/links/{link.key}/")


def _against_floor(here: Month, few: list[Observation], floor: Floor, port: int, tasks: int) -> list[Row]:
    member, resident = Visitor(here.council[0], port), Visitor(here.resident, port)
    waiting = f"{Observation.objects.filter(round=here.round, state='confirmed').count():,} open items"
    queue, todo = reverse("review", args=[here.round.key]), reverse("todo")
    item = f"{queue}?item={few[0].key}"
    base, *asked = medians(
        _TIMES,
        floor.page,
        *(partial(member.get, path) for path in (queue, todo, item)),
        partial(resident.get, "/my/"),
    )
    ballots = _ballots(here, member)
    act, cast = medians(_TIMES, floor.act, lambda: next(ballots)())
    size = len(member.get(queue)) / _KB
    against = f"a bare page of ten rows: {_ms(base)}"
    return [
        Row(f"the council's queue, {waiting}", _ms(asked[0]), against, asked[0] / base, "≤ 5"),
        Row("its size", f"{size:.0f} KB", "100 KB", size / 100, "≤ 1"),
        Row(f"what waits for me, {waiting}, {tasks:,} open tasks", _ms(asked[1]), against, asked[1] / base, "≤ 5"),
        Row("opening one item", _ms(asked[2]), against, asked[2] / base, "≤ 3.5"),
        Row(
            "casting a ballot, with history, event and leaf", _ms(cast),
            f"a bare form, one row with its history: {_ms(act)}", cast / act, "≤ 4",
        ),
        Row(
            "my points", f"{1 / asked[3]:.0f} requests/s", f"a bare page: {1 / base:.0f} requests/s",
            base / asked[3], "≥ 0.4",
        ),
    ]  # fmt: skip


def _ballots(here: Month, member: Visitor) -> Iterator[partial]:
    """One post after the other, each on an item of its own."""
    for row in Observation.objects.filter(round=here.round, needs_ballot=True).order_by("pk")[: _TIMES + 1]:
        yield partial(
            member.post, reverse("review_cast", args=[row.key]), choice="approve", reason="看了照片。"
        )


def _times(here: Month, item: Observation, port: int) -> dict[str, float]:
    """Seconds of the pages people open most, by name."""
    member, rater, resident = (
        Visitor(user, port) for user in (here.council[0], here.raters[0], here.resident)
    )
    queue = reverse("review", args=[here.round.key])
    asked = {
        "what waits for me": partial(member.get, reverse("todo")),
        "the council's queue": partial(member.get, queue),
        "one item": partial(member.get, f"{queue}?item={item.key}"),
        "the rater's sheet": partial(rater.get, reverse("sheet", args=[here.sheet.key])),
        "my points": partial(resident.get, reverse("my_points")),
    }
    return dict(zip(asked, medians(_TIMES, *asked.values()), strict=True))


def _growth(alone: dict[str, float], together: dict[str, float], size: Size) -> Row:
    """The page that a county slows down most."""
    worst = max(alone, key=lambda page: together[page] / alone[page])
    return Row(
        f"{len(alone)} pages in a county of {size.villages} villages; the worst: {worst}", _ms(together[worst]),
        f"in a county of one village: {_ms(alone[worst])}", together[worst] / alone[worst], "≤ 1.2",
    )  # fmt: skip


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
