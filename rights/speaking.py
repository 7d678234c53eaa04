"""Who has a say over a household's data, and how much of it: an adult, or clerk or helper in an adult's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from appeals import channels
from governance import consents
from governance.deeds import said
from governance.models import Consent, Member, Subject, User
from governance.models.people import Role

Purpose = Consent.Purpose


@dataclass(frozen=True)
class Reach:
    """How far an adult's right of access goes: `whole` for all that is held about the household."""

    member: Member
    whole: bool

    @property
    def subject(self) -> Subject:
        """The household."""
        return self.member.subject

    @property
    def until(self) -> date | None:
        """The day they left a household that lived on without them: what came later is not theirs to read."""
        left_on = self.member.left_on
        return None if self.whole or left_on == self.subject.closed_on else left_on

    @property
    def called(self) -> str:
        """What the file is called on its pages: after the household, for who left it after themself."""
        return self.member.name if self.until else self.subject.name

    @property
    def place(self) -> str:
        """Where the household lives and what it is called; for who left it, only till when they did."""
        subject = self.subject
        if self.until:
            return f"{said(self.until)}以前住过的一户"
        return f"{subject.area.name}{subject.door}，{subject.name}"


def files_of(user: User) -> list[Member]:
    """The adult an account is bound to, in every file it is or was in: where they live first.

    A file that was split, merged or moved away is still theirs; one that was erased has no account left.
    """
    rows = Member.objects.filter(user=user).select_related("subject__area", "village", "user")
    return sorted(rows, key=lambda row: (row.left_on is not None, -row.pk))


def reach_of(member: Member) -> Reach:
    """What an adult may read of what is held.

    The head, whose consent the scoring hangs on, reads the whole file, also after withdrawal; another adult reads
    it while their own consent to scoring stands, or stood until the file was closed. Anybody else reads what is
    held about themself (limit 4 of design/1-product.md).
    """
    if member.is_head:
        return Reach(member, True)
    mine = member.consents.filter(purpose=Purpose.SCORING)
    if member.left_on is None:
        return Reach(member, mine.filter(withdrawn_on__isnull=True).exists())
    closed_on = member.subject.closed_on
    # With the file the consents ended: who had agreed till then reads on.
    return Reach(member, bool(closed_on) and mine.filter(withdrawn_on__gte=closed_on).exists())


def adults(subject: Subject, role: str) -> QuerySet[Member]:
    """Adults in whose name somebody in this role may act: for a helper, those who asked for one.

    In a closed file those who lived there to the end.
    """
    found = subject.members.filter(left_on=subject.closed_on)
    if role == Role.HELPER:
        asked = Consent.objects.filter(purpose=Purpose.HELPER, withdrawn_on__isnull=True)
        found = found.filter(pk__in=asked.values("member"))
    return found.select_related("subject__area", "village", "user").order_by("-is_head", "pk")


def check_speaker(how: str, member: Member, *, by: User, at: datetime) -> str:
    """The role in which a user speaks for an adult about their data; raises Refused, Invalid for no such way."""
    return channels.check_channel(how, member, by=by, at=at)


def check_goes_on(member: Member, *, by: User, at: datetime) -> str:
    """The role in which a user goes on with what was filed for an adult. Raises Refused."""
    return channels.check_household(_Filed(member), by=by, at=at)


def is_enrolled(subject: Subject) -> bool:
    """Does the head's consent to scoring stand."""
    return consents.is_agreed(subject)


@dataclass(frozen=True)
class _Filed:
    for_member: Member

    @property
    def village(self):
        return self.for_member.village
