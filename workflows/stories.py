"""What an observation tells the household about its ledger line (see governance.stories)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import F, Prefetch

from governance import stories
from governance.events import row_name, why_of
from governance.models import Event, Scorecard
from governance.models.people import Role
from governance.points import format_points
from governance.stories import Fact, Piece, Step, Story
from workflows.models import Ballot, Evidence, Observation, Round, Signature, Signed

_COUNTERS = {Evidence.Kind.PHOTO: "张", Evidence.Kind.DOCUMENT: "份", Evidence.Kind.WITNESS: "位"}


def facts(keys: list[str]) -> dict[str, Fact]:
    """The facts of published observations by key; two queries for any number."""
    posted = Observation.objects.filter(key__in=keys, round__publication__isnull=False)
    rows = list(posted.only("key", "state", "fact").annotate(ends=F("round__publication__window_ends")))
    counts = defaultdict(Counter)
    for row, kind in Evidence.objects.filter(observation__in=rows).values_list("observation_id", "kind"):
        counts[row][kind] += 1
    return {str(row.key): Fact(row.fact, _evidence_words(counts[row.pk]), row.ends) for row in rows}


def told(keys: list[str]) -> dict[str, Story]:
    """Everything behind published observations, by key: evidence, votes as counts, who did what when, by role.

    Six queries for any number.
    """
    rows = Observation.objects.filter(key__in=keys).select_related("rule", "round__publication")
    rows = list(rows.prefetch_related(Prefetch("evidence", Evidence.objects.order_by("added_at", "id"))))
    behind = _Behind(rows)
    return {str(row.key): _story(row, behind) for row in rows}


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
    stories.STORIES["observation"] = told
    stories.CARDS.append(signed_cards)


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


class _Behind:
    """What happened to several items, each kind asked once: history, events, ballots, signatures, by item."""

    def __init__(self, rows: list[Observation]):
        self.done = _grouped(
            Observation.history.filter(id__in=[row.pk for row in rows])
            .order_by("history_date", "history_id")
            .values_list("id", "history_date", "history_change_reason", "turn")
        )
        self.events = _events(rows)
        self.votes = _votes(rows)
        covering = Signed.objects.filter(
            observation__in=rows, turn=F("observation__turn"), signature__void_at__isnull=True
        )
        self.signed = _grouped(
            covering.order_by("signature__signed_at", "signature_id").values_list(
                "observation_id", "signature__signed_at", "signature__role"
            )
        )


def _grouped(rows: Iterable[tuple]) -> dict[int, list[tuple]]:
    """Rows by their first column, which is left off."""
    found = defaultdict(list)
    for first, *rest in rows:
        found[first].append(tuple(rest))
    return found


def _story(row: Observation, behind: _Behind) -> Story:
    signed = tuple(Step(at, Role(role).label, "在全月的结果上签了字") for at, role in behind.signed[row.pk])
    posted = Step(row.round.publication.published_at, "文书", "张贴公示，开始记分")
    return Story(
        place=row.place or "",
        grounds=row.grounds or "",
        pieces=[_piece(item) for item in row.evidence.all()],
        steps=[*_steps_of_item(row, behind), *signed, posted],
        votes=behind.votes.get((row.pk, row.turn), ""),
        signed=signed,
    )


def _steps_of_item(row: Observation, behind: _Behind) -> list[Step]:
    """From the history of the row; a leader's reason from the words of the event."""
    steps = []
    for at, action, turn in behind.done[row.pk]:
        role, why = behind.events.get((str(row.key), action, at), ("", ""))
        if said := _said(row, action, role, behind.votes.get((row.pk, turn), "")):
            steps.append(Step(at, *said, why))
    return steps


def _said(row: Observation, action: str, role: str, votes: str) -> tuple[str, str] | None:
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
                f"投票通过：{votes}" if votes else "看过，没有人有不同意见，通过",
            )
    return None


def _votes(rows: list[Observation]) -> dict[tuple[int, int], str]:
    """Closed ballots as counts by (item, turn), such as 同意4票，不同意1票; a sealed one is left out."""
    sealed = {(row.pk, row.turn) for row in rows if row.ballot_closed_at is None}
    counts = defaultdict(Counter)
    for pk, turn, choice in Ballot.objects.filter(observation__in=rows).values_list(
        "observation_id", "turn", "choice"
    ):
        counts[pk, turn][choice] += 1
    return {
        which: "，".join(f"{choice.label}{found[choice]}票" for choice in Ballot.Choice if found[choice])
        for which, found in counts.items()
        if which not in sealed
    }


def _events(rows: list[Observation]) -> dict[tuple, tuple[str, str]]:
    """Role and reason by (item, action, moment) of what was recorded about items."""
    told = Event.objects.filter(
        about_type=Observation._meta.label_lower,
        about_id__in=[str(row.key) for row in rows],
        name__in=["observation.confirmed", "observation.adjusted", "observation.sent_back"],
    )
    return {
        (event.about_id, event.name, event.at): (event.role, why_of(event))
        for event in told.select_related("body")
    }


def signed_cards(cards: list[Scorecard]) -> dict[int, list[Step]]:
    """Who signed scorecards, by id: their quarter's signatures, or those of their own correction. Two queries."""
    firsts = {(card.village_id, card.quarter) for card in cards if card.version == 1}
    settled = Signature.objects.filter(
        settlement__village__in={village for village, _ in firsts},
        settlement__quarter__in={quarter for _, quarter in firsts},
        void_at__isnull=True,
    ).order_by("signed_at", "id")
    quarters = defaultdict(list)
    for village, quarter, at, role in settled.values_list(
        "settlement__village_id", "settlement__quarter", "signed_at", "role"
    ):
        quarters[village, quarter].append(Step(at, Role(role).label, "看过这一季的结果，签了字"))
    corrected = Signature.objects.filter(amendment__scorecard__in=cards, void_at__isnull=True)
    found = {card.pk: quarters[card.village_id, card.quarter] for card in cards if card.version == 1}
    for pk, at, role in corrected.order_by("signed_at", "id").values_list(
        "amendment__scorecard_id", "signed_at", "role"
    ):
        found.setdefault(pk, []).append(Step(at, Role(role).label, "看过更正，签了字"))
    return found
