"""Tables of due process, one module per noun."""

from appeals.models.corrections import Correction, CorrectionLine
from appeals.models.decisions import Decision
from appeals.models.inquiries import Exhibit, Hearing, Inquiry
from appeals.models.objections import Objection
from appeals.models.processes import ObjectionProcess, RepairProcess
from appeals.models.repairs import Repair, RepairVote
from appeals.models.workbench import Delegation, Paragraph, SavedView

__all__ = [
    "Correction",
    "CorrectionLine",
    "Decision",
    "Delegation",
    "Exhibit",
    "Hearing",
    "Inquiry",
    "Objection",
    "ObjectionProcess",
    "Paragraph",
    "Repair",
    "RepairProcess",
    "RepairVote",
    "SavedView",
]
