"""The search as a table of many lines, made as a job. What was asked is kept as ids and dates, never as a name."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from governance import jobs, spreadsheets
from governance.access import today
from governance.jobs import Result, Step
from governance.models import Job, User
from oversight.changes import lines, search, tables
from oversight.changes.asked import Asked, places
from oversight.changes.sources import keys_under

KIND, STEP = "changes.export", 500


def start(*, asked: Asked, as_csv: bool, by: User, at: datetime) -> Job:
    """Have the table of a question made. Raises Refused for who does not supervise."""
    arguments = {**_kept(asked), "csv": as_csv}
    digest = hashlib.sha256(json.dumps(arguments, sort_keys=True).encode()).hexdigest()
    return jobs.start(
        kind=KIND, about=f"{by.key}:{digest}", village=asked.village, arguments=arguments, by=by, at=at
    )


def _check(job: Job, at: datetime) -> None:
    places(job.by, at=at)


@jobs.runs(KIND, title="导出改动记录", may=_check)
def export(job: Job):
    """Some hundred lines a step, within what its reader supervises now."""
    asked = _asked(job)
    table, after, is_cut = [], "", False
    while True:
        page = search.page(asked, after=after, size=STEP)
        table += tables.rows(lines.build(page.hits, asked))
        after, is_cut = page.on, len(table) >= tables.MOST
        if not after or is_cut:
            break
        yield Step(len(table), 0, f"写了{len(table)}条。")
    whole = tables.whole(table[: tables.MOST], is_cut=is_cut and bool(after))
    name = f"改动记录{today(job.made_at)}"
    if job.arguments["csv"]:
        return Result(spreadsheets.csv_file(whole), f"{name}.csv", says=f"{len(table)}条。")
    return Result(spreadsheets.xlsx(whole), f"{name}.xlsx", says=f"{len(table)}条。")


def _kept(asked: Asked) -> dict:
    said = {
        name: getattr(asked, name) for name in ("kind", "people", "rules", "role", "name", "oldest_first")
    }
    days = {name: day and day.isoformat() for name, day in (("since", asked.since), ("until", asked.until))}
    return said | days | {"village": asked.village.code if asked.village else ""}


def _asked(job: Job) -> Asked:
    """The question again. A village its reader no longer supervises finds nothing."""
    kept = job.arguments
    where = places(job.by, at=timezone.now())
    people, rules = (kept[name] if kept[name] is None else tuple(kept[name]) for name in ("people", "rules"))
    asked = Asked(
        where, kind=kept["kind"], people=people, rules=rules, role=kept["role"], name=kept["name"],
        keys=keys_under(rules) if rules and kept["kind"] in ("", "event") else None,
        since=kept["since"] and parse_datetime(kept["since"]),
        until=kept["until"] and parse_datetime(kept["until"]), oldest_first=kept["oldest_first"],
    )  # fmt: skip
    if not kept["village"]:
        return asked
    village = where.village(kept["village"])
    return replace(asked, village=village) if village else replace(asked, people=())
