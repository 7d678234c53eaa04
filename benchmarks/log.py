"""The log: verifying two million leaves against bare hashing, and what it adds to publishing a month."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from hashlib import sha256
from unittest.mock import patch

from django.db import connection, transaction
from django.utils import timezone

from benchmarks import county, month
from benchmarks.results import Clock, Row, Size
from benchmarks.server import medians
from governance.access import staff
from governance.models import Division, User
from governance.models.people import Role
from governance.periods import month_of
from transparency import log, verify
from transparency.models import Epoch, Log
from workflows import publications, rounds, signatures
from workflows.models import Observation, Round, Sheet

name = "The log"
_PLACE = "999999999999"
_ITEMS = 300  # of a month
_TIMES = 15
_LEAVES = """
    INSERT INTO transparency_leaf (village, seq, kind, period, "commit")
    SELECT %s, n, CASE n %% 4 WHEN 0 THEN 'observation.confirmed' ELSE 'ballot.cast' END,
        '2026-' || lpad((1 + n %% 12)::text, 2, '0'), sha256(n::text::bytea)
    FROM generate_series(0, %s) n"""


def run(size: Size) -> list[Row]:
    """The lines of the table."""
    villages = county.grow(size)
    return [_verifying(size), _publishing(villages[0])]


def _verifying(size: Size) -> Row:
    """A whole log read, hashed and its tree built, against hashing the same bytes and the same tree, once."""
    leaves = 20 * size.open_items
    origin = f"lianping.example/{_PLACE}"
    Log.objects.create(village=_PLACE, origin=origin)
    Epoch.objects.create(village=_PLACE, number=1, starts=0, origin=origin)
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES, [_PLACE, leaves - 1])
        cursor.execute("ANALYZE transparency_leaf")
    with Clock() as verified:
        found = verify.replay_log(_PLACE)
    data = [each for _, each in verify.leaves(_PLACE)]
    with Clock() as hashed:
        root = _bare(data)
    if (found.size, found.root) != (leaves, root):
        raise RuntimeError("the benchmark's tree is not the log's")
    return Row(
        f"verifying a log of {leaves:,} leaves", f"{verified.seconds:.2f} s",
        f"SHA-256 of the leaves and of their tree, once: {hashed.seconds:.2f} s",
        verified.seconds / hashed.seconds, "≤ 3",
    )  # fmt: skip


def _bare(data: list[bytes]) -> bytes:
    """The root over these leaves, a level at a time."""
    level = [sha256(b"\x00" + each).digest() for each in data]
    while len(level) > 1:
        pairs = [sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def _publishing(village: Division) -> Row:
    """Posting a month of 300 items, each time taken back: with the log, and with no leaf, commitment or digest."""
    round, clerk = _ready(village)

    def publish() -> None:
        with transaction.atomic():
            publications.publish_round(round=round, by=clerk, at=timezone.now())
            transaction.set_rollback(True)

    with_log, without = medians(_TIMES, publish, lambda: _without_log(publish))
    return Row(
        f"posting a month of {_ITEMS} items", f"{with_log * 1000:.0f} ms",
        f"the same without leaf, commitment and digests: {without * 1000:.0f} ms", with_log / without, "≤ 1.15",
    )  # fmt: skip


def _without_log(act: Callable[[], None]) -> None:
    with _off():
        act()


@contextmanager
def _off():
    """No leaf is appended, nothing committed to, no row digested."""

    def append(village: str, leaves: Iterable, origin: str) -> list[int]:
        return list(range(len(list(leaves))))

    with (
        patch.object(log, "append", append),
        patch("governance.events.commit", lambda salt, body: b""),
        patch("governance.events.digest", lambda row, salt=b"": ""),
    ):
        yield


def _ready(village: Division) -> tuple[Round, User]:
    """A month through its real steps up to the clerk's, its facts written directly."""
    here, at = month.build(village), timezone.now()
    people = {role: staff(role, village, at=at)[0] for role in (Role.CLERK, Role.COMMITTEE, Role.COUNCIL)}
    made = rounds.open_month(
        village=village, month=month_of(timezone.localdate()), by=people[Role.CLERK], at=at
    )
    Sheet.objects.filter(round=made).update(state=Sheet.State.CONFIRMED)
    sheet = made.sheets.first()
    month.facts(here, sheet, here.subjects, _ITEMS, state=Observation.State.APPROVED)
    rounds.start_review(round=made, by=None, at=at)
    rounds.send_to_committee(round=made, word="", by=people[Role.COUNCIL], at=at)
    signatures.sign(round=made, word="", by=people[Role.COMMITTEE], at=at)
    made.refresh_from_db()
    return made, people[Role.CLERK]
