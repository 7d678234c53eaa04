"""The files from before a move, a split or a merger, and the same adult in them: what is deleted goes from there too."""

from __future__ import annotations

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
        found += [row for row in lived.order_by("-left_on", "pk") if is_same(row, member)]
    return found


def is_same(one: Member, other: Member) -> bool:
    """Are two rows of files tied together the same person: by account, else by ID number, else by name."""
    if one.user_id and one.user_id == other.user_id:
        return True
    if one.id_number and other.id_number:
        return one.id_number == other.id_number
    return one.name == other.name
