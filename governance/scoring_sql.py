"""The score function's twin: a whole village's quarter in a few set-based statements.

Each step of governance.scoring is one layer of `arithmetic`; tests hold the two equal on random ledgers, on
PostgreSQL and on SQLite. Amounts are absolute from layer 4 on. A held line stays in as an amount of 0 that is
not counted, so that the card can say how many are held. All windows of caps share one order, so PostgreSQL
sorts once for the eight of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction

from governance.access import today
from governance.models import Carry, Division, Entry, Hold, Rule, RuleStep, Scorecard, Subject, User
from governance.periods import quarter_bounds
from governance.saving import delete_many
from governance.scorecards import reach
from governance.shapes import Window
from transparency import merkle


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the two engines say differently."""

    prepare: str
    day: str
    month: str
    uuid: str
    key_text: str


_DIALECTS = {
    "postgresql": Dialect(
        # Compiling so many layers takes PostgreSQL far longer than running them once for a village.
        prepare="SET LOCAL jit = off",
        day="e.occurred_on - DATE '2000-01-01'",
        month="CAST(date_part('year', e.occurred_on) * 12 + date_part('month', e.occurred_on) AS integer)",
        uuid="gen_random_uuid()",
        key_text="CAST(key AS text)",
    ),
    "sqlite": Dialect(
        prepare="",
        day="CAST(julianday(e.occurred_on) AS integer)",
        month="CAST(strftime('%%Y', e.occurred_on) * 12 + strftime('%%m', e.occurred_on) AS integer)",
        uuid="lower(hex(randomblob(16)))",
        key_text=" || '-' || ".join(
            f"substr(key, {at}, {n})" for at, n in [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)]
        ),
    ),
}
_TABLES = {
    "entry": Entry._meta.db_table,
    "rule": Rule._meta.db_table,
    "step": RuleStep._meta.db_table,
    "hold": Hold._meta.db_table,
    "card": Scorecard._meta.db_table,
    "past_card": Scorecard.history.model._meta.db_table,
    "carry": Carry._meta.db_table,
    "subject": Subject._meta.db_table,
}

# What a settlement vouches for of a card, sorted: numbers and short texts. The moments follow from the settlement.
DIGESTED = (
    "base_tenths", "colour", "department_tenths", "held_count", "index_tenths", "key", "prior_id", "quarter",
    "subject_id", "total_tenths", "version", "village_id",
)  # fmt: skip

_HERE = "village_id = %(village)s AND"

# The card whose totals come into each quarter, see governance.scorecards.
_GIVEN = """
    confirmed AS (
        SELECT id, subject_id, quarter, prior_id,
            ROW_NUMBER() OVER (PARTITION BY subject_id, quarter ORDER BY version DESC) AS newest
        FROM {card}
        WHERE {here} quarter >= %(oldest)s AND quarter < %(quarter)s AND confirmed_at <= %(at)s
    ),
    latest AS (
        SELECT id, subject_id, ROW_NUMBER() OVER (PARTITION BY subject_id ORDER BY quarter DESC) AS back
        FROM confirmed WHERE newest = 1 AND quarter >= %(year)s
    ),
    given AS (
        SELECT subject_id, quarter, prior_id AS card_id FROM confirmed WHERE newest = 1
        UNION ALL
        SELECT subject_id, %(quarter)s, id FROM latest WHERE back = 1
    )"""

# Steps 1 to 3: what is reversed or out of reach is left out, what is held becomes 0.
_LINES = """
    reach (quarter, gap) AS (VALUES (%(quarter)s, 0), (%(back1)s, 1), (%(back2)s, 2), (%(oldest)s, 3)),
    carried AS (
        SELECT given.subject_id, given.quarter, carry.key, carry.points_tenths, carry.times,
            carry.quantity_milli, carry.highest_tenths
        FROM given JOIN {carry} carry ON carry.scorecard_id = given.card_id
    ),
    gone AS (SELECT reverses_id FROM {entry} WHERE {here} reverses_id IS NOT NULL AND posted_at <= %(at)s),
    held AS (
        SELECT DISTINCT entry_id FROM {hold}
        WHERE {here} placed_at <= %(at)s AND (lifted_at IS NULL OR lifted_at > %(at)s)
    ),
    booked AS (
        SELECT e.id, e.subject_id, e.quarter, e.occurred_on, e.origin, {month} AS month, r.id AS rule_id,
            r.family, r.shape, r.sign, r."window", r."group", r.group_window,
            r.day_points, r.day_times, r.month_points, r.month_times, r.quarter_points, r.quarter_times,
            r.year_points, r.year_times,
            CASE r."window" WHEN 'day' THEN {day} WHEN 'month' THEN {month} END AS bucket,
            CASE r.group_window WHEN 'day' THEN {day} WHEN 'month' THEN {month} END AS group_bucket,
            CASE WHEN held.entry_id IS NULL THEN 1 ELSE 0 END AS counts,
            CASE WHEN held.entry_id IS NULL THEN ABS(e.raw_tenths) ELSE 0 END AS stored,
            CASE WHEN held.entry_id IS NULL THEN e.quantity_milli ELSE 0 END AS quantity,
            COALESCE(used.times, 0) AS used_times,
            COALESCE(used.points_tenths, 0) AS used_points,
            COALESCE(used.quantity_milli, 0) AS used_quantity,
            COALESCE(best.highest_tenths, 0) AS highest
        FROM reach
        JOIN {entry} e ON {e_here} e.quarter = reach.quarter
        JOIN {rule} r ON r.id = e.rule_id AND r.lasts_quarters > reach.gap
        LEFT JOIN gone ON gone.reverses_id = e.id
        LEFT JOIN held ON held.entry_id = e.id AND r.sign < 0
        LEFT JOIN carried used
            ON used.subject_id = e.subject_id AND used.quarter = e.quarter AND used.key = r.family
        LEFT JOIN carried best
            ON best.subject_id = e.subject_id AND best.quarter = e.quarter
            AND best.key = 'group:' || r."group"
        WHERE e.posted_at <= %(at)s AND e.reverses_id IS NULL AND gone.reverses_id IS NULL
    )"""

# Step 4: the n-th time and the cumulative quantity.
_HISTORY = """
    history AS (
        SELECT booked.*,
            CASE "window" WHEN 'year' THEN used_times ELSE 0 END + SUM(counts) OVER place AS nth,
            CASE "window" WHEN 'year' THEN used_quantity ELSE 0 END + SUM(quantity) OVER place AS reached
        FROM booked
        WINDOW place AS (PARTITION BY subject_id, family, "window", quarter, bucket
            ORDER BY occurred_on, id ROWS UNBOUNDED PRECEDING)
    ),
    amounts AS (
        SELECT history.*,
            CASE
            WHEN counts = 0 THEN 0
            WHEN shape = 'steps' THEN (
                SELECT points_tenths FROM {step} s WHERE s.rule_id = history.rule_id AND s.n <= nth
                ORDER BY s.n DESC LIMIT 1)
            WHEN shape = 'thresholds' THEN
                COALESCE((SELECT MAX(points_tenths) FROM {step} s
                    WHERE s.rule_id = history.rule_id AND s.at_milli <= reached), 0)
                - COALESCE((SELECT MAX(points_tenths) FROM {step} s
                    WHERE s.rule_id = history.rule_id AND s.at_milli <= reached - quantity), 0)
            ELSE stored END AS amount
        FROM history
    )"""

# Step 5: of a group the first of the highest, in a year what exceeds the highest before.
_GROUPS = """
    ranked AS (
        SELECT amounts.*, ROW_NUMBER() OVER (
            PARTITION BY subject_id, "group", group_window, quarter, group_bucket
            ORDER BY amount DESC, occurred_on, id) AS place
        FROM amounts
    ),
    grouped AS (
        SELECT ranked.*, CAST(CASE
            WHEN "group" = '' OR (place = 1 AND group_window <> 'year') THEN amount
            WHEN place = 1 AND amount > highest THEN amount - highest
            ELSE 0 END AS integer) AS grouped_amount
        FROM ranked
    )"""

# Step 6, one window: first times, then points.
_CAP = """
    {window}_in_times AS (
        SELECT {source}.*, CASE
            WHEN {window}_times < {used_times} + COUNT(NULLIF({source}_amount, 0)) OVER run THEN 0
            ELSE {source}_amount END AS {window}_in_times_amount
        FROM {source} WINDOW run AS ({run})
    ),
    {window}_capped AS (
        SELECT {window}_in_times.*, CAST(CASE
            WHEN {window}_points IS NULL THEN {window}_in_times_amount
            WHEN {used_points} + SUM({window}_in_times_amount) OVER run <= {window}_points
                THEN {window}_in_times_amount
            WHEN {used_points} + SUM({window}_in_times_amount) OVER run
                - {window}_in_times_amount < {window}_points
                THEN {window}_points - {used_points} - SUM({window}_in_times_amount) OVER run
                + {window}_in_times_amount
            ELSE 0 END AS integer) AS {window}_capped_amount
        FROM {window}_in_times WINDOW run AS ({run})
    )"""

# Step 7, in parts: per subject, and apart for what a family or a group hands to the next quarter.
_PARTS = """
    SELECT subject_id, yearly_family, yearly_group,
        SUM(CASE origin WHEN 'department' THEN 0 ELSE sign * year_capped_amount END) AS village_tenths,
        SUM(CASE origin WHEN 'department' THEN sign * year_capped_amount ELSE 0 END) AS department_tenths,
        SUM(1 - counts) AS held,
        SUM(year_capped_amount) AS points_tenths,
        SUM(CASE WHEN year_capped_amount <> 0 OR shape = 'steps' THEN 1 ELSE 0 END) AS times,
        SUM(quantity) AS quantity_milli,
        MAX(amount) AS highest_tenths
    FROM (
        SELECT year_capped.*,
            CASE WHEN own AND ("window" = 'year' OR year_points IS NOT NULL OR year_times IS NOT NULL)
                THEN family ELSE '' END AS yearly_family,
            CASE WHEN own AND group_window = 'year' THEN "group" ELSE '' END AS yearly_group
        FROM (SELECT year_capped.*, counts = 1 AND quarter = %(quarter)s AS own FROM year_capped) year_capped
    ) marked
    GROUP BY subject_id, yearly_family, yearly_group"""

_CARDS = """
    INSERT INTO {card} (key, village_id, subject_id, quarter, version, base_tenths, index_tenths,
        department_tenths, total_tenths, colour, held_count, prior_id, computed_at)
    SELECT {uuid}, s.village_id, s.id, %(quarter)s, 1, %(base)s, %(base)s + COALESCE(village, 0),
        COALESCE(department, 0), %(base)s + COALESCE(village, 0) + COALESCE(department, 0),
        CASE
        WHEN COALESCE(village, 0) + COALESCE(department, 0) > 0 THEN 'green'
        WHEN COALESCE(village, 0) + COALESCE(department, 0) < 0 THEN 'red'
        ELSE 'blue' END,
        COALESCE(held, 0),
        (SELECT p.id FROM {card} p
            WHERE p.subject_id = s.id AND p.quarter >= %(year)s AND p.quarter < %(quarter)s
                AND p.confirmed_at <= %(at)s
            ORDER BY p.quarter DESC, p.version DESC LIMIT 1),
        %(at)s
    FROM {subject} s
    LEFT JOIN (
        SELECT subject_id, SUM(village_tenths) AS village, SUM(department_tenths) AS department,
            SUM(held) AS held
        FROM lianping_part GROUP BY subject_id
    ) part ON part.subject_id = s.id
    WHERE s.village_id = %(village)s AND s.closed_on IS NULL
        AND s.enrolled_from <= %(last_day)s AND (s.enrolled_to IS NULL OR s.enrolled_to > %(today)s)
        AND NOT EXISTS (
            SELECT 1 FROM {card} c
            WHERE c.village_id = %(village)s AND c.quarter = %(quarter)s AND c.subject_id = s.id)
    ORDER BY s.id"""

_PAST = """
    INSERT INTO {past_card} ({columns}, history_date, history_type, history_change_reason, history_user_id)
    SELECT {columns}, %(at)s, '+', 'scorecard.computed', %(by)s
    FROM {card}
    WHERE village_id = %(village)s AND quarter = %(quarter)s AND version = 1 AND confirmed_at IS NULL"""

_CARRY = """
    INSERT INTO {carry} (scorecard_id, key, points_tenths, times, quantity_milli, highest_tenths)
    SELECT card.id, own.key, SUM(own.points_tenths), SUM(own.times), SUM(own.quantity_milli),
        MAX(own.highest_tenths)
    FROM (
        SELECT subject_id, yearly_family AS key, points_tenths, times, quantity_milli, 0 AS highest_tenths
        FROM lianping_part WHERE yearly_family <> ''
        UNION ALL
        SELECT subject_id, 'group:' || yearly_group, 0, 0, 0, highest_tenths
        FROM lianping_part WHERE yearly_group <> ''
        UNION ALL
        SELECT card.subject_id, carry.key, carry.points_tenths, carry.times, carry.quantity_milli,
            carry.highest_tenths
        FROM {card} card JOIN {carry} carry ON carry.scorecard_id = card.prior_id
        WHERE {draft}
    ) own
    JOIN {card} card ON card.subject_id = own.subject_id AND {draft}
    GROUP BY card.id, own.key"""

_DRAFT = """card.village_id = %(village)s AND card.quarter = %(quarter)s AND card.version = 1
            AND card.confirmed_at IS NULL"""


@transaction.atomic
def compute(*, village: Division, quarter: str, base_tenths: int, by: User | None, at: datetime) -> int:
    """Make the cards of a village's quarter as of a moment, with history and carry; returns how many.

    Everybody gets one who is enrolled at `at`, was so on some day of the quarter, and has an open file: by
    withdrawing one leaves at once. Cards nobody has confirmed are replaced; a confirmed one is never touched
    (governance.scorecards.correct makes its next version). The caller locks the settlement and records the
    event, with `digests`.
    """
    drafts = Scorecard.objects.filter(village=village, quarter=quarter, version=1, confirmed_at__isnull=True)
    delete_many(list(drafts), action="scorecard.replaced", by=by, at=at)
    columns = ", ".join(f'"{field.column}"' for field in Scorecard._meta.concrete_fields)
    params = parameters(quarter, at) | {
        "village": village.pk,
        "base": base_tenths,
        "by": by and by.pk,
        "today": connection.ops.adapt_datefield_value(today(at)),
        "last_day": connection.ops.adapt_datefield_value(quarter_bounds(quarter)[1]),
    }
    dialect = _DIALECTS[connection.vendor]
    statements = [
        dialect.prepare,
        f"CREATE TEMPORARY TABLE lianping_part AS {arithmetic(connection.vendor)}",
        _CARDS.format(**_TABLES, uuid=dialect.uuid),
        _PAST.format(**_TABLES, columns=columns),
        "" if quarter.endswith("Q4") else _CARRY.format(**_TABLES, draft=_DRAFT),
        "DROP TABLE lianping_part",
    ]
    with connection.cursor() as cursor:
        for statement in filter(None, statements):
            cursor.execute(statement, params)
    return drafts.all().count()


def arithmetic(vendor: str, here: str = _HERE) -> str:
    """The steps of governance.scoring as one SELECT, summed up per subject; takes `parameters` and "village".

    `here` narrows each table to the village; empty, it does the county in one go (the benchmark's measure).
    """
    dialect = _DIALECTS[vendor]
    lines = _LINES.format(
        **_TABLES, here=here, e_here=here and f"e.{here}", day=dialect.day, month=dialect.month
    )
    layers = [_GIVEN.format(**_TABLES, here=here), lines, _HISTORY.format(**_TABLES), _GROUPS, *_caps()]
    return f"WITH {','.join(layers)}{_PARTS}"


def parameters(quarter: str, at: datetime) -> dict[str, object]:
    """What every statement asks for: the quarters that may count, the start of the year, the moment."""
    _, back1, back2, oldest = reach(quarter)
    return {
        "quarter": quarter,
        "back1": back1,
        "back2": back2,
        "oldest": oldest,
        "year": f"{quarter[:4]}Q1",
        "at": connection.ops.adapt_datetimefield_value(at),
    }


def digests(village: Division, quarter: str, at: datetime) -> dict[str, str]:
    """One digest for all cards of a village's quarter computed at a moment, for the event of its settlement.

    The root of the RFC 6962 tree whose leaves are SHA-256 of each card's DIGESTED columns, by subject, and their
    number: {"governance_scorecards:2026Q3": "1:<root>:<count>"}. Their history rows began as their copies: governance.verifying
    finds the same root in those whatever became of the cards. Source: design/5-trust.md.
    """
    rows = _rows_of_set(_TABLES["card"], "computed_at = %s", village, quarter, at)
    return {set_name(quarter): set_digest(rows)}


def first_versions(village: int, quarter: str, at: datetime) -> Iterator[dict]:
    """What the cards computed at a moment were, from their history: the rows of `digests`, each by column."""
    return _rows_of_set(
        _TABLES["past_card"], "history_type = '+' AND history_date = %s", village, quarter, at
    )


def set_name(quarter: str) -> str:
    """The name under which an event vouches for all cards of a quarter."""
    return f"{_TABLES['card']}s:{quarter}"


def set_digest(rows: Iterable[dict]) -> str:
    """The digest of cards, given as their DIGESTED columns in the order of `digests`."""
    # Sorted names, ASCII texts and integers: transparency.leaf.canonical without its checks.
    encode, tree = json.JSONEncoder(separators=(",", ":")).encode, merkle.Frontier()
    tree.extend(merkle.leaf_hash(sha256(encode(row).encode()).digest()) for row in rows)
    return f"1:{tree.root().hex()}:{tree.size}"


def _rows_of_set(
    table: str, when: str, village: Division | int, quarter: str, at: datetime
) -> Iterator[dict]:
    expressions = [_DIALECTS[connection.vendor].key_text if name == "key" else name for name in DIGESTED]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(expressions)} FROM {table} "
            f"WHERE village_id = %s AND quarter = %s AND version = 1 AND {when} ORDER BY subject_id",
            [getattr(village, "pk", village), quarter, connection.ops.adapt_datetimefield_value(at)],
        )
        for row in cursor:
            yield dict(zip(DIGESTED, row, strict=True))


def _caps() -> Iterator[str]:
    """The layers of step 6, each over the one before; all in the order of their longest partition."""
    order, source = ["subject_id", "family", "quarter", "month", "occurred_on", "id"], "grouped"
    for window, cut in [(Window.DAY, 5), (Window.MONTH, 4), (Window.QUARTER, 3), (Window.YEAR, 3)]:
        used = ("used_times", "used_points") if window is Window.YEAR else ("0", "0")
        yield _CAP.format(
            window=window,
            source=source,
            run=f"PARTITION BY {', '.join(order[:cut])} ORDER BY {', '.join(order[cut:])} "
            "ROWS UNBOUNDED PRECEDING",
            used_times=used[0],
            used_points=used[1],
        )
        source = f"{window}_capped"
