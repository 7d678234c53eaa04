"""The PDF of a posted notice: made after the commit, its bytes kept, their hash a leaf of its own (design/3-processes.md).

Anybody can compare the file they saved with the hash in the log. Making it twice makes one file: the deadline that asks
for it fires once, and a lock on the notice decides between two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string

from governance import deadlines
from governance.events import record
from governance.models import Deadline
from governance.printing import printed
from governance.refusals import Conflict
from governance.saving import change
from transparency.checkpoints import head_of
from transparency.models import Checkpoint
from workflows.models import NoticeFile, Publication
from workflows.notice_marks import checkpoint_of
from workflows.posted import Posted, qr

DUE = "notice.print"
SHEETS = ("tokens", "paper", "table", "print", "notice")


def ask_for_missing(at: datetime) -> list[Publication]:
    """Have the PDF made of every notice that is signed and was never asked for; returns them. For the ticker."""
    asked = Deadline.objects.filter(
        kind=DUE, about_type=Publication._meta.label_lower, about_id=OuterRef("pk")
    )
    rows = Publication.objects.filter(~Exists(asked)).select_related("village")
    signed = [row for row in rows if checkpoint_of(row)]
    for row in signed:
        ask_for(row, at=at)
    return signed


def ask_for(publication: Publication, *, at: datetime) -> None:
    """Have the PDF made by the next tick."""
    deadlines.set_deadline(DUE, about=publication, village=publication.village, due=at)


@transaction.atomic
def make(*, publication: Publication, at: datetime) -> NoticeFile:
    """Make, keep and vouch for the PDF of a notice that has none.

    Effects: a file, a row, the event `publication.printed`. Raises Conflict while the log is not signed, and Refused
    where Pango is missing; the deadline then stays open and the operators' page says why. A file is written
    before its row: what fails leaves a file that nobody can reach, never a row without one; the next call deletes it.
    """
    publication = Publication.objects.select_for_update(of=("self",), no_key=True).get(pk=publication.pk)
    found, folder = current(publication), f"notices/{publication.key}"
    _delete_all_but(found, folder)
    if found:
        return found
    if not (mark := checkpoint_of(publication)):
        raise Conflict("村里的日志还没有签名，签好了再做PDF。")
    content = pdf(publication, mark)
    stored_as = default_storage.save(f"{folder}/{uuid4()}.pdf", ContentFile(content))
    row = NoticeFile.objects.create(
        village=publication.village, publication=publication, stored_as=stored_as, made_at=at,
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    record(
        "publication.printed", village=row.village, about=publication, by=None, at=at, role="system", rows=[row]
    )  # fmt: skip
    return row


def _delete_all_but(found: NoticeFile | None, folder: str) -> None:
    """Whoever made or withdrew a file may have died before its row was kept or the file went."""
    if default_storage.exists(folder):
        for name in default_storage.listdir(folder)[1]:
            path = f"{folder}/{name}"
            if not found or path != found.stored_as:
                default_storage.delete(path)


def current(publication: Publication) -> NoticeFile | None:
    """The file of a notice; None before it is made."""
    return publication.files.filter(gone_at=None).first()


def pdf(publication: Publication, mark: Checkpoint) -> bytes:
    """A notice with the checkpoint signed of it, on one sheet, as it was posted. Raises Refused where Pango is missing."""
    context = {
        "notice": Posted(publication), "village": publication.village, "mark": mark, "qr": qr(mark),
        "origin": head_of(mark.note).origin, "corrects": publication.amends and Posted(publication.amends),
    }  # fmt: skip
    html = render_to_string("workflows/notice_pdf.html", context)
    return printed(html, *SHEETS, identifier=str(publication.key))


def withdraw(publications: Iterable[Publication], *, at: datetime) -> list[NoticeFile]:
    """A name was taken out of notices: their files go after the commit, and are made anew without it.

    The caller's event vouches for the rows. Returns those that went.
    """
    files = NoticeFile.objects.filter(publication__in=[row.pk for row in publications], gone_at=None)
    rows = list(files.select_related("publication__village"))
    change(files, gone_at=at)
    for row in rows:
        ask_for(row.publication, at=at)
        transaction.on_commit(partial(default_storage.delete, row.stored_as), robust=True)
    return rows
