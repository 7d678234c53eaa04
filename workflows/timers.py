"""What happens by itself when a deadline passes. Machines remind, list and escalate; people decide."""

from governance.deadlines import handles
from governance.events import record
from workflows import ballots, notice_files, rounds, second_ratings, settlements, signatures
from workflows.dates import set_ballots_due
from workflows.models import Publication, Round, Settlement


@handles("round.sheets")
def sheets_due(round_id, at):
    """Sheets not handed in are listed as missing."""
    rounds.close_collection(round=Round.objects.get(pk=round_id), at=at)


@handles("round.areas")
def areas_due(round_id, at):
    """Sheets still unconfirmed: say so, the township may stand in; nobody confirms by silence."""
    round = Round.objects.get(pk=round_id)
    if round.state == Round.State.COLLECTING:
        record(
            "round.areas_late",
            village=round.village,
            about=round,
            by=None,
            at=at,
            role="system",
            rows=[round],
        )


@handles("round.ballots")
def ballots_due(round_id, at):
    """Ballots with a quorum close; the rest go to the township's panel, which gets as many days."""
    round = Round.objects.get(pk=round_id)
    ballots.close_overdue(round=round, at=at)
    if round.observations.filter(state__in=signatures.PENDING).exists():
        set_ballots_due(round, at=at)


@handles(second_ratings.DUE)
def second_ratings_due(round_id, at):
    """What nobody looked at again by now is counted as not looked at."""
    second_ratings.miss(round=Round.objects.get(pk=round_id), at=at)


@handles(notice_files.DUE)
def notice_to_print(publication_id, at):
    """A notice was posted: its PDF is made and kept."""
    notice_files.make(publication=Publication.objects.get(pk=publication_id), at=at)


@handles("round.window")
def window_over(round_id, at):
    """The notice was up long enough."""
    rounds.close(round=Round.objects.get(pk=round_id), at=at)


@handles("settlement.window")
def quarter_window_over(settlement_id, at):
    """The quarter's notice was up long enough."""
    settlements.finish(settlement=Settlement.objects.get(pk=settlement_id), at=at)
