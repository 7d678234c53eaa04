"""The log: no gap, no leaf without its event, every commitment opens, the head is what the leaves make it."""

from __future__ import annotations

import json

from django.conf import settings

from governance.events import body_of
from governance.models import Event
from transparency import log, merkle
from transparency.digest_tree import opening
from transparency.leaf import commit, leaf_data
from transparency.models import Leaf


class LogHolds:
    """Reads each leaf once: what it was then goes into a tree of the walk's own."""

    def __init__(self, village):
        self.village = village
        self.hashes: list[bytes] = []

    def check(self) -> None:
        """Raises AssertionError with what is wrong."""
        seen = len(self.hashes)
        leaves = list(Leaf.objects.filter(village=self.village.code, seq__gte=seen).order_by("seq"))
        assert [leaf.seq for leaf in leaves] == list(range(seen, seen + len(leaves))), "a gap in the log"
        events = (
            Event.objects.filter(village=self.village, seq__gte=seen)
            .select_related("body", "by", "village")
            .order_by("seq")
        )
        for leaf, event in zip(leaves, events, strict=True):
            self._check_pair(leaf, event)
            name = f"{settings.LOG_ORIGIN}/{leaf.village}"
            data = leaf_data(name, leaf.seq, leaf.kind, leaf.period, bytes(leaf.commit))
            self.hashes.append(merkle.leaf_hash(data))
        if leaves:
            assert log.head(self.village.code) == (len(self.hashes), merkle.root(self.hashes))

    @staticmethod
    def _check_pair(leaf: Leaf, event: Event) -> None:
        if not hasattr(event, "body"):
            return  # erased: governance.verifying looks for the event that says so
        body = json.loads(event.body.content)
        assert (leaf.seq, leaf.kind) == (event.seq, event.name) == (event.seq, body["name"])
        salt = bytes(event.body.salt)
        assert commit(opening(salt), body) == bytes(leaf.commit), f"leaf {leaf.seq} does not open"
        assert body == body_of(event, why=body["why"], detail=body["detail"], salt=salt)
