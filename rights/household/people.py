"""Who lives there, what they agreed to, who rates them, who stands aside as kin."""

from __future__ import annotations

from django.db.models import QuerySet

from governance.models import Consent, Kinship, Link
from rights.speaking import Reach

_LATER = ("enrolled_from", "enrolled_to", "closed_on")


def cover(reach: Reach) -> dict:
    """What is written on the cover of the file; for somebody who left a household that lives on, only which it is."""
    subject = reach.subject
    told = {
        "key": subject.key, "kind": subject.get_kind_display(), "area": subject.area.name, "door": subject.door,
        "name": subject.name, "enrolled_from": subject.enrolled_from, "enrolled_to": subject.enrolled_to,
        "closed_on": subject.closed_on,
    }  # fmt: skip
    if reach.until:
        told |= dict.fromkeys(("area", "door", "name"), "") | dict.fromkeys(_LATER)
    return told


def members(reach: Reach) -> list[dict]:
    """Adults, the head first: one's own numbers whole, another's masked; somebody not agreed reads their own row."""
    rows = reach.subject.members.order_by("-is_head", "pk")
    rows = rows if reach.whole else rows.filter(pk=reach.member.pk)
    return [
        {
            "key": row.key, "name": row.name, "is_head": row.is_head, "left_on": row.left_on,
            "phone": _shown(row.phone, 3, whole=row.pk == reach.member.pk),
            "id_number": _shown(row.id_number, 6, whole=row.pk == reach.member.pk),
            "has_account": row.user_id is not None,
        }
        for row in rows
    ]  # fmt: skip


def consents(reach: Reach) -> list[dict]:
    """Every consent ever given, with how it ended."""
    return [
        {
            "member": row.member.name, "purpose": row.get_purpose_display(), "how": row.get_how_display(),
            "notice_version": row.notice.version, "given_on": row.given_on, "withdrawn_on": row.withdrawn_on,
            "witness": row.witness,
        }
        for row in _consents(reach)
    ]  # fmt: skip


def notices(reach: Reach) -> list[dict]:
    """The versions of the notice that were agreed to, with their text."""
    found = {row.notice.version: row.notice for row in _consents(reach)}
    return [
        {"version": n, "in_force_from": found[n].in_force_from, "text": found[n].text} for n in sorted(found)
    ]


def raters(reach: Reach) -> list[dict]:
    """Who was linked to the household, and when."""
    rows = _till(reach, reach.subject.links).select_related("rater").order_by("starts", "pk")
    return [{"name": str(row.rater)} | _span(row, reach) for row in rows]


def kinships(reach: Reach) -> list[dict]:
    """Who in office was declared kin and stands aside."""
    rows = _till(reach, reach.subject.kinships).select_related("user").order_by("starts", "pk")
    return [
        {"name": str(row.user), "relation": row.get_relation_display()} | _span(row, reach) for row in rows
    ]


def _till(reach: Reach, rows: QuerySet) -> QuerySet:
    """What had begun when the reader left."""
    return rows.filter(starts__lte=reach.until) if reach.until else rows.all()


def _span(row: Link | Kinship, reach: Reach) -> dict:
    """From when to when; an end that came after the reader left is not told."""
    ended = None if row.ends and reach.until and row.ends > reach.until else row.ends
    return {"from": row.starts, "to": ended}


def _consents(reach: Reach) -> list[Consent]:
    rows = Consent.objects.filter(member__subject=reach.subject).select_related("member", "notice")
    rows = rows if reach.whole else rows.filter(member=reach.member)
    return list(rows.order_by("given_on", "pk"))


def _shown(number: str | None, first: int, *, whole: bool) -> str:
    if not number or whole:
        return number or ""
    return f"{number[:first]}{'*' * max(len(number) - first - 4, 1)}{number[-4:]}"
