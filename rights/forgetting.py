"""What erasure does: names, numbers, words and files go; points, days and rules stay, as of nobody (PIPL 47).

Everything in the transaction of the request; files follow within a minute, by a deadline that is tried again until
they are gone. What stays and why is said in docs/decisions/0015 and, in plain words, on the page that asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.files.storage import default_storage
from django.db.models import Q

from governance import consents, deadlines, erasing, imports, jobs, links, members
from governance.access import today
from governance.erasing import GONE
from governance.models import Event, ImportBatch, Member, Reading, Scorecard, Slip, Subject, User
from governance.saving import save
from rights import personal
from rights.models import Erasure, Rectification
from workflows import notice_files
from workflows.models import Publication

FILES_DUE = "erasure.files"
_AT_ONCE = 400
_ROSTER = (Subject._meta.label_lower, Member._meta.label_lower)
# hook(subject=…, users=…, at=…): a household (None for one adult alone) and accounts that were closed are forgotten by
# layers above too, in the same transaction.
ON_FORGOTTEN: list[Callable[..., None]] = []


@dataclass(frozen=True)
class Forgotten:
    """What was blanked: how much, by kind; the posted notices whose content changed, and events that named an
    adult and are about the household."""

    counts: dict[str, int]
    notices: tuple[Publication, ...] = ()
    naming: tuple[Event, ...] = ()


def household(subject: Subject, *, at: datetime) -> Forgotten:
    """Close a household's file and blank all that names it or was said about it.

    The caller has locked the file and signs what was done (`sign`). Effects: members leave, link and ties end, open
    requests end, accounts that were only theirs are emptied and closed, honours in posted notices lose the name.
    """
    _end_requests(subject, at=at)
    people = list(subject.members.order_by("pk"))
    accounts = _accounts(people)
    notices = _without_honour(subject)
    _close(subject, people, at=at)
    keys = personal.keys_of(subject)
    for label, found in keys.items():
        belongs = personal.PERSONAL[label]
        erasing.blank(personal.model_of(label), found, plain=belongs.plain, filled=belongs.filled)
    Reading.objects.filter(subject_key=subject.key).update(why=GONE)
    counts = {
        "rows": sum(map(len, keys.values())),
        "files": sum(1 for _ in personal.with_files(subject)),
        "notices": len(notices),
        "accounts": _forget_people(people, accounts, at=at),
    }
    _tell(subject, accounts, at=at)
    return Forgotten(counts, tuple(notices))


def adult(member: Member, *, at: datetime) -> Forgotten:
    """Take one adult out of the roster and blank what was stored about them; the household's own records stay.

    Effects: their open requests to mend end, and what they wrote in any of them and were answered goes. What they
    said in an objection or a repair is the household's account of its points, and goes with the household.
    """
    accounts = _accounts([member])
    _end_rectifications(_rectifications(member), at=at)
    if member.left_on is None:
        members.go(member, today(at), action="member.erased", by=None, at=at)
    member.user = None
    save(member, action="member.erased", by=None, at=at)
    keys, naming = _keys_of_adult(member), tuple(_naming(member))
    for label, found in keys.items():
        belongs = personal.PERSONAL[label]
        erasing.blank(personal.model_of(label), found, plain=belongs.plain, filled=belongs.filled)
    counts = {"rows": sum(map(len, keys.values())), "accounts": _forget_people([member], accounts, at=at)}
    _tell(None, accounts, at=at)
    return Forgotten(counts, naming=naming)


def sign(row: Erasure, done: Forgotten, *, at: datetime) -> Event:
    """Delete the bodies of the events behind it and append the one that vouches for them and for the request."""
    whole, notices = row.member_id is None, done.notices
    events = sorted({*_events(row), *done.naming}, key=lambda event: event.pk)
    if row.counts.get("files"):
        deadlines.set_deadline(FILES_DUE, about=row, village=row.village, due=at)
    notice_files.withdraw(notices, at=at)
    return erasing.erase(
        events, by=None, at=at, role="system", why="", village=row.village, about=row,
        name="subject.erased" if whole else "member.erased", subject_key=row.subject.key, rows=[row, *notices],
        detail={"number": row.number, "events": len(events), **row.counts},
    )  # fmt: skip


def delete_files(subject: Subject) -> int:
    """Delete the files of an erased household from the disk, and the prints and tables it may stand in.

    Those that are gone already do no harm.
    """
    names = [row.stored_as for row in personal.with_files(subject)]
    for name in names:
        default_storage.delete(name)
    jobs.forget_of(subject.village)
    return len(names)


def _close(subject: Subject, people: list[Member], *, at: datetime) -> None:
    """The file ends as any other does, with everybody in it."""
    by, action, on = None, "subject.erased", today(at)
    for member in people:
        if member.left_on is None:
            members.go(member, on, action=action, by=by, at=at)
        if member.user_id:
            member.user = None
            save(member, action=action, by=by, at=at)
    subject.came_from.clear()  # the file before and after it would say whose it was
    subject.went_to.clear()
    if subject.closed_on is None:
        subject.closed_on = on
        save(subject, action=action, by=by, at=at)
        links.end_open(subject, on=on, action=action, by=by, at=at)
        consents.keep_enrolment(subject, since=on, action=action, by=by, at=at)
    for tie in subject.kinships.filter(ends__isnull=True):
        tie.ends = max(on, tie.starts)
        save(tie, action=action, by=by, at=at)


def _end_requests(subject: Subject, *, at: datetime) -> None:
    """Nothing is left to mend, and who wanted only their own data gone has it by this."""
    _end_rectifications(subject.rectifications, at=at)
    for row in subject.erasures.filter(state=Erasure.State.WAITING, member__isnull=False):
        row.carry_out()
        row.ended_at = at
        save(row, action="erasure.done", by=None, at=at)
        deadlines.cancel("erasure.due", about=row, at=at)


def _end_rectifications(rows, *, at: datetime) -> None:
    for row in rows.filter(state=Rectification.State.FILED):
        row.withdraw()
        save(row, action="rectification.withdrawn", by=None, at=at)
        deadlines.cancel("rectification.answer", about=row, at=at)


def _rectifications(member: Member):
    return Rectification.objects.filter(for_member=member)


def _keys_of_adult(member: Member) -> dict[str, list[UUID]]:
    """The keys of all rows that hold one adult's words, by model (labels of `personal.PERSONAL`)."""
    return {
        "governance.Member": [member.key],
        "governance.Consent": list(member.consents.values_list("key", flat=True)),
        "rights.Rectification": list(_rectifications(member).values_list("key", flat=True)),
    }


def _tell(subject: Subject | None, users: list[User], *, at: datetime) -> None:
    for hook in ON_FORGOTTEN:
        hook(subject=subject, users=users, at=at)


def _accounts(people: Iterable[Member]) -> list[User]:
    """Accounts that these members have or had and that are nothing else: no office, no other household."""
    bound = Member.history.filter(id__in=[member.pk for member in people], user__isnull=False)
    users = User.objects.filter(pk__in=bound.values("user"), appointments__isnull=True).order_by("pk")
    elsewhere = Member.objects.exclude(pk__in=[member.pk for member in people])
    return [user for user in users.distinct() if not elsewhere.filter(user=user).exists()]


def _forget_people(people: list[Member], accounts: list[User], *, at: datetime) -> int:
    """What hangs on members: paper codes, accounts, and rosters that wait to be taken in."""
    Slip.objects.filter(member__in=people).delete()
    for user in accounts:
        _close_account(user, at=at)
    for village in {member.village_id for member in people}:
        for batch in ImportBatch.objects.filter(village=village, kind=ImportBatch.Kind.ROSTER).defer(
            "content"
        ):
            deadlines.cancel(imports.EXPIRES, about=batch, at=at)
            batch.delete()
    return len(accounts)


def _close_account(user: User, *, at: datetime) -> None:
    user.is_active, user.phone_verified = False, False
    user.set_unusable_password()
    save(user, action="account.erased", by=None, at=at)
    erasing.blank(User, [user.key], plain={"username": f"erased-{user.key}", "name": ""})
    for model in (EmailAddress, Authenticator, UserSession):
        model.objects.filter(user=user).delete()


def _events(row: Erasure) -> list[Event]:
    """Events with words behind an erasure: of the household all of them, of one adult those about them."""
    if row.member_id is None:
        keys = [str(key) for found in personal.keys_of(row.subject).values() for key in found]
        scope = Q(subject_key=row.subject.key)
    else:
        keys = [str(row.key), *(str(key) for found in _keys_of_adult(row.member).values() for key in found)]
        scope = Q(pk__in=[])
    found = Event.objects.filter(village=row.village, body__isnull=False)
    seen = {}
    for some in [None, *(keys[n : n + _AT_ONCE] for n in range(0, len(keys), _AT_ONCE))]:
        for event in found.filter(scope if some is None else Q(about_id__in=some)):
            seen[event.pk] = event
    return [seen[pk] for pk in sorted(seen)]


def _naming(member: Member) -> list[Event]:
    """Events of the household's roster that name an adult in a reason or in a before and after."""
    rows = [member, *member.history.all()]
    names = {word for row in rows for word in (row.name, row.phone, row.id_number) if word and word != GONE}
    found = Event.objects.filter(subject_key=member.subject.key, about_type__in=_ROSTER, body__isnull=False)
    return [event for event in found.select_related("body") if _names(event, names)]


def _names(event: Event, names: set[str]) -> bool:
    body = json.loads(event.body.content)
    words = f"{body['why']}{body['detail']}"
    return any(name in words for name in names)


def _without_honour(subject: Subject) -> list[Publication]:
    """Take the name out of the notices that honoured the household; returns each notice that changed."""
    names = {version.name for version in [subject, *subject.history.all()]}
    quarters = Scorecard.objects.filter(subject=subject, colour=Scorecard.Colour.GREEN).values("quarter")
    rows = Publication.objects.filter(village=subject.village_id, settlement__quarter__in=quarters)
    found = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    return [notice for notice in found if _drop_name(notice, names)]


def _drop_name(notice: Publication, names: set[str]) -> bool:
    """Replace the household's own line of a notice; False when it has none."""
    honoured = notice.content.get("honoured", [])
    place = next((n for n, name in enumerate(honoured) if name in names), None)
    if place is None:
        return False
    honoured[place] = GONE
    notice.save(update_fields=["content"])
    return True
