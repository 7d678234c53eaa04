"""Who may look at the evidence of an observation: those who act on it, in their step, and the household.

Never kin, save the household itself once the item is posted. A layer above adds its own readers to READERS.
Source: design/5-trust.md, Access.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from governance.access import holds
from governance.households import adult_of, sees_score
from governance.models import User
from governance.models.people import Role
from governance.recusal import reasons
from workflows.models import Observation
from workflows.who import confirmers, voters

State = Observation.State
POSTED = [State.PUBLISHED, State.FINAL]
Reader = Callable[[User, Observation, datetime], bool]


def may_see(user: User, observation: Observation, *, at: datetime) -> bool:
    """May a user open the photos and papers of an observation now."""
    return any(reader(user, observation, at) for reader in READERS)


def its_rater(user: User, observation: Observation, at: datetime) -> bool:
    """Who wrote it down; alone while it is a draft."""
    return observation.sheet.rater_id == user.pk


def its_leader(user: User, observation: Observation, at: datetime) -> bool:
    """Who settles it, or has settled it."""
    if observation.state == State.DRAFTED:
        return False
    if user.pk == observation.confirmed_by_id:
        return True
    # Once settled it is nobody else's: who would settle it now, after an objection, has nothing to look for.
    asked = observation if observation.state == State.FILED else None
    is_leader = user in confirmers(observation.sheet, at=at, item=asked)
    return is_leader and not reasons(user, [observation.subject_id], at=at)


def its_judges(user: User, observation: Observation, at: datetime) -> bool:
    """The council and township panel that vote or voted on it, and the committee that signs it; never kin."""
    if observation.state in (State.DRAFTED, State.FILED, State.WITHDRAWN):
        return False
    if reasons(user, [observation.subject_id], at=at):
        return False
    if observation.state == State.CONFIRMED and user in voters(observation, at=at):
        return True
    return observation.ballots.filter(voter=user).exists() or any(
        holds(user, role, observation.village, at=at) for role in (Role.COUNCIL, Role.COMMITTEE)
    )


def its_household(user: User, observation: Observation, at: datetime) -> bool:
    """The household's own adults who agreed, once it is posted."""
    if observation.state not in POSTED:
        return False
    member = adult_of(user, observation.subject_id)
    return member is not None and sees_score(member)


READERS: list[Reader] = [its_rater, its_leader, its_judges, its_household]
