"""Files the clerk uploaded, kept sealed between preview and saving: at most seven days, and no longer than needed.

Each look at a preview reads the file anew against the village as it is at that moment, so nothing is saved that
was not shown. The clerk waits while a file is read and judged, a second at most; a roster is taken in by a job
(governance.roster_job).
"""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from governance import (
    deadlines,
    roster_file,
    roster_import,
    roster_preview,
    rulebook_file,
    rulebook_import,
    rulebooks,
)
from governance.access import check_role
from governance.models import Division, ImportBatch, Rulebook, User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid
from governance.rule_import import key_of
from governance.rulebook_import import Report
from governance.spreadsheets import MAX_MB, xlsx

Kind = ImportBatch.Kind
KEPT = timedelta(days=7)
EXPIRES = "import.expires"
MAX_RULES = 2000


@dataclass(frozen=True)
class Against:
    """What a rulebook file would change in the draft that is there."""

    draft: Rulebook | None
    added: int
    removed: int


@transaction.atomic
def keep(*, village: Division, kind: str, file, by: User, at: datetime) -> ImportBatch:
    """Keep an uploaded file for its preview; it is deleted when it is saved, dropped, or seven days old.

    Raises Refused (not the clerk) or Invalid(file=…) when it cannot be read as a whole.
    """
    check_role(by, Role.CLERK, village=village, at=at)
    data = file.read(MAX_MB * 1024**2 + 1)
    {Kind.ROSTER: roster_file.read_rows, Kind.RULEBOOK: _rules}[kind](data)
    row = ImportBatch.objects.create(
        village=village,
        kind=kind,
        file_name=file.name[-200:],
        content=base64.b64encode(data).decode(),
        uploaded_by=by,
        uploaded_at=at,
    )
    deadlines.set_deadline(EXPIRES, about=row, village=village, due=at + KEPT)
    return row


@deadlines.handles(EXPIRES)
def expire(batch_id: int, at: datetime) -> None:
    """Seven days are over: the file goes, saved or not."""
    ImportBatch.objects.filter(pk=batch_id).delete()


def waiting(village: Division) -> QuerySet[ImportBatch]:
    """Files not saved yet, the newest first; their content is not loaded."""
    rows = ImportBatch.objects.filter(village=village, saved_at__isnull=True).defer("content")
    return rows.select_related("uploaded_by").order_by("-uploaded_at", "-pk")


def content(batch: ImportBatch) -> bytes:
    """The file as uploaded. Raises Conflict once it is saved: then it is no longer kept."""
    if batch.saved_at:
        local = timezone.localtime(batch.saved_at)
        raise Conflict(f"这张表{local.month}月{local.day}日{local:%H:%M}已经存好了，不用再办。")
    return base64.b64decode(batch.content)


def preview_roster(batch: ImportBatch, *, by: User, at: datetime) -> roster_preview.Preview:
    """What saving this roster would do now."""
    return roster_preview.preview(content(batch), village=batch.village, by=by, at=at)


def judge_rulebook(batch: ImportBatch) -> Report:
    """Every row of this rulebook with how it ends."""
    return rulebook_import.check_file(_rules(content(batch)))


def against_draft(batch: ImportBatch, report: Report) -> Against:
    """What saving would add to and take out of the village's draft."""
    draft = Rulebook.objects.filter(village=batch.village, state=Rulebook.State.DRAFT).first()
    known = {key_of(rule) for rule in draft.rules.all()} if draft else set()
    wanted = {row.key for row in report.rows if row.verdict != "refused"}
    return Against(draft, len(wanted - known), len(known - wanted))


def marked_rulebook(report: Report) -> bytes:
    """The rows of a rulebook as XLSX with one more column: what to mend, or to settle before adoption."""
    heads = [names[0] for names in rulebook_file.HEADINGS.values()]
    table = [[*heads, roster_file.ADVICE]]
    for result in report.rows:
        cells = [getattr(result.row, name) for name in rulebook_file.FIELDS]
        table.append([*cells, "".join(f"{f.sentence}（{f.source}）" for f in result.findings)])
    return xlsx(table)


@transaction.atomic
def save_roster(*, batch: ImportBatch, by: User, at: datetime) -> roster_preview.Preview:
    """Take the roster in, all of it or nothing. Raises Refused, Conflict (saved already) or Invalid."""
    row = _locked(batch)
    made = roster_import.save_file(content(row), village=row.village, by=by, at=at, name=row.file_name)
    _saved(row, at)
    return made


@transaction.atomic
def save_rulebook(
    *, batch: ImportBatch, title: str, base_tenths: int, skip_refused: bool, by: User, at: datetime
) -> rulebooks.Imported:
    """Put the rulebook into the village's draft, all or nothing but the refused rows if so said."""
    row = _locked(batch)
    made = rulebooks.import_report(
        village=row.village, report=judge_rulebook(row), title=title, base_tenths=base_tenths,
        skip_refused=skip_refused, by=by, at=at,
    )  # fmt: skip
    _saved(row, at)
    return made


@transaction.atomic
def drop(*, batch: ImportBatch, by: User, at: datetime) -> None:
    """Delete a file that shall not be saved. Raises Refused (not the clerk)."""
    check_role(by, Role.CLERK, village=batch.village, at=at)
    deadlines.cancel(EXPIRES, about=batch, at=at)
    ImportBatch.objects.filter(pk=batch.pk).delete()


def _locked(batch: ImportBatch) -> ImportBatch:
    return (
        ImportBatch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("village")
        .get(pk=batch.pk)
    )


def _saved(row: ImportBatch, at: datetime) -> None:
    """The content goes at once; what stays until the seventh day only tells a second post who was first."""
    row.saved_at, row.content = at, ""
    row.save(update_fields=["saved_at", "content"])


def _rules(data: bytes) -> list[rulebook_file.RawRow]:
    rows = rulebook_file.read_rows(BytesIO(data))
    if not rows:
        raise Invalid(file="表里只有栏名，没有一条细则。请填好再传。")
    if len(rows) > MAX_RULES:
        raise Invalid(file=f"这张表有{len(rows)}条，一次最多{MAX_RULES}条。请删掉不用的，再传一次。")
    return rows
