"""Objections, repairs, and what was asked for about the data themselves: with questions, answers and decisions."""

from __future__ import annotations

from appeals.models import Decision, Exhibit, Hearing, Inquiry, Objection, Repair
from governance.models import Shield, Subject
from governance.models.people import Role
from rights.models import Erasure, Rectification
from rights.speaking import Reach


def objections(subject: Subject) -> list[dict]:
    """Every objection; what others answered is told once there is an answer to the household (appeals.timeline)."""
    rows = Objection.objects.filter(subject=subject).select_related(
        "entry", "scorecard", "repair", "rule", "for_member", "earlier"
    )
    rows = rows.prefetch_related("decisions__decided_by", "inquiries", "hearings", "exhibits")
    return [_objection(row) for row in rows.order_by("filed_at", "pk")]


def repairs(subject: Subject) -> list[dict]:
    """Every repair with what was promised, done and voted."""
    rows = Repair.objects.filter(subject=subject).select_related("entry", "for_member")
    return [
        {
            "number": row.number, "state": row.get_state_display(), "how": row.get_how_display(),
            "for": row.for_member.name, "filed_at": row.filed_at, "due_on": row.due_on, "entry": row.entry.key,
            "wrong": row.wrong, "promise": row.promise, "done": row.done or "",
            "votes": {"同意": sum(v.agrees for v in row.votes.all()), "不同意": sum(not v.agrees for v in row.votes.all())},
            "exhibits": [_exhibit(item) for item in row.exhibits.all()],
        }
        for row in rows.prefetch_related("votes", "exhibits").order_by("filed_at", "pk")
    ]  # fmt: skip


def shields(subject: Subject) -> list[dict]:
    """From when to when who was objected to stays out of the household's deductions; how many, not who."""
    rows = Shield.objects.filter(subject=subject).order_by("starts", "pk")
    return [{"cause": row.cause, "from": row.starts, "to": row.ends} for row in rows]


def rectifications(reach: Reach) -> list[dict]:
    """What was said to be wrong in the roster, and the answer; the words only to whom they are from and for."""
    rows = Rectification.objects.filter(subject=reach.subject)
    rows = rows if reach.whole else rows.filter(for_member=reach.member)
    return [
        {
            "number": row.number, "what": row.get_what_display(), "state": row.get_state_display(),
            "filed_at": row.filed_at, "answer_by": row.answer_by, "answered_at": row.answered_at,
        } | _words(row, is_own=row.for_member_id == reach.member.pk)
        for row in rows.order_by("filed_at", "pk")
    ]  # fmt: skip


def own_rectifications(reach: Reach) -> list[str]:
    """The keys of the requests to mend that the reader made, as events name them."""
    keys = Rectification.objects.filter(for_member=reach.member).values_list("key", flat=True)
    return [str(key) for key in keys]


def _words(row: Rectification, *, is_own: bool) -> dict:
    """What was written and answered: numbers stand in it that no other adult reads."""
    return {"text": row.text, "answer": row.answer or ""} if is_own else {"text": "", "answer": ""}


def erasures(reach: Reach) -> list[dict]:
    """Requests to delete, carried out, taken back or waiting."""
    rows = Erasure.objects.filter(subject=reach.subject)
    rows = rows if reach.whole else rows.filter(for_member=reach.member)
    return [
        {
            "number": row.number, "whole": row.member_id is None, "state": row.get_state_display(),
            "filed_at": row.filed_at, "due_on": row.due_on, "ended_at": row.ended_at,
        }
        for row in rows.order_by("filed_at", "pk")
    ]  # fmt: skip


def _objection(row: Objection) -> dict:
    return {
        "number": row.number, "about": row.get_about_display(), "entry": row.entry and row.entry.key,
        "quarter": row.scorecard and row.scorecard.quarter, "repair": row.repair and row.repair.number,
        "rule": row.rule and {"number": row.rule.number, "text": row.rule.text}, "occurred_on": row.occurred_on,
        "for": row.for_member.name, "how": row.get_how_display(), "text": row.text,
        "state": row.get_state_display(), "outcome": row.get_outcome_display(), "filed_at": row.filed_at,
        "accepted_at": row.accepted_at, "closed_at": row.closed_at,
        "earlier": row.earlier and row.earlier.number,
        "inquiries": [_inquiry(item, told=bool(row.outcome)) for item in row.inquiries.all()],
        "hearings": [_hearing(item) for item in row.hearings.all()],
        "exhibits": [_exhibit(item) for item in row.exhibits.all() if item.is_households or row.outcome],
        "decisions": [_decision(item) for item in row.decisions.all()],
    }  # fmt: skip


def _inquiry(row: Inquiry, *, told: bool) -> dict:
    found = {"asked": row.get_kind_display(), "asked_at": row.asked_at, "answer_by": row.answer_by}
    found["state"] = row.get_state_display()
    if told:
        found |= {"question": row.question, "answer": row.answer or "", "answered_at": row.answered_at}
    return found


def _hearing(row: Hearing) -> dict:
    return {
        "takes_place_at": row.takes_place_at, "place": row.place, "state": row.get_state_display(),
        "minutes": row.minutes or "",
    }  # fmt: skip


def _exhibit(row: Exhibit) -> dict:
    return {
        "key": row.key, "kind": row.get_kind_display(), "by_household": row.is_households, "text": row.text or "",
        "media_type": row.media_type, "sha256": row.sha256, "added_at": row.added_at,
    }  # fmt: skip


def _decision(row: Decision) -> dict:
    who = f"{Role(row.role).label}{row.decided_by}" if row.decided_by else "到期自动"
    return {
        "turn": row.turn, "outcome": row.get_outcome_display(), "grounds": row.grounds, "remedy": row.remedy,
        "by": who, "decided_at": row.decided_at,
    }  # fmt: skip
