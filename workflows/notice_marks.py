"""Which signed checkpoint a posted notice carries."""

from __future__ import annotations

from transparency.models import Checkpoint, Epoch
from workflows.models import Publication


def checkpoint_of(publication: Publication) -> Checkpoint | None:
    """The checkpoint signed of the log as the notice left it, or the next one that covers it; None: not signed yet.

    A notice belongs to the epoch its own leaf was written in. When two were posted at once the larger may have been
    signed first; and one posted just before a restore may only be covered by the epoch after.
    """
    if not publication.log_size:
        return None
    village = publication.village.code
    epochs = Epoch.objects.filter(village=village, starts__lt=publication.log_size).order_by("-number")
    number = epochs.values_list("number", flat=True).first() or 1
    covering = Checkpoint.objects.filter(village=village, epoch__gte=number, size__gte=publication.log_size)
    return covering.order_by("epoch", "size").first()
