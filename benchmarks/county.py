"""A county for measuring: villages by the ORM, subjects and ledger by SQL. PostgreSQL only.

Nothing is random: hashes of row numbers choose rule, day and quantity, so each run meets the same county.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connection, transaction

from benchmarks.results import Size
from governance.events import record
from governance.models import Area, Division, Rule, Rulebook, RuleStep, User

QUARTER, BEFORE = "2026Q3", "2026Q2"
POSTED = datetime(2026, 9, 30, 8, tzinfo=UTC)
SETTLED = datetime(2026, 10, 3, 8, tzinfo=UTC)
AREAS = 4

_PLUS = {"shape": "fixed", "sign": 1, "points_tenths": 10}
_MINUS = {"shape": "fixed", "sign": -1, "points_tenths": 20}
_YEARLY_STEPS = [{"points_tenths": 80}, {"points_tenths": 150}, {"points_tenths": 200}]
_THRESHOLDS = [{"at_milli": 10_000, "points_tenths": 20}, {"at_milli": 20_000, "points_tenths": 50}]
# As rulebooks are made up: most rules with a cap, some in a group, a few that count or last over quarters.
_RULES: list[tuple[dict, list[dict]]] = [
    *[(_PLUS | {"month_points": 20}, [])] * 6,
    *[(_PLUS | {"shape": "per_unit", "points_tenths": 5, "month_points": 20, "day_points": 10}, [])] * 4,
    *[(_PLUS | {"quarter_times": 2}, [])] * 3,
    *[(_PLUS | {"group": "one act"}, [])] * 2,
    *[(_PLUS | {"group": "honour", "group_window": "year", "lasts_quarters": 4}, [])] * 2,
    *[(_PLUS | {"year_times": 2, "year_points": 30}, [])] * 2,
    (_PLUS | {"shape": "thresholds", "window": "year"}, _THRESHOLDS),
    *[(_MINUS | {"quarter_points": 100}, [])] * 4,
    (_MINUS | {"shape": "steps", "window": "year"}, _YEARLY_STEPS),
]


def grow(size: Size, villages: int | None = None) -> list[Division]:
    """The first villages of a county of this size, by default all; makes those that are not there yet."""
    wanted = villages or size.villages
    made = list(Division.objects.filter(level=Division.Level.VILLAGE).order_by("code"))
    new = [_village(number) for number in range(len(made), wanted)]
    if new:
        each, rest = divmod(size.subjects, size.villages)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_TRUST)
            cursor.execute("SET LOCAL synchronous_commit = off; SET LOCAL maintenance_work_mem = '256MB'")
            for number, village in enumerate(new, len(made)):
                cursor.execute(
                    _SUBJECTS, {"village": village.pk, "subjects": each + (number < rest), "areas": AREAS}
                )
            params = {
                "first": new[0].pk,
                "last": new[-1].pk,
                "entries": size.entries_each,
                "rules": len(_RULES),
            }
            with _indexes_later(cursor, "governance_entry"):
                cursor.execute(_ENTRIES, params | {"posted": POSTED})
            for statement in (_REVERSALS, _HOLDS):
                cursor.execute(statement, params | {"posted": POSTED})
        analyze()
    return (made + new)[:wanted]


def clear_cards() -> None:
    """No card but those of the quarter before, confirmed, each handing on a little of the year's caps."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE governance_scorecard, governance_historicalscorecard, governance_carry CASCADE"
        )
        cursor.execute(_CARDS_BEFORE, {"quarter": BEFORE, "at": POSTED})
        cursor.execute(_CARRY_BEFORE, {})
    analyze()


def clerk() -> User:
    """Who settles."""
    return User.objects.get_or_create(username="clerk", defaults={"name": "文书"})[0]


def analyze() -> None:
    """Let the planner know what is there now."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _indexes_later(cursor, table: str):
    """Fill a table first and index it then: twice as fast as row by row."""
    cursor.execute(_UNIQUE, [table])
    unique = cursor.fetchall()
    for name, _ in unique:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute(_PLAIN, [table])
    plain = cursor.fetchall()
    for name, _ in plain:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _, definition in plain:
        cursor.execute(definition)
    for name, definition in unique:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


@transaction.atomic
def _village(number: int) -> Division:
    town = Division.objects.get_or_create(
        code=f"990101{number // 20 + 100:03d}000", defaults={"name": f"{number // 20}镇", "level": "township"}
    )[0]
    village = Division.objects.create(
        code=f"{town.code[:9]}{number % 20 + 201}",
        name=f"{number}村",
        level=Division.Level.VILLAGE,
        parent=town,
    )
    Area.objects.bulk_create(Area(village=village, name=f"{n}片", position=n) for n in range(AREAS))
    _rulebook(village)
    record("round.published", village=village, about=village, by=clerk(), at=POSTED)
    return village


def _rulebook(village: Division) -> None:
    book = Rulebook.objects.create(
        village=village, version=1, title="细则", state=Rulebook.State.IN_FORCE, starts_quarter="2026Q1"
    )
    rows = Rule.objects.bulk_create(
        Rule(
            village=village, rulebook=book, position=n, number=str(n), family=f"{village.code}-{n}",
            dimension="public", text="某件事", **fields,
        )
        for n, (fields, _) in enumerate(_RULES)
    )  # fmt: skip
    RuleStep.objects.bulk_create(
        RuleStep(rule=row, n=n, **step)
        for row, (_, steps) in zip(rows, _RULES, strict=True)
        for n, step in enumerate(steps, 1)
    )


# A superuser may leave foreign keys unchecked while the rows come in, which halves the time.
_TRUST = """
    SELECT set_config('session_replication_role', 'replica', true)
    WHERE current_setting('is_superuser') = 'on'"""

_UNIQUE = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = CAST(%s AS regclass) AND contype = 'u' AND NOT EXISTS (
        SELECT 1 FROM pg_constraint other WHERE other.contype = 'f' AND other.conindid = pg_constraint.conindid)"""

_PLAIN = """
    SELECT indexname, indexdef FROM pg_indexes i WHERE tablename = %s
        AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"""

_SUBJECTS = """
    INSERT INTO governance_subject (key, village_id, area_id, kind, door, name, name_index, enrolled_from)
    SELECT gen_random_uuid(), %(village)s, area.id, 'household', n || '号', '\\x00', sha256(n::text::bytea),
        DATE '2026-03-01'
    FROM generate_series(1, %(subjects)s) n
    JOIN governance_area area ON area.village_id = %(village)s AND area.position = n %% %(areas)s"""

# Month by month and household by household, as publishing fills the ledger.
_ENTRIES = """
    INSERT INTO governance_entry (key, village_id, subject_id, quarter, occurred_on, rule_id, origin,
        raw_tenths, quantity_milli, source, event_id, posted_at)
    SELECT gen_random_uuid(), s.village_id, s.id,
        CASE WHEN is_old THEN '2026Q2' ELSE '2026Q3' END,
        CASE WHEN is_old THEN DATE '2026-04-01' ELSE DATE '2026-07-01' END + CAST(chance %% 31 AS integer) + n %% 3 * 30,
        r.id, CASE WHEN chance %% 20 = 0 THEN 'department' ELSE 'village' END, r.sign * r.points_tenths,
        1000 * (1 + chance %% 8), 'benchmark:' || s.id || '-' || n, e.id, %(posted)s
    FROM governance_subject s
    CROSS JOIN generate_series(1, %(entries)s) n
    CROSS JOIN LATERAL (SELECT abs(hashint8(s.id * 100 + n)::bigint) AS chance) drawn
    JOIN governance_rule r ON r.village_id = s.village_id AND r.position = chance / 31 %% %(rules)s
    JOIN governance_event e ON e.village_id = s.village_id AND e.seq = 0
    CROSS JOIN LATERAL (SELECT r.lasts_quarters > 1 AND n %% 2 = 0 AS is_old) age
    WHERE s.village_id BETWEEN %(first)s AND %(last)s
    ORDER BY s.village_id, n %% 3, s.id, n"""

_REVERSALS = """
    INSERT INTO governance_entry (key, village_id, subject_id, quarter, occurred_on, rule_id, origin,
        raw_tenths, quantity_milli, reverses_id, source, event_id, posted_at)
    SELECT gen_random_uuid(), village_id, subject_id, quarter, occurred_on, rule_id, origin, -raw_tenths,
        quantity_milli, id, 'benchmark:' || id, event_id, posted_at
    FROM governance_entry WHERE village_id BETWEEN %(first)s AND %(last)s AND id %% 100 = 0"""

_HOLDS = """
    INSERT INTO governance_hold (key, village_id, entry_id, cause, placed_at)
    SELECT gen_random_uuid(), village_id, id, 'benchmark:' || id, %(posted)s
    FROM governance_entry
    WHERE village_id BETWEEN %(first)s AND %(last)s AND raw_tenths < 0 AND reverses_id IS NULL AND id %% 50 = 1"""

_CARDS_BEFORE = """
    INSERT INTO governance_scorecard (key, village_id, subject_id, quarter, version, base_tenths, index_tenths,
        department_tenths, total_tenths, colour, held_count, computed_at, confirmed_at, published_at)
    SELECT gen_random_uuid(), village_id, id, %(quarter)s, 1, 1000, 1000, 0, 1000, 'blue', 0, %(at)s, %(at)s,
        %(at)s
    FROM governance_subject ORDER BY id"""

# One family of the yearly ones each: few households reach a second in a quarter.
_CARRY_BEFORE = """
    INSERT INTO governance_carry (scorecard_id, key, points_tenths, times, quantity_milli, highest_tenths)
    SELECT card.id, r.family, 10, 1, 8000, 0
    FROM governance_scorecard card
    JOIN governance_rule r ON r.village_id = card.village_id
        AND (r."window" = 'year' OR r.year_times IS NOT NULL)
    WHERE card.subject_id %% 4 = r.position %% 4"""
