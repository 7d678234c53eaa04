"""暂缓: what is open about an entry. A held deduction does not count; a held plus is only marked.

The event of the case that places or lifts a hold says why; a hold itself only keeps its history.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from governance.models import Entry, Hold, User
from governance.refusals import Conflict
from governance.saving import save


@transaction.atomic
def place(*, entry: Entry, cause: str, by: User | None, at: datetime) -> Hold:
    """Hold an entry for a case, `cause` being "objection:<key>"; who may is for the case to say.

    Raises Conflict when another case holds it already. Writes the hold and its history row.
    """
    hold = Hold(village_id=entry.village_id, entry=entry, cause=cause, placed_at=at)
    try:
        with transaction.atomic():
            save(hold, action="hold.placed", by=by, at=at)
    except IntegrityError as error:
        raise Conflict("这一条已经有人提了异议，正在办。等办完了再提，或者到那件异议里补充材料。") from error
    return hold


@transaction.atomic
def lift(*, cause: str, by: User | None, at: datetime) -> list[Hold]:
    """End every hold that a case placed; what is lifted already stays as it is. Returns those ended now."""
    found = list(
        Hold.objects.select_for_update(no_key=True).filter(cause=cause, lifted_at__isnull=True).order_by("pk")
    )
    for hold in found:
        hold.lifted_at = at
        save(hold, action="hold.lifted", by=by, at=at, fields=["lifted_at"])
    return found


def open_at(at: datetime) -> QuerySet[Hold]:
    """Holds that stood at a moment: placed by then and not lifted by then."""
    return Hold.objects.filter(Q(lifted_at__isnull=True) | Q(lifted_at__gt=at), placed_at__lte=at)
