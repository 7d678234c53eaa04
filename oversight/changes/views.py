"""改动记录: the search over everything done, its table, and the story of each thing. For supervisors only.

Of a household: only once its file was opened with a reason that the household reads (oversight.opening).
"""

from __future__ import annotations

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from appeals.workbench.tables import download
from governance.context import Shell
from governance.models import Appointment, Event
from oversight.changes import lines, long_table, search, story, tables
from oversight.changes.asked import Places, places
from oversight.changes.forms import HomeForm, SearchForm
from oversight.changes.story import Told
from oversight.opening import for_opened_file, subjects


def for_supervisor(view):
    """Give a view the places its reader supervises; Refused for anybody else."""

    @login_required
    @require_safe
    @wraps(view)
    def seen(request, **kwargs):
        return view(request, _places(request), **kwargs)

    return seen


def _places(request) -> Places:
    """Where the reader supervises; the frame of the page has read the villages anyway."""
    return places(request.user, at=timezone.now(), villages=Shell.of(request).villages)


@for_supervisor
def changes(request, where: Places):
    """A page of what was done, the newest first."""
    form = SearchForm(request.GET, where, at=timezone.now())
    return _listed(request, form, {"home_form": HomeForm(None, where)})


@for_supervisor
def export(request, where: Places):
    """The search as XLSX or CSV at once; where it is long, the question whether to have it made in the background."""
    at = timezone.now()
    form = SearchForm(request.GET, where, at=at)
    if not form.is_valid():
        return _listed(request, form, {"home_form": HomeForm(None, where)})
    asked = form.asked()
    page = search.page(asked, size=tables.AT_ONCE)
    if page.on:
        context = {"query": request.GET.urlencode(), "at_once": tables.AT_ONCE, "most": tables.MOST}
        return render(request, "oversight/changes_long.html", context)
    table = tables.of_lines(lines.build(page.hits, asked), is_cut=False)
    return download(table, "改动记录", as_csv="csv" in request.GET, at=at)


@login_required
@require_POST
def export_long(request):
    """Have a long table made in the background."""
    at, where = timezone.now(), _places(request)
    form = SearchForm(request.GET, where, at=at)
    if not form.is_valid():
        return _listed(request, form, {"home_form": HomeForm(None, where)})
    job = long_table.start(asked=form.asked(), as_csv="csv" in request.GET, by=request.user, at=at)
    return redirect("job", job.key)


@for_supervisor
def find_home(request, where: Places):
    """From a door to the changes of the household behind it; the gate asks for the reason."""
    if not request.GET:
        return redirect("changes")
    at = timezone.now()
    form = HomeForm(request.GET, where)
    home = form.home() if form.is_valid() else None
    if home and subjects(request.user, at=at).filter(pk=home.pk).exists():
        return redirect("changes_of", home.key)
    return _listed(request, SearchForm({}, where, at=at), {"home_form": form})


@for_opened_file
def changes_of(request, subject):
    """Everything done about one household, with the words, once its file was opened."""
    at = timezone.now()
    form = SearchForm(request.GET, _places(request), at=at, subject=subject)
    return _listed(request, form, {"subject": subject, "home": lines.home_line(subject)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def told(request, thing, thing_key):
    """The story of a thing; of a household's thing through the gate. 404 for what is not the reader's to supervise."""
    found = story.find(thing, thing_key)
    if found is None or not _is_theirs(found, _places(request)):
        raise Http404
    if found.subject:
        return for_opened_file(lambda request, subject: _story(request, found))(
            request, key=found.subject.key
        )
    if found.thing.subject:
        raise Http404  # it belongs to a household nobody can name any more: there is no file to open
    return _story(request, found) if request.method != "POST" else HttpResponseNotAllowed(["GET", "HEAD"])


def _is_theirs(found: Told, where: Places) -> bool:
    if found.village:
        return where.is_all or found.village.pk in where.ids
    if found.thing.label == "governance.user":
        return Appointment.objects.filter(user__key=found.key, division__in=where.ids).exists()
    about = Event.objects.filter(about_type=found.thing.label, about_id=found.key, village__in=where.ids)
    return where.is_all or about.exists()


def _story(request, found: Told):
    steps, is_cut = story.steps(found)
    context = {
        "told": found,
        "steps": steps,
        "is_cut": is_cut,
        "most": story.MOST,
        "tasks": story.tasks(found),
        "posted": story.posted(found),
        "home": lines.home_line(found.subject) if found.subject else "",
    }
    return render(request, "oversight/changes_story.html", context)


def _listed(request, form: SearchForm, context: dict):
    is_valid = form.is_valid()
    asked = form.asked() if is_valid else None
    page = (
        search.page(asked, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
        if asked
        else None
    )
    query = request.GET.copy()
    for name in ("after", "before", "csv"):
        query.pop(name, None)
    context |= {
        "form": form,
        "page": page,
        "lines": lines.build(page.hits, asked) if page else [],
        "rules": search.rules_in_words(form.found_rules),
        "query": query.urlencode(),
    }
    home_form = context.get("home_form")
    is_wrong = not is_valid or bool(home_form and home_form.errors)
    return render(request, "oversight/changes.html", context, status=422 if is_wrong else 200)


urlpatterns = [
    path("oversight/changes/", changes, name="changes"),
    path("oversight/changes/export/", export, name="changes_export"),
    path("oversight/changes/export/long/", export_long, name="changes_export_long"),
    path("oversight/changes/home/", find_home, name="changes_home"),
    path("oversight/changes/of/<uuid:key>/", changes_of, name="changes_of"),
    path("oversight/stories/<slug:thing>/<slug:thing_key>/", told, name="change_story"),
]
