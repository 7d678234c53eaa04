"""What happens by itself when a day passes: a late answer is said aloud, an erasure is carried out as asked."""

from governance.deadlines import handles
from rights import erasures, forgetting, rectifications
from rights.models import Erasure, Rectification


@handles(rectifications.DUE)
def not_answered(pk, at):
    """Nobody answered what was said to be wrong."""
    rectifications.overdue(rectification=Rectification.objects.get(pk=pk), at=at)


@handles(erasures.DUE)
def days_over(pk, at):
    """Nobody took it back."""
    erasures.come_due(erasure=Erasure.objects.get(pk=pk), at=at)


@handles(forgetting.FILES_DUE)
def files_left(pk, at):
    """The transaction that blanked the rows is committed: now the files go. A failure is tried again."""
    forgetting.delete_files(Erasure.objects.get(pk=pk).subject)
