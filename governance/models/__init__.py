"""Tables of the governance layer, one module per noun."""

from governance.models.deadlines import CalendarDay, Deadline
from governance.models.divisions import Area, Division
from governance.models.events import Event, EventBody, Reading
from governance.models.ledger import Carry, Entry, Hold, Scorecard
from governance.models.machinery import Condition, Job, Pulse
from governance.models.people import Appointment, Kinship, Link, Shield, Slip, User
from governance.models.policies import Policy
from governance.models.rulebooks import Rule, Rulebook, RuleStep, VoidRule
from governance.models.subjects import Consent, ImportBatch, Member, Notice, Subject

__all__ = [
    "Appointment",
    "Area",
    "CalendarDay",
    "Carry",
    "Condition",
    "Consent",
    "Deadline",
    "Division",
    "Entry",
    "Event",
    "EventBody",
    "Hold",
    "ImportBatch",
    "Job",
    "Kinship",
    "Link",
    "Member",
    "Notice",
    "Policy",
    "Pulse",
    "Reading",
    "Rule",
    "RuleStep",
    "Rulebook",
    "Scorecard",
    "Shield",
    "Slip",
    "Subject",
    "User",
    "VoidRule",
]
