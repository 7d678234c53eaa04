"""What an observation tells the household about its ledger line (see governance.stories)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import F

from governance import stories
from governance.events import row_name, why_of
from governance.models import Event
from governance.models.people import Role
from governance.points import format_points
from governance.stories import Fact, Piece, Step, Story
from workflows import signatures
from workflows.ballots import tally
from workflows.models import Ballot, Evidence, Observation, Round, Signed

_COUNTERS = {Evidence.Kind.PHOTO: "张", Evidence.Kind.DOCUMENT: "份", Evidence.Kind.WITNESS: "位"}


def facts(keys: list[str]) -> dict[str, Fact]:
    """The facts of published observations by key; two queries for any number."""
    posted = Observation.objects.filter(key__in=keys, round__publication__isnull=False)
    rows = list(posted.only("key", "state", "fact").annotate(ends=F("round__publication__window_ends")))
    counts = defaultdict(Counter)
    for row, kind in Evidence.objects.filter(observation__in=rows).values_list("observation_id", "kind"):
        counts[row][kind] += 1
    return {str(row.key): Fact(row.fact, _evidence_words(counts[row.pk]), row.ends) for row in rows}


def story(key: str) -> Story:
    """Everything behind one published observation: evidence, and who did what when, by role."""
    row = Observation.objects.select_related("rule", "round__publication").get(key=key)
    return Story(
        place=row.place or "",
        grounds=row.grounds or "",
        pieces=[_piece(item) for item in row.evidence.order_by("added_at", "id")],
        steps=[*_steps_of_item(row), *_steps_of_round(row)],
    )


def touched(keys: list[str]) -> dict[str, set[int]]:
    """Who wrote items down, confirmed or settled, voted on or approved them, or signed their month: ids by item.

    Five queries for any number.
    """
    rows = list(Observation.objects.filter(key__in=keys).select_related("sheet", "round"))
    found = {str(row.key): {row.sheet.rater_id, row.confirmed_by_id} for row in rows}
    keys_of = {row.pk: str(row.key) for row in rows}
    hands = [
        *Ballot.objects.filter(observation__in=rows).values_list("observation", "voter"),
        *Signed.objects.filter(observation__in=rows).values_list("observation", "signature__signer"),
    ]
    for pk, user in hands:
        found[keys_of[pk]].add(user)
    own = Event.objects.filter(about_type=Observation._meta.label_lower, about_id__in=found)
    for key, user in own.values_list("about_id", "by"):
        found[key].add(user)
    for event in _approvals({row.round for row in rows}):
        for row in rows:
            if row_name(row) in event.digests:
                found[str(row.key)].add(event.by_id)
    return {key: users - {None} for key, users in found.items()}


def _approvals(rounds: set[Round]) -> Iterable[Event]:
    """Where the council approved small items together, in one event about the month."""
    return Event.objects.filter(
        name="observations.approved_together", about_type=Round._meta.label_lower,
        about_id__in=[str(round.key) for round in rounds],
    )  # fmt: skip


def register() -> None:
    """Let the layer below ask: it does not know this one."""
    stories.TOUCHED["observation"] = touched
    stories.FACTS["observation"] = facts
    stories.STORIES["observation"] = story


def _evidence_words(counts: Counter) -> str:
    """Such as 照片2张，证人2位."""
    return "，".join(
        f"{kind.label}{counts[kind]}{counter}" for kind, counter in _COUNTERS.items() if counts[kind]
    )


def _piece(item: Evidence) -> Piece:
    return Piece(
        key=item.key,
        label=item.get_kind_display(),
        caption=item.caption or "",
        is_photo=item.kind == Evidence.Kind.PHOTO,
        is_file=bool(item.stored_as),
    )


def _steps_of_item(row: Observation) -> list[Step]:
    """From the history of the row; a leader's reason from the words of the event."""
    done = row.history.order_by("history_date", "history_id").values_list(
        "history_date", "history_change_reason"
    )
    events = _events(row)
    steps = []
    for at, action in done:
        role, why = events.get((action, at), ("", ""))
        if said := _said(row, action, role):
            steps.append(Step(at, *said, why))
    return steps


def _said(row: Observation, action: str, role: str) -> tuple[str, str] | None:
    """Who (by role) and what, for an action that the household is told of."""
    who = Role(role).label if role else ""
    council = "镇评审组" if row.at_township else "和治理事会"
    match action:
        case "observation.filed":
            return "联户党员", "写下这件事，交了单"
        case "observation.confirmed":
            return who, "核过，照单确认"
        case "observation.adjusted":
            return (
                who,
                f"核过，改了：报的是{format_points(row.filed_tenths)}，改成{format_points(row.raw_tenths)}",
            )
        case "observation.sent_back":
            return who, "退回来，再看一遍"
        case "observation.approved":
            return (
                council,
                f"投票通过：{_votes(row)}" if row.ballot_closed_at else "看过，没有人有不同意见，通过",
            )
    return None


def _votes(row: Observation) -> str:
    counts = tally(row)
    return "，".join(f"{choice.label}{counts[choice]}票" for choice in Ballot.Choice if counts[choice])


def _events(row: Observation) -> dict[tuple, tuple[str, str]]:
    """Role and reason by (action, moment) of what was recorded about the item."""
    told = Event.objects.filter(
        about_type=row._meta.label_lower,
        about_id=str(row.key),
        name__in=["observation.confirmed", "observation.adjusted", "observation.sent_back"],
    )
    return {(event.name, event.at): (event.role, why_of(event)) for event in told.select_related("body")}


def _steps_of_round(row: Observation) -> list[Step]:
    signed = [
        Step(signature.signed_at, Role(signature.role).label, "在全月的结果上签了字")
        for signature in signatures.standing(row.round)
    ]
    return [*signed, Step(row.round.publication.published_at, "文书", "张贴公示，开始记分")]
