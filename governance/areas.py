"""The areas of a village: added and renamed by the clerk; a roster that names a new one adds it too."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from governance.access import check_role
from governance.events import record
from governance.models import Area, Division, User
from governance.models.people import Role
from governance.refusals import Invalid

LONGEST = 30


@transaction.atomic
def add(*, village: Division, name: str, by: User, at: datetime) -> Area:
    """A new area behind the others. Raises Refused (not the clerk) or Invalid (name empty, long, or taken)."""
    role = check_role(by, Role.CLERK, village=village, at=at)
    village = Division.objects.select_for_update(no_key=True).get(pk=village.pk)
    last = village.areas.aggregate(last=Max("position"))["last"]
    area = Area(village=village, name=_checked(village, name), position=0 if last is None else last + 1)
    area.save()
    record("area.added", village=village, about=area, by=by, at=at, role=role, detail={"name": area.name})
    return area


@transaction.atomic
def rename(*, area: Area, name: str, by: User, at: datetime) -> Area:
    """Another name for an area; its households and its leader stay. Raises Refused or Invalid."""
    role = check_role(by, Role.CLERK, village=area.village, at=at)
    area = Area.objects.select_for_update(of=("self",), no_key=True).select_related("village").get(pk=area.pk)
    before, area.name = area.name, _checked(area.village, name, but=area)
    area.save(update_fields=["name"])
    detail = {"before": before, "after": area.name}
    record("area.renamed", village=area.village, about=area, by=by, at=at, role=role, detail=detail)
    return area


def _checked(village: Division, name: str, but: Area | None = None) -> str:
    name = name.strip()
    if not 0 < len(name) <= LONGEST:
        raise Invalid(name=f"要写片名，最多{LONGEST}个字。")
    if village.areas.filter(name=name).exclude(pk=but.pk if but else None).exists():
        raise Invalid(name="村里已经有这个片了，请换一个名字。")
    return name
