"""长的活: how far mine are, what came of them, and once more what failed. Each is shown to who started it, to nobody else."""

from __future__ import annotations

from mimetypes import guess_type

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from governance import jobs
from governance.models import Job
from governance.views.clerk import download

PAGE = 20


@login_required
@require_safe
def mine(request):
    """My jobs of the last days, the newest first."""
    rows = Job.objects.filter(by=request.user, kind__in=jobs.KINDS).select_related("village")
    page = Paginator(rows.order_by("-made_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    lines = [(job, jobs.KINDS[job.kind]) for job in page.object_list]
    return render(request, "governance/jobs.html", {"page": page, "lines": lines})


@never_cache
@login_required
@require_safe
def job(request, key):
    """One job; asked by htmx every second until it is over, without scripts by the reader's own refresh."""
    found = _mine(request, key)
    template = "governance/job_state.html" if request.htmx else "governance/job.html"
    return render(request, template, {"job": found, "kind": jobs.KINDS[found.kind]})


@login_required
@require_safe
def file(request, key):
    """What came of it, if its reader still may: asked again at each download. 404 once it was deleted."""
    found = _mine(request, key)
    jobs.KINDS[found.kind].may(found, timezone.now())
    if not found.stored_as or not default_storage.exists(found.stored_as):
        raise Http404
    with default_storage.open(found.stored_as) as stream:
        return download(
            stream.read(), found.file_name, guess_type(found.file_name)[0] or "application/octet-stream"
        )


@login_required
@require_POST
def again(request, key):
    """Once more."""
    found = jobs.again(job=_mine(request, key), by=request.user, at=timezone.now())
    return redirect("job", found.key)


def _mine(request, key) -> Job:
    rows = Job.objects.filter(by=request.user, kind__in=jobs.KINDS).select_related("village", "by")
    return get_object_or_404(rows, key=key)


urlpatterns = [
    path("jobs/", mine, name="jobs"),
    path("jobs/<uuid:key>/", job, name="job"),
    path("jobs/<uuid:key>/file/", file, name="job_file"),
    path("jobs/<uuid:key>/again/", again, name="job_again"),
]
