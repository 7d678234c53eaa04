"""Who looked, and everything done about the household: by role, with the words it may read."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db.models import Q

from governance import readings as looks
from governance.event_names import label
from governance.models import Event, Member, Subject
from governance.models.people import Role
from rights.household import cases
from rights.household.words import NEVER, OF_ONESELF, WITH_REASON
from rights.models import Rectification
from rights.speaking import Reach
from workflows.models import Observation

_ROLES = dict(Role.choices) | {
    "resident": "本人或家人", "self": "本人", "system": "到期自动", "asked": "问到的人", "operator": "系统管理员",
}  # fmt: skip


def readings(reach: Reach) -> list[dict]:
    """Every look into the file by somebody from outside: who, in which role, when and why; till the reader left."""
    rows = looks.readings_of(reach.subject)
    rows = rows.filter(at__date__lte=reach.until) if reach.until else rows
    return [
        {"at": row.at, "who": str(row.by), "role": _ROLES.get(row.role, row.role), "why": row.why}
        for row in rows
    ]


def events(reach: Reach) -> list[dict]:
    """What was done, oldest first. Items not posted yet are left out; whose body was erased has no words."""
    found = _events(reach).exclude(name__in=NEVER).select_related("body").order_by("id")
    hidden = _not_posted(reach.subject) if reach.whole else set()
    mine = {str(reach.member.key), *cases.own_rectifications(reach)}
    return [_told(event, mine) for event in found if event.about_id not in hidden]


def _events(reach: Reach):
    if reach.whole:
        return Event.objects.filter(subject_key=reach.subject.key)
    keys = [reach.member.key, *reach.member.consents.values_list("key", flat=True)]
    own = Q(about_id__in=[str(key) for key in keys])
    own |= Q(name__in=OF_ONESELF, by=reach.member.user_id) if reach.member.user_id else Q()
    return Event.objects.filter(own, subject_key=reach.subject.key)


def _told(event: Event, mine: Iterable[str]) -> dict:
    body = json.loads(event.body.content) if hasattr(event, "body") else {}
    told = {
        "seq": event.seq, "at": event.at, "event": event.name, "what": label(event.name),
        "role": _ROLES.get(event.role, event.role), "erased": not body,
    }  # fmt: skip
    is_others = event.about_type == Rectification._meta.label_lower and event.about_id not in mine
    if event.name in WITH_REASON and body.get("why") and not is_others:
        told["why"] = body["why"]
    of_a_member = event.about_type == Member._meta.label_lower
    if body.get("detail") and (event.name.startswith("subject.") or (of_a_member and event.about_id in mine)):
        told["detail"] = body["detail"]
    return told


def _not_posted(subject: Subject) -> set[str]:
    rows = Observation.objects.filter(subject=subject, round__publication__isnull=True)
    return {str(key) for key in rows.values_list("key", flat=True)}
