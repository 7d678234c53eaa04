"""Takes a roster in: all of a file in one act, or nothing of it.

One event stands for the whole file, with its SHA-256; what it did to each row is in that row's history.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from governance import consents
from governance.access import today
from governance.events import record
from governance.identity import Person
from governance.models import Area, Consent, Division, Link, Member, Notice, Subject, User
from governance.models.people import Role
from governance.periods import next_month
from governance.refusals import Invalid
from governance.roster_preview import Change, Preview, preview
from governance.saving import create_many, save
from governance.subjects import lock_village

ACTION = "roster.imported"


@transaction.atomic
def save_file(data: bytes, *, village: Division, by: User | None, at: datetime, name: str = "") -> Preview:
    """Take a file in, all of it or nothing; returns what was done. Two clerks at once take turns.

    Raises Refused (not the clerk) or Invalid(file=…), also when a row must be mended first.
    """
    _lock(village)
    seen = preview(data, village=village, by=by, at=at)
    check(seen)
    _Writer(village, by, at).write([change for change in seen.changes if change.does_something])
    counts = {"created": seen.created, "changed": seen.changed, "unchanged": seen.unchanged}
    role = Role.CLERK if by else "operator"
    digests = {"file": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    record(
        ACTION, village=village, about=village, by=by, at=at, role=role, detail={**counts, "name": name},
        digests=digests,
    )  # fmt: skip
    return seen


def check(seen: Preview) -> None:
    """Raises Invalid(file=…) when a row must be mended first."""
    if seen.must_fix:
        raise Invalid(file=f"还有{len(seen.must_fix)}处要改，现在一行也没存。在原表里改好，再传一次就行。")


def _lock(village: Division) -> None:
    """No other import and no change of a household comes in between."""
    lock_village(village)
    open_files = Subject.objects.living().select_for_update(no_key=True).filter(village=village)
    list(open_files.order_by("pk").values_list("pk"))


class _Writer:
    """Writes what a preview found; the caller holds the transaction and the village."""

    def __init__(self, village: Division, by: User | None, at: datetime):
        self.village, self.by, self.at = village, by, at
        self.how = {"action": ACTION, "by": by, "at": at}

    def write(self, changes: Sequence[Change]) -> None:
        areas = self._areas(dict.fromkeys(change.home.row.area for change in changes))
        self.subjects = {
            change.home.key: change.existing or self._subject(change, areas) for change in changes
        }
        create_many([subject for subject in self.subjects.values() if subject.pk is None], **self.how)
        self._people(changes)
        self._links([change for change in changes if change.rater])
        self._consents([change for change in changes if change.consent_on])
        for change in changes:
            if change.existing:
                self._update(change)

    def _areas(self, names: Iterable[str]) -> dict[str, Area]:
        known = {area.name: area for area in Area.objects.filter(village=self.village)}
        last = Area.objects.filter(village=self.village).aggregate(last=Max("position"))["last"] or 0
        new = [name for name in names if name not in known]
        made = [Area(village=self.village, name=name, position=last + n) for n, name in enumerate(new, 1)]
        return known | {area.name: area for area in Area.objects.bulk_create(made)}

    def _subject(self, change: Change, areas: dict[str, Area]) -> Subject:
        row = change.home.row
        # A new file starts enrolled as consents.keep_enrolment would make it: from the month after the yes.
        start = next_month(change.consent_on) if change.consent_on else None
        return Subject(
            village=self.village, area=areas[row.area], kind=change.home.kind, door=row.door, name=row.name,
            enrolled_from=start,
        )  # fmt: skip

    def _file(self, change: Change) -> Subject:
        return self.subjects[change.home.key]

    def _people(self, changes: Iterable[Change]) -> None:
        made = []
        for change in changes:
            if change.head is None:
                change.head = self._member(self._file(change), change.home.head, is_head=True)
                made.append(change.head)
            made += [self._member(self._file(change), person) for person in change.added]
        create_many(made, **self.how)

    def _member(self, subject: Subject, person: Person, is_head: bool = False) -> Member:
        return Member(
            village=self.village, subject=subject, name=person.name, is_head=is_head,
            phone=person.phone or None, id_number=person.id_number or None,
        )  # fmt: skip

    def _links(self, changes: Iterable[Change]) -> None:
        made = []
        for change in changes:
            starts = today(self.at)
            for old in change.existing.open_links if change.existing else ():
                old.ends = max(starts - timedelta(days=1), old.starts)
                save(old, **self.how, fields=["ends"])
                starts = old.ends + timedelta(days=1)
            made.append(
                Link(village=self.village, rater=change.rater, subject=self._file(change), starts=starts)
            )
        create_many(made, **self.how)

    def _consents(self, changes: Iterable[Change]) -> None:
        notices = list(Notice.objects.all())  # newest first
        made = [
            Consent(
                village=self.village, member=change.head, purpose=Consent.Purpose.SCORING,
                notice=next(n for n in notices if n.in_force_from <= change.consent_on),
                how=Consent.How.PAPER, given_on=change.consent_on, witness=change.home.row.witness,
                recorded_by=self.by,
            )
            for change in changes
        ]  # fmt: skip
        create_many(made, **self.how)

    def _update(self, change: Change) -> None:
        """Bring a file that was there up to date."""
        if change.is_renamed:
            change.existing.name = change.home.row.name
            save(change.existing, **self.how, fields=["name", "name_index"])
        for member, person in change.corrected:
            member.name, member.phone = person.name, person.phone or None
            member.id_number = person.id_number or None
            save(member, **self.how)
        if change.consent_on:
            consents.keep_enrolment(change.existing, since=change.consent_on, **self.how)
