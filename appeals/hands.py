"""Whose hands a case has been through: in what it is about, and in the case itself. For many cases at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from appeals.models import Decision, Inquiry, Objection, Repair, RepairVote
from governance import stories
from governance.models import Entry, Event, Link, Member
from workflows.models import Signature

About = Objection.About
INVESTIGATED = ("objection.accepted", "inquiry.asked", "hearing.called", "hearing.held")


def entries(cases: Collection[Objection]) -> dict[int, list[Entry]]:
    """The ledger lines each case is about: {case id: lines}. One query, for cases against a scorecard."""
    found = {case.pk: [entry] if (entry := _entry(case)) else [] for case in cases}
    cards = {(case.subject_id, case.scorecard.quarter): case.pk for case in cases if case.scorecard_id}
    if cards:
        rows = Entry.objects.filter(subject__in={subject for subject, _ in cards}, reverses__isnull=True)
        for row in rows.select_related("rule").order_by("occurred_on", "pk"):
            if (row.subject_id, row.quarter) in cards:
                found[cards[row.subject_id, row.quarter]].append(row)
    return found


def entries_of(case: Objection) -> list[Entry]:
    """The ledger lines a case is about."""
    return entries([case])[case.pk]


def behind(cases: Collection[Objection]) -> dict[int, set[int]]:
    """Who had a hand in the lines, the colour, the refused repair, or in leaving a plus out: {case id: user ids}.

    As many queries for a hundred cases as for one.
    """
    found = {case.pk: set() for case in cases}
    lines = entries(cases)
    touched = stories.touched(entry.source for rows in lines.values() for entry in rows)
    for pk, rows in lines.items():
        found[pk].update(*(touched.get(entry.source, ()) for entry in rows))
    for pairs in (_signers(cases), _repairers(cases), _raters(cases)):
        for pk, user in pairs:
            found[pk].add(user)
    return {pk: users - {None} for pk, users in found.items()}


def asked(cases: Collection[Objection]) -> dict[int, set[int]]:
    """Who was asked what they know: {case id: user ids}."""
    return _grouped(Inquiry.objects.filter(objection__in=cases).values_list("objection", "to_user"))


def first_instance(cases: Collection[Objection]) -> dict[int, set[int]]:
    """Who investigated or decided cases in their first instance: {case id: user ids}. Having had one on the desk is nothing."""
    found = _grouped(
        Decision.objects.filter(objection__in=cases, turn=1).values_list("objection", "decided_by")
    )
    for case, user in _acted(cases, *INVESTIGATED):
        found[case.pk].add(user)
    return found


def homes_of(users: Iterable[int]) -> dict[int, int]:
    """The households of users: {user id: subject id}."""
    return dict(
        Member.objects.filter(user__in=set(users), left_on__isnull=True).values_list("user", "subject")
    )


def _entry(case: Objection) -> Entry | None:
    return case.entry if case.entry_id else case.repair.entry if case.repair_id else None


def _signers(cases) -> Iterable[tuple[int, int]]:
    cards = {(case.village_id, case.scorecard.quarter): case.pk for case in cases if case.scorecard_id}
    if cards:
        rows = Signature.objects.filter(settlement__village__in={village for village, _ in cards})
        for village, quarter, user in rows.values_list("village", "settlement__quarter", "signer"):
            if (village, quarter) in cards:
                yield cards[village, quarter], user


def _repairers(cases) -> Iterable[tuple[int, int]]:
    by_repair = {case.repair_id: case for case in cases if case.repair_id}
    if by_repair:
        votes = RepairVote.objects.filter(repair__in=by_repair).values_list("repair", "voter")
        verified = Repair.history.filter(id__in=by_repair).values_list("id", "verified_by")
        yield from ((by_repair[repair].pk, user) for repair, user in [*votes, *verified])
        acted = _acted([case.repair for case in by_repair.values()])
        yield from ((by_repair[repair.pk].pk, user) for repair, user in acted)


def _raters(cases) -> Iterable[tuple[int, int]]:
    """Who was linked to the household on the day for which a plus is missing."""
    missing = [case for case in cases if case.about == About.MISSING]
    links = Link.objects.filter(subject__in={case.subject_id for case in missing}) if missing else ()
    for link in links:
        for case in missing:
            within = link.starts <= case.occurred_on and (link.ends is None or link.ends >= case.occurred_on)
            if case.subject_id == link.subject_id and within:
                yield case.pk, link.rater_id


def _acted(things: Collection, *names: str) -> Iterable[tuple]:
    """(thing, user id) of what was recorded about some things of one model: everything, or these names."""
    by_key = {str(thing.key): thing for thing in things}
    labels = {thing._meta.label_lower for thing in things}
    events = Event.objects.filter(about_type__in=labels, about_id__in=by_key, by__isnull=False)
    if names:
        events = events.filter(name__in=names)
    return ((by_key[key], user) for key, user in events.values_list("about_id", "by")) if things else ()


def _grouped(rows) -> dict[int, set[int]]:
    found = defaultdict(set)
    for case, user in rows:
        found[case] |= {user} - {None}
    return found
