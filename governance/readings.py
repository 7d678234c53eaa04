"""Who looked into a household's file: logged, and shown to the household (design/5-trust.md, Access)."""

from datetime import datetime

from django.db.models import QuerySet

from governance.models import Reading, Subject, User
from governance.refusals import Invalid


def log_reading(
    *, user: User, subject: Subject, role: str, why: str, at: datetime, opens: bool = False
) -> Reading:
    """Note that a user opened a file, in which role and why. Raises Invalid without a reason.

    `opens`: the reason is the reader's own, given to look at the whole file for a while (oversight.opening).
    """
    why = why.strip()
    if not why:
        raise Invalid(why="请写明为什么要看，这一户会看到您写的话。")
    if len(why) > 200:
        raise Invalid(why="请写短一点，最多200个字。")
    return Reading.objects.create(
        village_id=subject.village_id,
        subject_key=subject.key,
        by=user,
        role=role,
        why=why,
        at=at,
        opens=opens,
    )


def readings_of(subject: Subject) -> QuerySet[Reading]:
    """Every look into a file, newest first, with who looked."""
    return Reading.objects.filter(subject_key=subject.key).select_related("by").order_by("-at", "-id")
