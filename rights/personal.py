"""Where a household's own words are kept: the one list behind erasure, and its test.

Every model with an encrypted column stands here, with the way from its rows to the household they belong to, or
with the reason why they belong to none. A model that is missing fails tests/rights/test_personal.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q

from governance.erasing import GONE
from governance.models import Subject


@dataclass(frozen=True)
class Belongs:
    """How rows of a model lead to their household: lookups that give its primary key. `plain` are columns in
    clear that would point at it, with what they read afterwards; `filled` must not become empty."""

    to: tuple[str, ...]
    plain: dict[str, object] = field(default_factory=dict)
    filled: tuple[str, ...] = ()


PERSONAL = {
    "governance.Subject": Belongs(("pk",), {"door": GONE, "door_order": ""}),
    "governance.Member": Belongs(("subject",), {"user": None}),
    "governance.Consent": Belongs(("member__subject",), filled=("witness",)),
    "workflows.Observation": Belongs(("subject",)),
    "workflows.Evidence": Belongs(("observation__subject",)),
    "workflows.Ballot": Belongs(("observation__subject",)),
    # The signature under a month or a quarter is about all of them; under a corrected colour about one household.
    "workflows.Signature": Belongs(("amendment__subject",)),
    "appeals.Objection": Belongs(("subject",)),
    "appeals.Inquiry": Belongs(("objection__subject",), filled=("to_name",)),
    "appeals.Exhibit": Belongs(("objection__subject", "repair__subject")),
    "appeals.Hearing": Belongs(("objection__subject",)),
    "appeals.Decision": Belongs(("objection__subject",)),
    "appeals.Repair": Belongs(("subject",)),
    "appeals.RepairVote": Belongs(("repair__subject",)),
    "rights.Rectification": Belongs(("subject",)),
}
# Encrypted columns that are no single household's, and what becomes of them.
ELSEWHERE = {
    "governance.User": "the account of a resident is emptied and closed (rights.forgetting)",
    "governance.EventBody": "deleted whole (governance.erasing.erase)",
    "governance.ImportBatch": "whole rosters, kept seven days at most; those of the village are deleted",
    "notifications.Preference": "where an account is reached; deleted with it (notifications.forgetting)",
    "oversight.Finding": "what an official says about their own work; no household is named on the watch",
    "appeals.Correction": "the ground of a correction of many households names a rule or a decision, not a household",
}


def model_of(label: str) -> type[models.Model]:
    """The model of a line of the list."""
    return apps.get_model(label)


def rows_of(label: str, subject: Subject) -> models.QuerySet:
    """The rows of a model on the list that belong to a household."""
    wanted = Q(pk__in=[])
    for path in PERSONAL[label].to:
        wanted |= Q(**{path: subject.pk})
    return model_of(label)._base_manager.filter(wanted)


def keys_of(subject: Subject) -> dict[str, list[UUID]]:
    """The keys of all rows that hold words of a household, by model; a query each."""
    return {label: list(rows_of(label, subject).values_list("key", flat=True)) for label in PERSONAL}


def with_files(subject: Subject) -> Iterable[models.Model]:
    """Evidence and exhibits of a household that have a file."""
    for label in ("workflows.Evidence", "appeals.Exhibit"):
        yield from rows_of(label, subject).exclude(stored_as="")
