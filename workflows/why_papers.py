"""各户的依据: after a quarter is posted, every household's own page with everything behind its lines, to carry to its door.

For households that have no phone, as paper parity asks. Printed by who decides on colours (limit 4), never with their own
household or kin, and each household reads in 谁看过我家 who printed its page.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.template.loader import render_to_string

from governance import households, jobs, recusal
from governance.access import today
from governance.jobs import Result, Step
from governance.models import Job, Reading, Subject, User
from governance.periods import quarter_label
from governance.printing import Press
from governance.refusals import Refused
from governance.why import why
from workflows import settlements
from workflows.models import Settlement

PRINT = "settlement.print"
WHY = "季亮晒公示后，打印各户自己的依据，送到户"
POSTED = (Settlement.State.PUBLISHED, Settlement.State.FINAL)


def start(*, settlement: Settlement, by: User, at: datetime) -> Job:
    """Have every household's page made as one PDF. Raises Refused (not a signer, not posted) or Conflict."""
    return jobs.start(
        kind=PRINT, about=f"{settlement.key}:{by.key}", village=settlement.village,
        arguments={"settlement": str(settlement.key)}, by=by, at=at,
    )  # fmt: skip


def check(settlement: Settlement, *, by: User, at: datetime) -> str:
    """The role in which a user may print them. Raises Refused."""
    if settlement.state not in POSTED:
        raise Refused("这一季还没公示，公示以后才能打印各户的依据。")
    return settlements.check_signer(settlement, by=by, at=at)


def subjects(settlement: Settlement, *, by: User, at: datetime) -> tuple[list[Subject], int]:
    """The households whose page a user may print, by area and door, and how many are left to somebody else (kin)."""
    cards = settlements.cards(settlement).filter(subject__closed_on__isnull=True)
    found = [card.subject for card in cards if card.subject.is_enrolled(today(at))]
    out = recusal.reasons(by, [subject.pk for subject in found], at=at)
    return [subject for subject in found if subject.pk not in out], len(out)


def _settlement(job: Job) -> Settlement:
    return Settlement.objects.select_related("village").get(key=job.arguments["settlement"])


def _check(job: Job, at: datetime) -> None:
    check(_settlement(job), by=job.by, at=at)


@jobs.runs(PRINT, title="打印各户的依据", may=_check)
def run(job: Job):
    """Lay out household after household, then write them as one file; begun again it makes the same file."""
    settlement = _settlement(job)
    mine, left = subjects(settlement, by=job.by, at=job.made_at)
    if not mine:
        raise Refused("这一季没有您能打印的户。")
    _note(mine, job, role=check(settlement, by=job.by, at=job.made_at))
    made = Press("why_pdf").together(_pages(mine, settlement, job.made_at), identifier=str(job.key))
    for n, content in enumerate(made, start=1):
        if content is None:
            yield Step(n, len(mine) + 1, f"排好了{n}户。")
    said = f"{len(mine)}户，一户一份。" + (f"有{left}户您要回避，没有打，请别的委员打。" if left else "")
    name = f"{settlement.village.name}{quarter_label(settlement.quarter)}各户依据.pdf"
    return Result(content=content, name=name, says=said)


def _pages(found: list[Subject], settlement: Settlement, at: datetime) -> Iterator[str]:
    for subject in found:
        told = why(households.sheet(subject, settlement.quarter, at=at))
        yield render_to_string(
            "workflows/why_paper.html",
            {"subject": subject, "why": told, "village": settlement.village, "at": at},
        )


@transaction.atomic
def _note(found: list[Subject], job: Job, *, role: str) -> None:
    """One look a household a job, whatever becomes of the printing; begun again it is not noted twice."""
    keys = [subject.key for subject in found]
    noted = set(
        Reading.objects.filter(by=job.by, at=job.made_at, subject_key__in=keys).values_list(
            "subject_key", flat=True
        )
    )
    Reading.objects.bulk_create(
        Reading(village=job.village, subject_key=key, by=job.by, role=role, why=WHY, at=job.made_at)
        for key in keys
        if key not in noted
    )
