"""Evidence of an observation: photos and papers kept clean and private, witnesses by name."""

from __future__ import annotations

from datetime import datetime

from governance import uploads
from governance.models import Rule, User
from governance.refusals import Invalid
from governance.vouching import note
from workflows.models import Evidence, Observation

Kind = Evidence.Kind
MOST_FILES = 6
WITNESSES_NEEDED = 2


def add(observation: Observation, fact, *, by: User, at: datetime) -> None:
    """Keep the files and witnesses of a fact. Raises Invalid when a file is none, or there are too many."""
    if (
        observation.evidence.filter(kind__in=[Kind.PHOTO, Kind.DOCUMENT]).count() + len(fact.photos)
        > MOST_FILES
    ):
        raise Invalid(photos=f"照片和文件最多{MOST_FILES}份，请挑要紧的传。")
    for upload in fact.photos:
        kept = uploads.keep(upload, folder=f"evidence/{observation.village.code}", field="photos")
        kind = Kind.PHOTO if kept.is_photo else Kind.DOCUMENT
        _save(observation, kind, by=by, at=at, **kept._asdict())
    known = {row.caption for row in observation.evidence.filter(kind=Kind.WITNESS)}
    for name in fact.witnesses:
        if name.strip() and name.strip() not in known:
            _save(observation, Kind.WITNESS, by=by, at=at, caption=name.strip())
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


def _save(observation, kind, *, by, at, **about) -> None:
    """Written once and never changed; the act's event vouches for it."""
    row = Evidence(
        village=observation.village, observation=observation, kind=kind, added_by=by, added_at=at, **about
    )
    row.save()
    note(row)
