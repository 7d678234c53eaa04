"""导入: a roster or a rulebook comes in from a spreadsheet; first seen row by row, then all of it or nothing."""

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone

from governance import imports, roster_file, roster_job, rulebook_file
from governance.forms.common import refusals_in
from governance.forms.imports import DraftForm, UploadForm
from governance.lexicon import Ground
from governance.models import Area, ImportBatch
from governance.points import format_total
from governance.rulebook_import import RowResult
from governance.views.clerk import POST, READ, READ_AND_POST, done, download, for_row, for_village

Kind = ImportBatch.Kind
BATCHES = ImportBatch.objects.select_related("village", "uploaded_by")
UNREADABLE = {Ground.UNREADABLE_POINTS, Ground.GRADE_JUMP}
_MET = re.compile(r"(?:写了|归在)“(.+?)”。(.+)")


@dataclass(frozen=True)
class Judged:
    """A row as the page shows it: the words that were met are marked in what was written."""

    number: int
    before: str
    met: str
    after: str
    points: str
    sentence: str
    source: str


@for_village(*READ_AND_POST)
def uploads(request, village):
    """Choose a file of either kind, or go on with one that waits. POST keeps a file and shows its preview."""
    posted = request.POST.get("kind")
    forms = {
        kind: UploadForm(
            request.POST if posted == kind else None,
            request.FILES if posted == kind else None,
            initial={"kind": kind},
            auto_id=f"id_{kind}_%s",
        )
        for kind in Kind.values
    }
    form = forms.get(posted)
    if form and form.is_valid():
        with refusals_in(form):
            batch = imports.keep(
                village=village,
                kind=posted,
                file=form.cleaned_data["file"],
                by=request.user,
                at=timezone.now(),
            )
            return redirect("import_preview", batch.key)
    context = {"village": village, "forms": forms, "waiting": imports.waiting(village), "kept": imports.KEPT}
    return render(request, "governance/imports.html", context, status=422 if form and form.errors else 200)


@for_row(BATCHES, *READ_AND_POST)
def preview(request, batch):
    """Every row with what to do about it. POST saves the whole file."""
    return {Kind.ROSTER: _roster, Kind.RULEBOOK: _rulebook}[batch.kind](request, batch)


@for_row(BATCHES, *READ)
def marked(request, batch):
    """The uploaded table with one more column that says what to mend."""
    if batch.kind == Kind.ROSTER:
        data = imports.preview_roster(batch, by=request.user, at=timezone.now()).marked_workbook()
    else:
        data = imports.marked_rulebook(imports.judge_rulebook(batch))
    return download(data, f"{PurePath(batch.file_name).stem}（标好错的）.xlsx")


@for_row(BATCHES, *POST)
def drop(request, batch):
    """Delete the file: nothing of it was stored."""
    imports.drop(batch=batch, by=request.user, at=timezone.now())
    return done(request, "这张表删掉了，里面的内容一行也没存。", "imports", batch.village.code)


@for_village(*READ)
def empty_form(request, village, kind):
    """The empty table of a kind, to be filled in."""
    if kind == Kind.ROSTER:
        return download(roster_file.write_rows([]), "户册空表.xlsx")
    if kind != Kind.RULEBOOK:
        raise Http404
    out = BytesIO()
    rulebook_file.write_rows([], out, "评分细则空表.xlsx")
    return download(out.getvalue(), "评分细则空表.xlsx")


def _roster(request, batch):
    by, at = request.user, timezone.now()
    if request.method == "POST":
        return redirect("job", roster_job.start(batch=batch, by=by, at=at).key)
    seen = imports.preview_roster(batch, by=by, at=at)
    groups = [
        ("要改", "处", seen.must_fix, True),
        ("请您看", "处，不挡存入", seen.please_look, False),
        ("不存的格子", "处", seen.not_stored, False),
    ]
    context = {
        **_frame(batch),
        "seen": seen,
        "groups": [group for group in groups if group[2]],
        "has_areas": Area.objects.filter(village=batch.village).exists(),
    }
    return render(request, "governance/import_roster.html", context)


def _rulebook(request, batch):
    report = imports.judge_rulebook(batch)
    refused = report.counts["refused"]
    against = imports.against_draft(batch, report)
    first = {"title": PurePath(batch.file_name).stem, "base": 100}
    if against.draft:
        first = {"title": against.draft.title, "base": format_total(against.draft.base_tenths)}
    form = DraftForm(request.POST or None, refused=refused, initial=first)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            made = imports.save_rulebook(
                batch=batch, title=form.cleaned_data["title"], base_tenths=form.base_tenths,
                skip_refused=form.cleaned_data.get("skip_refused", False), by=request.user, at=timezone.now(),
            )  # fmt: skip
            sentence = f"存成草稿了：新加{made.added}条，去掉{made.removed}条，{made.unchanged}条没有变。"
            return done(request, sentence, "rulebook", made.rulebook.key)
    context = {**_frame(batch), "form": form, "report": report, "against": against, "refused": refused}
    context |= _sorted_findings(report.rows)
    return render(request, "governance/import_rulebook.html", context, status=422 if form.errors else 200)


def _frame(batch) -> dict:
    return {
        "batch": batch,
        "village": batch.village,
        "gone_at": batch.uploaded_at + imports.KEPT,
        "crumbs": [("导入", reverse("imports", args=[batch.village.code]))],
    }


def _sorted_findings(rows) -> dict[str, list[Judged]]:
    """What may never be scored, what cannot be read, and what may be settled until the assembly; a line a row."""
    found = {"never": [], "unreadable": [], "open": []}
    for result in rows:
        kinds = {_kind(finding) for finding in result.findings}
        for kind, lines in found.items():
            if kind in kinds:
                lines.append(_judged(result, [each for each in result.findings if _kind(each) == kind]))
    return found


def _kind(finding) -> str:
    if finding.verdict != "refused":
        return "open"
    return "unreadable" if finding.ground in UNREADABLE else "never"


def _judged(result: RowResult, findings) -> Judged:
    """One line about a row; the words of the first finding are marked, or all of it when it names none."""
    item = result.row.item
    read = [_MET.fullmatch(finding.sentence) for finding in findings]
    sentences = [met[2] if met else finding.sentence for met, finding in zip(read, findings, strict=True)]
    met = next((each[1] for each in read if each and each[1] in item), item)
    before, _, after = item.partition(met)
    sources = dict.fromkeys(str(finding.source) for finding in findings)
    return Judged(
        result.row.number,
        before,
        met,
        after,
        result.row.points,
        "".join(dict.fromkeys(sentences)),
        "、".join(sources),
    )


urlpatterns = [
    path("villages/<str:code>/imports/", uploads, name="imports"),
    path("villages/<str:code>/imports/<str:kind>.xlsx", empty_form, name="import_form"),
    path("imports/<uuid:key>/", preview, name="import_preview"),
    path("imports/<uuid:key>/marked/", marked, name="import_marked"),
    path("imports/<uuid:key>/drop/", drop, name="import_drop"),
]
