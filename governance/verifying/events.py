"""Each leaf opens to one event and its words, and the event's own columns are those the leaf commits to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from governance.crypto import DecryptionError
from governance.events import body_of, period
from governance.models import Entry, Event, EventBody
from governance.scoring_sql import set_name
from governance.verifying.found import AllSaid, Found, Said
from transparency.digest_tree import opening
from transparency.leaf import commit
from transparency.models import Leaf

_CHUNK = 2000
_EVENT, _BODY = Event._meta.db_table, EventBody._meta.db_table
_CARDS = set_name("")
_LINE = f"{Entry._meta.db_table}:"
_NUMBERED = re.compile(rf"{_EVENT}:\d{{1,18}}")
_END = 2**63 - 1  # SQLite lets somebody put a text where a number was; it sorts after all numbers


def check(found: Found) -> AllSaid:
    """Check every leaf with its event, in order; returns what the events say of rows."""
    said = AllSaid()
    with found.naming(Event):
        _check_each(found, said)
    with found.naming(EventBody):
        _check_erased(found, said)
    return said


def _check_each(found: Found, said: AllSaid) -> None:
    for leaf, event in _side_by_side(found):
        if leaf is None or event is None:
            what = f"{found.village.code}:{(leaf or {}).get('seq', '')}" if leaf else event.pk
            found.broken(_EVENT, what, "日志里有这一片，事件没有" if leaf else "事件在，日志里没有这一片")
            continue
        found.rows += 1
        salt = _check_event(found, leaf, event)
        if salt is None:
            said.erased.append(event)
        _take(said, event, salt)


def _check_erased(found: Found, said: AllSaid) -> None:
    """Words are gone where an erasure says so, and only there."""
    gone = {event.pk for event in said.erased}
    named = {int(name.rpartition(":")[2]) for name in said.rows if _NUMBERED.fullmatch(name)}
    for number in sorted(gone - named):
        found.broken(_BODY, f"event={number}", "正文不见了，也没有哪次删除说到它")
    left = EventBody.objects.filter(event__in=named - gone).values_list("pk", "event_id")
    for number, event in left:
        by = said.rows[f"{_EVENT}:{event}"].event
        found.broken(_BODY, number, f"第{by}号事件说第{event}号事件的正文删了，却还在")


def _side_by_side(found: Found) -> Iterator[tuple[dict | None, Event | None]]:
    """Leaves and events by number; a number that one of them lacks comes with None."""
    leaves = Leaf.objects.filter(village=found.village.code).order_by("seq")
    events = (
        Event.objects.filter(village=found.village).order_by("seq").select_related("body", "by", "village")
    )
    leaves = leaves.filter(seq__lt=_END).values("seq", "kind", "period", "commit").iterator(_CHUNK)
    events = found.reading(events.filter(seq__lt=_END))
    leaf, event = next(leaves, None), next(events, None)
    while leaf or event:
        at = min(one for one in (leaf and leaf["seq"], event and event.seq) if one is not None)
        yield leaf if leaf and leaf["seq"] == at else None, event if event and event.seq == at else None
        leaf = next(leaves, None) if leaf and leaf["seq"] == at else leaf
        event = next(events, None) if event and event.seq == at else event


def _check_event(found: Found, leaf: dict, event: Event) -> bytes | None:
    """The salt of its words, after everything was compared; None when the words are gone."""
    if (leaf["kind"], leaf["period"]) != (event.name, period(event.at)):
        found.broken(_EVENT, event.pk, "名称或月份，和日志里的一片不一样")
    body = getattr(event, "body", None)
    if body is None:
        return None
    found.rows += 1
    salt = b""
    try:
        salt = bytes(body.salt)
        words = json.loads(body.content)
        opens = commit(opening(salt), words) == bytes(leaf["commit"])
    except (DecryptionError, ValueError, TypeError):  # SQLite takes a text for bytes
        opens = False
    if not opens:
        found.broken(_BODY, body.pk, f"正文、盐和日志第{event.seq}片对不上")
        return salt
    for name in _changed(event, words, salt):
        found.broken(_EVENT, event.pk, f"{name}被改过")
    return salt


def _changed(event: Event, words: dict, salt: bytes) -> list[str]:
    """Which columns of an event are not those its leaf commits to."""
    try:
        if not isinstance(event.digests, dict):
            return ["digests"]
        now = body_of(event, why=words["why"], detail=words["detail"], salt=salt)
    except (ValueError, TypeError, KeyError, AttributeError):
        return ["有一列"]  # it is not even of its type any more
    return [name for name in words if now.get(name) != words[name]]


def _take(said: AllSaid, event: Event, salt: bytes | None) -> None:
    digests = event.digests if isinstance(event.digests, dict) else {}  # else `_changed` has named the event
    for name, digest in digests.items():
        if name.startswith(_CARDS):
            said.cards.append((event, name.removeprefix(_CARDS), digest))
        else:
            said.rows[name] = Said(digest, event.pk, salt)
            if name.startswith(_LINE):
                said.lines.setdefault(name, (event.pk, event.at))
