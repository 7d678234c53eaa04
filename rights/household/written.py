"""The file as a person takes it home: PDF to read and print, JSON for another program, ZIP with all pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.db.models import Q
from django.template.loader import render_to_string

from appeals.models import Exhibit
from governance.models import Subject
from governance.printing import printed
from governance.refusals import Refused
from governance.uploads import path_of
from rights.household import scores
from rights.household.gather import gather
from rights.household.reading import for_reading
from rights.speaking import Reach
from workflows.models import Evidence

IN_MEMORY = 8 * 1024 * 1024
README = """这是{name}的资料，{day}从联评存的。

资料.pdf　能看、能打印的一份
资料.json　给别的程序读的一份，每一栏是什么意思见软件说明里的docs/household-file.md
照片和文件　资料里提到的照片和文件，文件名就是资料里的编号

请收好。里面有您家的姓名、号码和记分，别随便发给人。
"""


@dataclass(frozen=True)
class Form:
    """One way in which the file is given out."""

    name: str
    label: str
    media_type: str


FORMS = {
    "pdf": Form("pdf", "能看、能打印的（PDF）", "application/pdf"),
    "json": Form("json", "给电脑读的（JSON）", "application/json"),
    "zip": Form("zip", "连照片和文件一起（ZIP）", "application/zip"),
}


def as_json(reach: Reach, *, at: datetime) -> bytes:
    """The file as JSON in UTF-8, Chinese as it is written."""
    return json.dumps(gather(reach, at=at), ensure_ascii=False, indent=1).encode()


def as_pdf(reach: Reach, *, at: datetime) -> bytes:
    """The file as PDF. Raises Refused where Pango is not installed."""
    return _pdf(reach, gather(reach, at=at))


def as_zip(reach: Reach, *, at: datetime) -> BinaryIO:
    """PDF (where it can be made), JSON and every file the household may see, as an open file at its start.

    A large one lies on disk while it is sent, without a name.
    """
    data = gather(reach, at=at)
    found = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- whoever sends it closes it
    with ZipFile(found, "w", ZIP_DEFLATED) as archive:
        archive.writestr("请先看.txt", README.format(name=reach.called, day=data["made_at"][:10]))
        archive.writestr("资料.json", json.dumps(data, ensure_ascii=False, indent=1))
        with suppress(Refused):  # a machine without Pango: the rest is there all the same
            archive.writestr("资料.pdf", _pdf(reach, data))
        for name, row in _files(reach.subject) if reach.whole else ():
            archive.write(path_of(row), f"照片和文件/{name}", ZIP_STORED)
    found.seek(0)
    return found


def _pdf(reach: Reach, data: dict) -> bytes:
    html = render_to_string("rights/file_pdf.html", {"file": for_reading(data), "subject": reach.subject})
    return printed(html, "file", identifier=str(reach.subject.key))


def _files(subject: Subject) -> Iterator[tuple[str, Evidence | Exhibit]]:
    """What the household may see and is there: evidence of posted months, its own exhibits, others' once answered."""
    evidence = Evidence.objects.filter(
        observation__subject=subject, observation__state__in=scores.TOLD,
        observation__round__publication__isnull=False,
    )  # fmt: skip
    exhibits = Exhibit.objects.filter(Q(objection__subject=subject) | Q(repair__subject=subject))
    exhibits = exhibits.exclude(Q(is_households=False) & Q(objection__outcome=""))
    for rows in (evidence, exhibits):
        for row in rows.exclude(stored_as="").order_by("added_at", "pk"):
            if path_of(row).exists():
                yield f"{row.key}.{row.stored_as.rpartition('.')[2]}", row
