"""公示: what hangs on the village's board, for whoever looks. Nobody signs in, nothing of a single household.

The pages read frozen copies only and are the same for every reader, so a cache may keep them for a while.
"""

import re

import segno
from django.conf import settings
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from governance.models import Division, Entry, Scorecard
from workflows.models import Publication

KEEP_SECONDS = 300
PER_VILLAGE = 60


def public(view):
    """A page for everybody: cacheable, told apart only by the cookies of 长辈版 and text size."""
    return require_safe(cache_control(public=True, max_age=KEEP_SECONDS)(vary_on_cookie(view)))


@public
def home(request):
    """Villages that have posted anything, by township."""
    posted = Division.objects.filter(level=Division.Level.VILLAGE, publications__isnull=False)
    villages = posted.distinct().select_related("parent").order_by("code")
    return render(request, "workflows/public_home.html", {"villages": villages})


@public
def village(request, code):
    """A village's board: what is posted now, and what was."""
    here = get_object_or_404(
        Division.objects.select_related("parent"), code=code, level=Division.Level.VILLAGE
    )
    notices = [Posted(row) for row in here.publications.all()[:PER_VILLAGE]]
    context = {
        "village": here,
        "now": [notice for notice in notices if notice.is_open],
        "earlier": [notice for notice in notices if not notice.is_open],
    }
    return render(request, "workflows/public_village.html", context)


@public
def notice(request, code, year, number):
    """One notice as it was posted; it prints as the sheet for the board."""
    rows = Publication.objects.select_related("village__parent", "amends__village", "settlement")
    posted = Posted(get_object_or_404(rows, village__code=code, year=year, number=number))
    corrects, corrections = posted.row.amends, posted.row.corrections.order_by("published_at", "id")
    others = Publication.objects.filter(village=posted.row.village).exclude(pk=posted.row.pk)
    context = {
        "notice": posted,
        "corrects": corrects and Posted(corrects),
        "corrections": [Posted(row) for row in corrections],
        "village": posted.row.village,
        "others": [Posted(row) for row in others[:6]],
        "under_objection": _under_objection(posted.row),
        "qr": _qr(request.build_absolute_uri(posted.url), posted.row),
    }
    return render(request, "workflows/notice.html", context)


class Posted:
    """A publication as it is read on the board. `content` is the frozen copy; nothing is counted again."""

    def __init__(self, row: Publication):
        self.row = row
        self.content = row.content

    @property
    def url(self) -> str:
        """Where it stands."""
        return reverse("notice", args=[self.row.village.code, self.row.year, self.row.number])

    @property
    def title(self) -> str:
        """Its heading."""
        return self.content["title"]

    @property
    def title_parts(self) -> list[str]:
        """Its heading in phrases that stay together: village, month or quarter, what it is."""
        return [part for part in re.split(r"(\d+年(?:\d+月|第.季度))", self.title) if part]

    @property
    def number(self) -> str:
        """Its number, such as 柳评公〔2026〕9号: the village by the first character of its name."""
        return f"{self.row.village.name[0]}评公〔{self.row.year}〕{self.row.number}号"

    @property
    def is_open(self) -> bool:
        """Does its window still run."""
        return timezone.now() < self.row.window_ends

    @property
    def is_quarter(self) -> bool:
        """A quarter's notice, or a month's."""
        return self.row.settlement_id is not None

    @property
    def households(self) -> int:
        """How many took part in the quarter."""
        return sum(self.content["counts"].values())

    @property
    def standings(self) -> list[tuple[str, int, int]]:
        """Counts by colour with those of before, if they are told: never which household."""
        now, before = self.content["counts"], self.content.get("before", {})
        return [(colour, now[colour], before.get(colour)) for colour in Scorecard.Colour.values]

    @property
    def has_before(self) -> bool:
        """Was the quarter before settled too."""
        return any(self.content["before"].values())

    @property
    def sums(self) -> dict[str, int]:
        """The last line of the table."""
        rows, names = self.content["dimensions"], ("plus", "minus", "held", "taken", "new", "sum_tenths")
        return {name: sum(row.get(name, 0) for row in rows) for name in names}

    @property
    def root(self) -> list[str]:
        """The log's root in groups of four, to be read aloud and compared."""
        text = self.row.log_root
        return [text[i : i + 4] for i in range(0, len(text), 4)]

    @property
    def log(self) -> str:
        """The name of the log the root belongs to."""
        return f"{settings.LOG_ORIGIN}/{self.row.village.code}"


def _under_objection(row: Publication) -> int:
    """How many lines of the month or the quarter wait for an answer now: beside the notice, which stays as posted."""
    lines = Entry.objects.filter(village=row.village_id, holds__lifted_at__isnull=True, holds__isnull=False)
    if row.settlement_id:
        return lines.filter(quarter=row.settlement.quarter).count()
    return lines.filter(observation__round=row.round_id).count() if row.round_id else 0


def _qr(address: str, row: Publication) -> str:
    """The address of the notice with size and root behind #, to be compared with what is printed."""
    code = segno.make(f"{address}#{row.log_size}:{row.log_root}", error="l")
    return mark_safe(
        code.svg_inline(svgclass="lp-qr", lineclass=None, omitsize=True, title="公示的网址和记录指纹")
    )


urlpatterns = [
    path("villages/", home, name="public_home"),
    path("v/<str:code>/", village, name="public_village"),
    path("v/<str:code>/notices/<int:year>-<int:number>/", notice, name="notice"),
]
