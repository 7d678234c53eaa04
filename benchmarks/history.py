"""The search over all changes at county size: five million acts, asked in every way, against one bare question.

The acts are told by observations, sheets and files of three years, with versions, steps of processes, ledger and
readings beside them; made by SQL, nothing is random.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benchmarks import county
from benchmarks.results import Row, Size
from benchmarks.server import Visitor, medians, serving
from governance.crypto import keyring
from governance.models import Appointment, Division, Event, Rule, Subject, User
from oversight.changes import lines, search, sources
from oversight.changes.asked import Asked, Places
from oversight.opening import open_file

name = "Change history"
ACTS_EACH = 25  # for each household: 5.1 million in the whole county
_TIMES = 15
_MOST_MS = 200
_RATERS = 40


def run(size: Size) -> list[Row]:
    """The lines of the table."""
    villages = county.grow(size)
    fill(size)
    supervisor = _supervisor()
    home = Subject.objects.filter(village=villages[3]).order_by("pk")[5]
    open_file(home, why="量一量翻查有多快", by=supervisor, at=timezone.now())
    acts = f"{Event.objects.count():,} acts"
    with serving("benchmarks.floor") as floor, serving("benchmarks.settings") as pages:
        return [*_pages(villages, home, supervisor, floor, pages, acts), *_questions(villages, home, acts)]


def ways(villages: list[Division], home: Subject) -> dict[str, dict]:
    """Every way to ask, by what it is called, as the form's fields; a household has its own page."""
    here = {"village": villages[3].code}
    rule = Rule.objects.filter(village=villages[3]).order_by("position").first()
    return {
        "the newest": {},
        "this year": {"span": "year"},
        "village and quarter": here | {"span": "last"},
        "village, from the start": here | {"span": "all", "order": "old"},
        "person": {"person": "党员3-7号", "span": "year"},
        "person and village": here | {"person": "党员3-7号", "span": "all"},
        "rule": here | {"rule": rule.number, "span": "all"},
        "role": {"role": "leader", "span": "year"},
        "a rare role": {"role": "supervisor", "span": "year"},
        "name": {"name": "observation.adjusted", "span": "year"},
        "a rare name": {"name": "rulebook.adopted", "span": "year"},
        "name and role that never meet": {"name": "sheet.filed", "role": "leader", "span": "year"},
        "versions of a village": here | {"kind": "history", "span": "year"},
        "versions by a person": {"kind": "history", "person": "党员3-7号", "span": "year"},
        "versions in a role": here | {"kind": "history", "role": "leader", "span": "year"},
        "versions under a rule": here | {"kind": "history", "rule": rule.number, "span": "all"},
        "all versions": {"kind": "history"},
        "steps of a village": here | {"kind": "task", "span": "year"},
        "all steps": {"kind": "task", "span": "year"},
        "ledger of a village": here | {"kind": "ledger", "span": "all"},
        "ledger under a rule": here | {"kind": "ledger", "rule": rule.number, "span": "all"},
        "readings of a village": here | {"kind": "reading", "span": "year"},
        "readings by a person": {"kind": "reading", "person": "党员3-7号", "span": "year"},
        "a household": {"home": home.key},
        "versions of a household": {"home": home.key, "kind": "history"},
    }


def _pages(villages, home, supervisor, floor: int, port: int, acts: str) -> list[Row]:
    """The page under the real server, and how many questions it asks for one line and for thirty."""
    rater = User.objects.get(username="党员0-1")
    bare = partial(Visitor(rater, floor, "django.contrib.auth.backends.ModelBackend").get, "/")
    visitor = Visitor(supervisor, port)
    asked = {way: partial(visitor.get, _address(said)) for way, said in ways(villages, home).items()}
    base, *times = medians(_TIMES, bare, *asked.values())
    worst = max(range(len(times)), key=times.__getitem__)
    way, most = list(asked)[worst], times[worst] * 1000
    for each, seconds in sorted(zip(asked, times, strict=True), key=lambda pair: -pair[1]):
        print(f"  {seconds * 1000:7.1f} ms  {each}", flush=True)
    return [
        Row(
            f"the search page, {acts}, {len(asked)} ways to ask; the worst: {way}", f"{most:.1f} ms",
            f"a bare page of ten rows: {base * 1000:.1f} ms", times[worst] / base,
        ),
        Row("the same", f"{most:.1f} ms", f"{_MOST_MS} ms", most / _MOST_MS, "≤ 1"),
    ]  # fmt: skip


def _address(said: dict) -> str:
    said = dict(said)
    home = said.pop("home", None)
    return f"{reverse('changes_of', args=[home]) if home else reverse('changes')}?{urlencode(said)}"


def _questions(villages, home, acts: str) -> list[Row]:
    """What the database is asked, without the page: one bare question along an index, and the whole search."""
    bare = Asked(Places((), True), village=villages[3])

    def floor():
        rows = Event.objects.filter(village=villages[3]).order_by("-at")
        return list(rows.select_related("by", "village").defer("digests")[: search.PAGE])

    def whole(asked: Asked):
        return lines.build(search.page(asked).hits, asked)

    questions = {
        "acts of a village": bare,
        "a household": Asked(Places((), True), village=home.village, subject=home),
    }
    base, *times = medians(_TIMES, floor, *(partial(whole, asked) for asked in questions.values()))
    found, _ = medians(
        _TIMES, partial(sources.found, bare.only("event"), None, older=True, limit=search.PAGE + 1), floor
    )
    counts = [_count(partial(_listed, bare, size)) for size in (1, search.PAGE)]
    worst = max(times)
    return [
        Row(
            "finding a page of acts, the database alone", f"{found * 1000:.1f} ms",
            f"a bare indexed query of {search.PAGE} rows: {base * 1000:.1f} ms", found / base, "≤ 5",
        ),
        Row(
            "finding and telling it: titles, before and after, ledger", f"{worst * 1000:.1f} ms",
            f"the bare query: {base * 1000:.1f} ms", worst / base, "≤ 5",
        ),
        Row(f"questions for {search.PAGE} lines", str(counts[1]), f"for one line: {counts[0]}", counts[1] / counts[0]),
    ]  # fmt: skip


def _listed(asked: Asked, size: int):
    return lines.build(search.page(asked, size=size).hits, asked)


def _count(act: Callable) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def _supervisor() -> User:
    user = User.objects.create(username="jiandu", name="监督")
    top = Division.objects.get_or_create(code="990101000000", defaults={"name": "县", "level": "county"})[0]
    Division.objects.filter(level="township").update(parent=top)
    Appointment.objects.create(user=user, role="supervisor", division=top, starts="2020-01-01")
    return user


def fill(size: Size) -> None:
    """Officials, months, observations with their versions, acts, readings and steps."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(county._TRUST)
        cursor.execute("SET LOCAL synchronous_commit = off; SET LOCAL maintenance_work_mem = '512MB'")
        params = {"raters": _RATERS, "observations": size.subjects * ACTS_EACH * 15 // 100}
        for statement in (_USERS, _APPOINTMENTS, _LINKS, _ROUNDS, _SHEETS):
            cursor.execute(statement, params)
        _seal(cursor, params["observations"])
        for table, statement in (
            ("workflows_observation", _OBSERVATIONS), ("workflows_historicalobservation", _VERSIONS),
        ):  # fmt: skip
            with county._indexes_later(cursor, table):
                cursor.execute(statement, params)
        with county._indexes_later(cursor, "governance_event"):
            cursor.execute(_ACTS, params)
        for statement in (_READINGS, _PROCESSES, _SHEET_PROCESSES, _TASKS):
            cursor.execute(statement, params)
    county.analyze()


def _seal(cursor, count: int) -> None:
    """A fact for each observation, sealed as the project does it."""
    cursor.execute("CREATE TEMPORARY TABLE sealed (n integer, key uuid, fact bytea) ON COMMIT DROP")
    seal = keyring().encrypt
    with cursor.copy("COPY sealed FROM STDIN") as copy:
        for n in range(1, count + 1):
            key = UUID(int=(n << 64) | 0x4000_8000_0000_0000_0000 | n)
            copy.write_row((n, key, seal("扫了门前的路", "observation.fact", key)))
    cursor.execute("CREATE UNIQUE INDEX ON sealed (n)")
    cursor.execute("ANALYZE sealed")


_USERS = """
    INSERT INTO governance_user (key, username, name, password, is_superuser, is_staff, is_active, date_joined,
        phone_verified)
    SELECT gen_random_uuid(), '党员' || v.rank || '-' || n, '党员' || v.rank || '-' || n || '号', '!', false, false,
        true, now(), false
    FROM (SELECT id, row_number() OVER (ORDER BY code) - 1 AS rank FROM governance_division WHERE level = 'village') v
    CROSS JOIN generate_series(1, %(raters)s) n"""

# Eight in ten are raters; the others lead, sit on the council, keep the desk.
_APPOINTMENTS = """
    INSERT INTO governance_appointment (key, user_id, role, division_id, starts)
    SELECT gen_random_uuid(), u.id,
        (ARRAY['rater', 'leader', 'council', 'committee', 'clerk'])[greatest(1, n - 35)], v.id, DATE '2020-01-01'
    FROM (SELECT id, row_number() OVER (ORDER BY code) - 1 AS rank FROM governance_division WHERE level = 'village') v
    CROSS JOIN generate_series(1, %(raters)s) n
    JOIN governance_user u ON u.username = '党员' || v.rank || '-' || n"""

_LINKS = """
    INSERT INTO governance_link (key, village_id, rater_id, subject_id, starts)
    SELECT gen_random_uuid(), s.village_id, a.user_id, s.id, DATE '2023-01-01'
    FROM (SELECT id, village_id, row_number() OVER (PARTITION BY village_id ORDER BY id) AS n
          FROM governance_subject) s
    JOIN LATERAL (
        SELECT user_id FROM governance_appointment
        WHERE division_id = s.village_id AND role = 'rater' ORDER BY id OFFSET s.n %% 36 LIMIT 1
    ) a ON true
    WHERE s.n <= 100"""

_ROUNDS = """
    INSERT INTO workflows_round (key, village_id, month, state, opened_at)
    SELECT gen_random_uuid(), v.id, m, 'closed', m
    FROM governance_division v
    CROSS JOIN generate_series(TIMESTAMPTZ '2025-12-01', TIMESTAMPTZ '2026-11-01', '1 month') m
    WHERE v.level = 'village'"""

_SHEETS = """
    INSERT INTO workflows_sheet (key, village_id, round_id, rater_id, area_id, state, filed_at)
    SELECT gen_random_uuid(), r.village_id, r.id, a.user_id, area.id, 'confirmed', r.opened_at
    FROM workflows_round r
    JOIN governance_appointment a ON a.division_id = r.village_id AND a.role = 'rater'
    JOIN governance_area area ON area.village_id = r.village_id AND area.position = 0"""

_NUMBERED = """
    WITH home AS (SELECT *, row_number() OVER (ORDER BY id) - 1 AS n FROM governance_subject),
    total AS (SELECT count(*) AS homes FROM governance_subject)"""

_OBSERVATIONS = f"""
    {_NUMBERED}
    INSERT INTO workflows_observation (key, village_id, round_id, sheet_id, subject_id, rule_id, state, fact,
        occurred_on, quantity_milli, labels, raw_tenths, filed_tenths, filed_quantity_milli, needs_ballot, contested,
        at_township, turn)
    SELECT sealed.key, home.village_id, sheet.round_id, sheet.id, home.id, rule.id, 'final', sealed.fact,
        DATE '2024-01-01' + (sealed.n %% 1050), 1000, '[]', 10, 10, 1000, false, false, false, 1
    FROM sealed CROSS JOIN total
    JOIN home ON home.n = sealed.n::bigint * 7919 %% total.homes
    JOIN LATERAL (
        SELECT id, round_id FROM workflows_sheet WHERE village_id = home.village_id ORDER BY id LIMIT 1
    ) sheet ON true
    JOIN governance_rule rule ON rule.village_id = home.village_id AND rule.position = sealed.n %% 25
    """

# Filed by the rater, confirmed by the leader, approved by the council, published by the clerk.
_STEPS = """
    (VALUES (1, 'observation.filed', 'rater', 1 + o.id %% 35, 'filed'), (2, 'observation.adjusted', 'leader', 37, 'confirmed'),
            (3, 'observation.approved', 'council', 38, 'approved'), (4, 'observation.published', 'clerk', 40, 'published')
    ) AS step (n, name, role, who, state)"""
_AT = "o.occurred_on + interval '12 hours' + step.n * interval '1 day' + o.id %% 36000 * interval '1 second'"
_WHO = """
    who AS (SELECT a.division_id, a.user_id, row_number() OVER (PARTITION BY a.division_id ORDER BY a.user_id) AS n
            FROM governance_appointment a)"""

_VERSIONS = f"""
    WITH {_WHO}
    INSERT INTO workflows_historicalobservation (id, key, state, fact, occurred_on, quantity_milli, labels, raw_tenths,
        filed_tenths, filed_quantity_milli, needs_ballot, contested, at_township, turn, history_date,
        history_change_reason, history_type, history_user_id, rule_id, subject_id, village_id, round_id, sheet_id)
    SELECT o.id, o.key, step.state, o.fact, o.occurred_on, 1000 + step.n, '[]', 10, 10, 1000, false, false, false, 1,
        {_AT}, step.name, CASE step.n WHEN 1 THEN '+' ELSE '~' END, who.user_id, o.rule_id, o.subject_id,
        o.village_id, o.round_id, o.sheet_id
    FROM workflows_observation o CROSS JOIN LATERAL {_STEPS}
    JOIN who ON who.division_id = o.village_id AND who.n = step.who
    """

# Four acts about each observation; for every two of them three about sheets, files and the village.
_ACTS = f"""
    WITH {_WHO}, act AS (
        SELECT o.village_id, step.name, 'workflows.observation' AS about_type, o.key::text AS about_id,
            s.key AS subject_key, step.role, step.who, {_AT} AS at
        FROM workflows_observation o JOIN governance_subject s ON s.id = o.subject_id
        CROSS JOIN LATERAL {_STEPS}
        UNION ALL
        SELECT o.village_id, other.name, other.about_type, other.about_id, other.subject_key, other.role, other.who,
            o.occurred_on + interval '9 hours' + step.n * interval '1 hour' + o.id %% 3000 * interval '1 second'
        FROM workflows_observation o JOIN governance_subject s ON s.id = o.subject_id
        JOIN workflows_sheet sheet ON sheet.id = o.sheet_id
        CROSS JOIN generate_series(1, 3) AS step (n)
        CROSS JOIN LATERAL (VALUES
            (1, 'sheet.filed', 'workflows.sheet', sheet.key::text, NULL::uuid, 'rater', 1 + o.id %% 35),
            (2, 'subject.corrected', 'governance.subject', s.key::text, s.key, 'clerk', 40),
            (3, CASE WHEN o.id %% 20000 = 0 THEN 'rulebook.adopted' ELSE 'link.made' END, 'governance.subject',
                s.key::text, s.key, CASE WHEN o.id %% 50000 = 0 THEN 'supervisor' ELSE 'clerk' END, 40)
        ) AS other (n, name, about_type, about_id, subject_key, role, who)
        WHERE other.n = step.n AND (step.n < 3 OR o.id %% 3 < 2)
    )
    INSERT INTO governance_event (village_id, name, about_type, about_id, subject_key, role, at, request_id, digests,
        seq, by_id)
    SELECT act.village_id, act.name, act.about_type, act.about_id, act.subject_key, act.role, act.at, '', '{{}}',
        1000 + row_number() OVER (PARTITION BY act.village_id ORDER BY act.at, act.about_id, act.name), who.user_id
    FROM act JOIN who ON who.division_id = act.village_id AND who.n = act.who
    ORDER BY act.at
    """

_READINGS = f"""
    WITH {_WHO}
    INSERT INTO governance_reading (key, village_id, subject_key, by_id, role, why, opens, at)
    SELECT gen_random_uuid(), s.village_id, s.key, who.user_id, 'clerk', '文书办户册的事', FALSE,
        TIMESTAMPTZ '2024-01-01' + (s.id * 2 + twice.n) %% 1050 * interval '1 day' + s.id %% 30000 * interval '1 second'
    FROM governance_subject s CROSS JOIN generate_series(0, 1) AS twice (n)
    JOIN who ON who.division_id = s.village_id AND who.n = 1 + s.id %% 40
    """

_PROCESSES = """
    INSERT INTO viewflow_process (id, flow_class, status, created, data)
    SELECT id, 'workflows/flows.SheetFlow', 'DONE', filed_at, '{}' FROM workflows_sheet"""
_SHEET_PROCESSES = """
    INSERT INTO workflows_sheetprocess (process_ptr_id, sheet_id) SELECT id, id FROM workflows_sheet"""
_TASKS = """
    INSERT INTO viewflow_task (flow_task, flow_task_type, status, created, finished, token, owner_id, process_id, data)
    SELECT step.name, 'HUMAN', 'DONE', s.filed_at + s.id %% 2000000 * interval '1 second', s.filed_at + interval '30 days',
        'start', s.rater_id, s.id, '{}'
    FROM workflows_sheet s
    CROSS JOIN (VALUES ('workflows/flows.SheetFlow.rate'), ('workflows/flows.SheetFlow.confirm')) AS step (name)"""
