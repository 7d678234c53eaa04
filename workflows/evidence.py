"""Evidence of an observation: photos and papers kept clean and private, witnesses by name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from governance import uploads
from governance.models import Rule, User
from governance.refusals import Invalid
from workflows.models import Evidence, Observation

Kind = Evidence.Kind
MOST_FILES = 6
WITNESSES_NEEDED = 2


def add(observation: Observation, fact, *, by: User, at: datetime) -> None:
    """Keep the files and witnesses of a fact. Raises Invalid when a file is none, or there are too many.

    Files are written before the rows: if the transaction fails, an unnamed file is left that nobody can
    reach, never a row without its file.
    """
    if (
        observation.evidence.filter(kind__in=[Kind.PHOTO, Kind.DOCUMENT]).count() + len(fact.photos)
        > MOST_FILES
    ):
        raise Invalid(photos=f"照片和文件最多{MOST_FILES}份，请挑要紧的传。")
    for upload in fact.photos:
        _keep(observation, upload, by=by, at=at)
    known = {row.caption for row in observation.evidence.filter(kind=Kind.WITNESS)}
    for name in fact.witnesses:
        if name.strip() and name.strip() not in known:
            _row(observation, Kind.WITNESS, by=by, at=at, caption=name.strip()).save()
            known.add(name.strip())


def missing(observation: Observation) -> str:
    """What its rule still asks for as evidence, as a sentence; empty when nothing."""
    kinds = [row.kind for row in observation.evidence.all()]
    witnesses = kinds.count(Kind.WITNESS) >= WITNESSES_NEEDED
    enough = {
        Rule.Evidence.PHOTO: Kind.PHOTO in kinds,
        Rule.Evidence.DOCUMENT: Kind.DOCUMENT in kinds or Kind.PHOTO in kinds,
        Rule.Evidence.WITNESSES: witnesses,
        Rule.Evidence.ANY: Kind.PHOTO in kinds or Kind.DOCUMENT in kinds or witnesses,
    }.get(observation.rule.evidence, True)
    if enough:
        return ""
    label = Rule.Evidence(observation.rule.evidence).label
    return f"细则{observation.rule.number}要有{label}，请补上再交。"


def path_of(evidence: Evidence) -> Path:
    """Where a file lies; only views that checked who is looking read it."""
    return Path(default_storage.path(evidence.stored_as))


def _keep(observation, upload, *, by, at):
    try:
        clean = uploads.clean(upload)
    except Invalid as error:
        raise Invalid(photos=str(error)) from error
    pdf = clean.media_type == "application/pdf"
    name = f"evidence/{observation.village.code}/{uuid4()}.{'pdf' if pdf else 'jpg'}"
    row = _row(observation, Kind.DOCUMENT if pdf else Kind.PHOTO, by=by, at=at)
    row.stored_as = default_storage.save(name, ContentFile(clean.content))
    row.media_type, row.sha256 = clean.media_type, clean.sha256
    row.save()


def _row(observation, kind, *, by, at, caption=None) -> Evidence:
    return Evidence(
        village=observation.village,
        observation=observation,
        kind=kind,
        caption=caption,
        added_by=by,
        added_at=at,
    )
