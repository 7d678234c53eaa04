"""The files from before a move, a split or a merger, and the same adult in them: what is deleted goes from there too."""

from __future__ import annotations

from collections.abc import Iterable

from governance.models import Member, Subject


def rows_before(member: Member) -> list[Member]:
    """An adult's own rows in the files that theirs came from, the nearest first; two queries a generation.

    A file that was erased is tied to none any more, and nobody in it has a name.
    """
    found: list[Member] = []
    seen, files = {member.subject_id}, [member.subject_id]
    while files:
        before = Subject.objects.filter(went_to__in=files).exclude(pk__in=seen)
        files = list(before.order_by("pk").values_list("pk", flat=True).distinct())
        seen.update(files)
        lived = Member.objects.filter(subject__in=files).select_related("subject__area", "village", "user")
        found += _theirs(member, lived.order_by("-left_on", "pk"))
    return found


def _theirs(member: Member, lived: Iterable[Member]) -> list[Member]:
    """The rows of one generation that are the same person: by account or ID number, else by a name only one has.

    Households that became one may have had two people of one name, and what is deleted does not come back.
    """
    alike = [row for row in lived if is_same(row, member)]
    known = [row for row in alike if _is_known(row, member)]
    return known or (alike if len(alike) == 1 else [])


def is_same(one: Member, other: Member) -> bool:
    """Are two rows of files tied together the same person, as far as one can tell."""
    if _is_known(one, other):
        return True
    is_known_otherwise = (one.user_id and other.user_id) or (one.id_number and other.id_number)
    return not is_known_otherwise and one.name == other.name


def _is_known(one: Member, other: Member) -> bool:
    has_account = one.user_id and one.user_id == other.user_id
    return bool(has_account or (one.id_number and one.id_number == other.id_number))
