"""诚信档案: a subject's quarter as of a moment, and the card that keeps it.

One reading for page, settlement, correction and replay. As of a moment there are the entries posted by then,
the holds open then, and the cards confirmed by then, which hand on what caps over a year have used up:

- a quarter that has a card keeps what that card was given (`prior`), so nothing settled changes by ripple;
- the quarter asked for, while it has none, takes the carry of the year's latest card before it.

governance.scoring_sql reads by the same rules for a whole village at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from governance import holds, scoring, shapes
from governance.models import Carry, Division, Entry, Rule, Rulebook, Scorecard, Subject, User
from governance.periods import next_quarter, previous_quarter, quarter_label
from governance.refusals import Refused
from governance.saving import delete_many, save

# No rule lasts longer (the constraint rule_lasts_a_year_at_most).
QUARTERS_AT_MOST = 4
_TOTALS = ("points_tenths", "times", "quantity_milli", "highest_tenths")


@dataclass(frozen=True, slots=True)
class Result:
    """A score and the card whose totals it took in."""

    score: scoring.Score
    prior_id: int | None

    @property
    def held_count(self) -> int:
        """Lines that do not count because a case about them is open."""
        return sum(line.why[-1:] == (scoring.Reason("held"),) for line in self.score.lines)


def lines(*, subject: Subject, quarter: str, at: datetime) -> scoring.Score:
    """The sheet of one subject: what "my points" shows. Six queries, however long the sheet.

    The id of a line's entry is the primary key of its Entry. Raises Refused when no rulebook was in force.
    """
    base = base_tenths(subject.village_id, quarter)
    return results([subject.pk], village=subject.village_id, quarter=quarter, base=base, at=at)[
        subject.pk
    ].score


def base_tenths(village: Division | int, quarter: str) -> int:
    """The points all start `quarter` with, by the rulebook then in force; Refused when there was none."""
    states = [Rulebook.State.IN_FORCE, Rulebook.State.SUPERSEDED]
    books = Rulebook.objects.filter(village=village, state__in=states, starts_quarter__lte=quarter)
    found = books.order_by("-starts_quarter", "-version").values_list("base_tenths", flat=True).first()
    if found is None:
        raise Refused(f"{quarter_label(quarter)}村里还没有施行的评分细则，算不了分。请文书先办好细则。")
    return found


def results(
    subjects: Collection[int],
    *,
    village: Division | int,
    quarter: str,
    base: int,
    at: datetime,
    also: Mapping[int, Sequence[scoring.Entry]] = MappingProxyType({}),
    without: str = "",
) -> dict[int, Result]:
    """Scores of subjects of one village as of a moment, by primary key. Five queries for any number.

    To see what a case would make of the score: `also` are entries by subject that are not posted, `without` is
    the cause of holds to leave out.
    """
    entries = entries_as_of(subjects, village=village, quarter=quarter, at=at, without=without)
    for pk, more in also.items():
        entries[pk] += more
    rules = rules_for({entry.rule_id for own in entries.values() for entry in own})
    priors = _priors(subjects, village=village, quarter=quarter, at=at)
    carried = _carried(priors)
    return {
        pk: Result(
            scoring.score(
                base_tenths=base, quarter=quarter, entries=entries[pk], rules=rules, carried=carried.get(pk)
            ),
            priors.get((pk, quarter)),
        )
        for pk in subjects
    }


def carried_into(
    subjects: Collection[int], *, village: Division | int, quarter: str, at: datetime
) -> dict[int, dict[tuple[str, str], scoring.Carry]]:
    """What earlier quarters of the year hand on, by subject, as `scoring.score` takes it. Two queries."""
    return _carried(_priors(subjects, village=village, quarter=quarter, at=at))


def entries_as_of(
    subjects: Collection[int], *, village: Division | int, quarter: str, at: datetime, without: str = ""
) -> dict[int, list[scoring.Entry]]:
    """What may count in `quarter` for each subject: entries posted by `at`, held if a hold stood then.

    Only a deduction is held back; a held plus goes on counting (design/3-processes.md, Objection).
    """
    held = Exists(holds.open_at(at).filter(entry=OuterRef("pk")).exclude(cause=without))
    within = reach(quarter)
    rows = (
        Entry.objects.filter(village=village, subject__in=subjects, posted_at__lte=at)
        .filter(Q(quarter__in=within) | Q(reverses__quarter__in=within))
        .annotate(held_back=Q(rule__sign=-1) & held)
        .values_list(
            "subject_id", "id", "rule_id", "occurred_on", "quarter", "raw_tenths", "quantity_milli", "origin",
            "reverses_id", "held_back",
        )
    )  # fmt: skip
    found = {pk: [] for pk in subjects}
    for subject, pk, rule, day, booked, raw, quantity, origin, reverses, held_back in rows:
        department = origin == Entry.Origin.DEPARTMENT
        found[subject].append(
            scoring.Entry(pk, rule, day, pk, booked, raw, quantity, department, reverses, held_back)
        )
    return found


def undone(entry: Entry) -> scoring.Entry:
    """The line that would take an entry out, not posted, as `results` takes it in `also`; no posted id is negative."""
    return scoring.Entry(
        -entry.pk, entry.rule_id, entry.occurred_on, -entry.pk, entry.quarter, -entry.raw_tenths,
        entry.quantity_milli, entry.origin == Entry.Origin.DEPARTMENT, entry.pk,
    )  # fmt: skip


def reach(quarter: str) -> list[str]:
    """The quarters whose entries may count in `quarter`, latest first: its own and the three before."""
    quarters = [quarter]
    while len(quarters) < QUARTERS_AT_MOST:
        quarters.append(previous_quarter(quarters[-1]))
    return quarters


def reached(quarter: str) -> list[str]:
    """The quarters in which an entry of `quarter` may count: its own and the three after, earliest first."""
    quarters = [quarter]
    while len(quarters) < QUARTERS_AT_MOST:
        quarters.append(next_quarter(quarters[-1]))
    return quarters


def rules_for(ids: Iterable[int]) -> dict[int, shapes.Rule]:
    """Rule rows as the score function takes them, by primary key. Two queries."""
    return {row.pk: as_shape(row) for row in Rule.objects.filter(pk__in=ids).prefetch_related("steps")}


def as_shape(row: Rule) -> shapes.Rule:
    """One rule row, its steps included, as the plain value that scores, proposes and explains.

    The steps of a shape without a table are not asked for.
    """
    steps = row.steps.all() if row.shape in shapes.TABLED else ()
    return shapes.Rule(
        id=row.pk,
        family=row.family,
        shape=shapes.Shape(row.shape),
        sign=row.sign,
        points_tenths=row.points_tenths,
        min_tenths=row.min_tenths,
        max_tenths=row.max_tenths,
        unit_milli=row.unit_milli,
        window=shapes.Window(row.window) if row.window else None,
        steps=tuple(
            shapes.Step(step.n, step.points_tenths, step.at_milli, step.per_milli, step.label)
            for step in steps
        ),
        caps=tuple(_caps(row)),
        group=row.group,
        group_window=shapes.Window(row.group_window),
        lasts_quarters=row.lasts_quarters,
        unit=row.unit,
    )


@transaction.atomic
def correct(
    *, subject: Subject, quarter: str, by: User | None, at: datetime, result: Result | None = None
) -> Scorecard:
    """A new version of a confirmed card, from the ledger as it is now; it waits for its own signature.

    Call it after posting the correcting lines; put the card into the rows of that event. An earlier version
    nobody has confirmed yet is replaced. `result` is the score as of `at` where the caller has it already.
    Raises Refused while the quarter's first card is not confirmed: the settlement will read the new lines by itself.
    """
    cards = list(
        Scorecard.objects.select_for_update(no_key=True)
        .filter(subject=subject, quarter=quarter)
        .order_by("version")
    )
    drafts = [card for card in cards if card.confirmed_at is None]
    if len(drafts) == len(cards):
        raise Refused(f"{quarter_label(quarter)}的诚信档案还没签字，改过的记分会直接算进去，不用另出一版。")
    delete_many(drafts, action="scorecard.replaced", by=by, at=at)
    if result is None:
        base = base_tenths(subject.village_id, quarter)
        [result] = results(
            [subject.pk], village=subject.village_id, quarter=quarter, base=base, at=at
        ).values()
    card = Scorecard(
        village_id=subject.village_id,
        subject=subject,
        version=len(cards) - len(drafts) + 1,
        quarter=quarter,
        computed_at=at,
        **columns(result),
    )
    save(card, action="scorecard.corrected", by=by, at=at)
    Carry.objects.bulk_create(
        Carry(scorecard=card, key=key, **carry) for key, carry in carries(result.score).items()
    )
    return card


def columns(result: Result) -> dict[str, object]:
    """What a result puts into the columns of a card."""
    score = result.score
    return {
        "base_tenths": score.base_tenths,
        "index_tenths": score.index_tenths,
        "department_tenths": score.department_tenths,
        "total_tenths": score.total_tenths,
        "colour": score.colour,
        "held_count": result.held_count,
        "prior_id": result.prior_id,
    }


def differences(card: Scorecard, result: Result) -> dict[str, tuple[object, object]]:
    """Each value of a stored card that comes out otherwise: name -> (stored, computed). Reads the card's carries."""
    computed = columns(result)
    stored = {name: getattr(card, name) for name in computed}
    stored |= {f"carry {row.key}": carry_columns(row) for row in card.carries.all()}
    computed |= {f"carry {key}": carry for key, carry in carries(result.score).items()}
    return {
        name: (stored.get(name), computed.get(name))
        for name in sorted(stored | computed)
        if stored.get(name) != computed.get(name)
    }


def carries(score: scoring.Score) -> dict[str, dict[str, int]]:
    """What a score hands on, by key: the columns of its Carry rows."""
    return {key: carry_columns(carry) for key, carry in score.carry_out.items()}


def carry_columns(carry: scoring.Carry | Carry) -> dict[str, int]:
    """The totals of a carry, plain value or row."""
    return {name: getattr(carry, name) for name in _TOTALS}


def _caps(row: Rule) -> Iterable[shapes.Cap]:
    for window in shapes.Window:
        points, times = getattr(row, f"{window}_points"), getattr(row, f"{window}_times")
        if points is not None or times is not None:
            yield shapes.Cap(window, points, times)


def _priors(
    subjects: Collection[int], *, village: Division | int, quarter: str, at: datetime
) -> dict[tuple[int, str], int]:
    """(subject, quarter) -> the card whose totals came into that quarter; absent where none did."""
    confirmed = Scorecard.objects.filter(
        village=village, subject__in=subjects, quarter__in=reach(quarter), confirmed_at__lte=at
    ).order_by("quarter", "version")
    latest = {(subject, booked): (pk, prior) for subject, booked, pk, prior in confirmed.values_list(
        "subject_id", "quarter", "id", "prior_id"
    )}  # fmt: skip
    priors = {
        (subject, quarter): pk for (subject, booked), (pk, _) in latest.items() if booked[:4] == quarter[:4]
    }
    settled = {key: prior for key, (_, prior) in latest.items()}
    return {key: card for key, card in (priors | settled).items() if card is not None}


def _carried(priors: Mapping[tuple[int, str], int]) -> dict[int, dict[tuple[str, str], scoring.Carry]]:
    """By subject, what the score function is given: the totals that came into each quarter."""
    totals: dict[int, list[Carry]] = {}
    for row in Carry.objects.filter(scorecard__in=set(priors.values())):
        totals.setdefault(row.scorecard_id, []).append(row)
    carried: dict[int, dict] = {}
    for (subject, quarter), card in priors.items():
        for row in totals.get(card, ()):
            carried.setdefault(subject, {})[quarter, row.key] = scoring.Carry(**carry_columns(row))
    return carried
