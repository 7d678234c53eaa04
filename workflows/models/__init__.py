"""Tables of the month and the quarter, one module per noun."""

from workflows.models.observations import Ballot, Evidence, Observation
from workflows.models.processes import RoundProcess, SettlementProcess, SheetProcess
from workflows.models.publications import NoticeFile, Publication, Signature, Signed
from workflows.models.rounds import Round, Sheet, SheetLine
from workflows.models.second_ratings import SecondRating
from workflows.models.settlements import Amendment, Settlement, Viewed

__all__ = [
    "Amendment",
    "Ballot",
    "Evidence",
    "NoticeFile",
    "Observation",
    "Publication",
    "Round",
    "RoundProcess",
    "SecondRating",
    "Settlement",
    "SettlementProcess",
    "Sheet",
    "SheetLine",
    "SheetProcess",
    "Signature",
    "Signed",
    "Viewed",
]
