"""公示: what hangs on the village's board, for whoever looks. Nobody signs in, nothing of a single household.

The pages read frozen copies, and counts too large to point at anybody; they are the same for every reader, so a
cache may keep them for a while.
"""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from governance.models import Division, Entry
from governance.uploads import path_of
from transparency.checkpoints import head_of
from workflows import notice_files, second_agreement
from workflows.models import Publication
from workflows.notice_marks import checkpoint_of
from workflows.posted import Posted, qr

KEEP_SECONDS = 300
UNSIGNED_SECONDS = 20  # the signature comes right after the notice
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
        "agreement": second_agreement.for_the_board(here, at=timezone.now()),
        "fewest": second_agreement.FEWEST_SHOWN,
    }
    return render(request, "workflows/public_village.html", context)


@public
def notice(request, code, year, number):
    """One notice as it was posted; it prints as the sheet for the board."""
    rows = Publication.objects.select_related("village__parent", "amends__village", "settlement")
    posted = Posted(get_object_or_404(rows, village__code=code, year=year, number=number))
    corrects, corrections = posted.row.amends, posted.row.corrections.order_by("published_at", "id")
    others = Publication.objects.filter(village=posted.row.village).exclude(pk=posted.row.pk)
    mark = checkpoint_of(posted.row)
    context = {
        "notice": posted,
        "mark": mark,
        "origin": head_of(mark.note).origin if mark else posted.log,
        "corrects": corrects and Posted(corrects),
        "corrections": [Posted(row) for row in corrections],
        "village": posted.row.village,
        "others": [Posted(row) for row in others[:6]],
        "under_objection": _under_objection(posted.row),
        "qr": mark and qr(mark),
        "file": notice_files.current(posted.row),
    }
    response = render(request, "workflows/notice.html", context)
    if mark is None:
        patch_cache_control(response, max_age=UNSIGNED_SECONDS)
    return response


@public
def pdf(request, code, year, number):
    """The notice as PDF, byte for byte as it was made; 404 before that."""
    posted = get_object_or_404(Publication, village__code=code, year=year, number=number)
    file = get_object_or_404(posted.files, gone_at=None)
    name = f"{posted.content['title']}.pdf"
    headers = {"Content-Disposition": content_disposition_header(False, name)}
    return HttpResponse(path_of(file).read_bytes(), content_type="application/pdf", headers=headers)


def _under_objection(row: Publication) -> int:
    """How many lines of the month or the quarter wait for an answer now: beside the notice, which stays as posted."""
    lines = Entry.objects.filter(village=row.village_id, holds__lifted_at__isnull=True, holds__isnull=False)
    if row.settlement_id:
        return lines.filter(quarter=row.settlement.quarter).count()
    return lines.filter(observation__round=row.round_id).count() if row.round_id else 0


urlpatterns = [
    path("villages/", home, name="public_home"),
    path("v/<str:code>/", village, name="public_village"),
    path("v/<str:code>/notices/<int:year>-<int:number>/", notice, name="notice"),
    path("v/<str:code>/notices/<int:year>-<int:number>/pdf/", pdf, name="notice_pdf"),
]
