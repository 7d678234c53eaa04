"""村里的设置: what is set up, what is missing, and what to do next, in the order in which it is needed."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone

from governance import access, areas, imports, rulebooks
from governance.forms.common import refusals_in
from governance.forms.village import AreaForm
from governance.models import Appointment, Link, Notice, Policy, Rulebook, Subject
from governance.models.people import Role
from governance.views.clerk import READ, READ_AND_POST, ask, done, for_village

# Without these nobody can rate, confirm, vote and sign; a supervision body and helpers may come later.
_NO_AREA = "还没有片。导入户册会自动建，也可以自己加。"
NEEDED = (Role.RATER, Role.LEADER, Role.COUNCIL, Role.COMMITTEE)


@dataclass(frozen=True)
class Step:
    """One line of the checklist."""

    title: str
    said: str
    is_done: bool
    url: str
    action: str


@for_village(*READ)
def village(request, village):
    """The checklist and the areas with their leaders."""
    day = access.today()
    living = Q(subjects__closed_on__isnull=True)
    leaders = Appointment.objects.on(day).filter(role=Role.LEADER).select_related("user")
    led = {row.area_id: row.user for row in leaders.filter(division=village)}
    rows = list(village.areas.annotate(homes=Count("subjects", filter=living)))
    steps = _steps(village, rows, day)
    context = {
        "village": village,
        "steps": steps,
        "next": next((step for step in steps if not step.is_done), None),
        "areas": [(area, led.get(area.pk)) for area in rows],
        "waiting": imports.waiting(village).count(),
    }
    return render(request, "governance/village.html", context)


@for_village(*READ_AND_POST)
def area_new(request, village):
    """Add an area."""
    form = AreaForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            area = areas.add(village=village, **form.cleaned_data, by=request.user, at=timezone.now())
            return done(request, f"加好了{area}。接着任命它的承包组长。", "village", village.code)
    return ask(request, form, title="加一个片", button="加上", **_at_village(village))


@for_village(*READ_AND_POST)
def area_edit(request, village, pk):
    """Rename an area."""
    area = get_object_or_404(village.areas.select_related("village"), pk=pk)
    form = AreaForm(request.POST or None, initial={"name": area.name})
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            areas.rename(area=area, **form.cleaned_data, by=request.user, at=timezone.now())
            return done(request, "改好了，户和组长都不变。", "village", village.code)
    return ask(request, form, title=f"给{area}改名", button="改名", **_at_village(village))


def _steps(village, rows, day) -> list[Step]:
    """What must be there before the first month can be opened, first things first."""
    homes = Subject.objects.living().filter(village=village)
    count, agreed = homes.count(), homes.filter(enrolled_from__isnull=False, enrolled_to__isnull=True).count()
    linked = Link.objects.filter(village=village, ends__isnull=True, subject__closed_on__isnull=True).count()
    held = set(Appointment.objects.on(day).filter(division=village).values_list("role", flat=True))
    missing = [Role(role).label for role in NEEDED if role not in held]
    current = rulebooks.current(village)
    notice = Notice.objects.filter(in_force_from__lte=day).first()
    own = Policy.objects.on(day).filter(village=village).values("name").distinct().count()

    def step(title, said, is_done, name, action):
        return Step(title, said, is_done, reverse(name, args=[village.code]), action)

    return [
        step(
            "分片",
            f"{len(rows)}个片。" if rows else _NO_AREA,
            bool(rows),
            "area_new",
            "加一个片",
        ),
        step(
            "户册",
            f"{count}户。" if count else "还是空的，从表格导入最快。",
            bool(count),
            "imports",
            "导入户册",
        ),
        step(
            "告知和同意",
            _consent_words(notice, count, agreed),
            bool(notice and agreed),
            "roster",
            "看哪些户没参加",
        ),
        step(
            "人员和职务",
            f"还没有{'、'.join(missing)}。" if missing else "评、核、审、签的人都有了。",
            not missing,
            "people",
            "去任命",
        ),
        step("联户", _link_words(count, linked), bool(count) and linked >= count, "links", "定谁联哪几户"),
        step("评分细则", _rulebook_words(village, current), current is not None, "rulebooks", "办细则"),
        step(
            "办事的天数和人数",
            f"{own}项村里改过，别的照默认。" if own else "都照默认，要改才改。",
            True,
            "policy",
            "看一看",
        ),
    ]


def _consent_words(notice, count, agreed) -> str:
    if notice is None:
        return "还没有告知书，没法同意。请先把告知书定下来。"
    return f"告知书第{notice.version}版。{count}户里{agreed}户参加；不参加的不评分。"


def _link_words(count, linked) -> str:
    if linked >= count:
        return "每一户都有人联。" if count else "户册还是空的。"
    return f"还有{count - linked}户没有人联，评不了。"


def _rulebook_words(village, current) -> str:
    if current:
        return f"第{current.version}版正在施行。"
    newest = village.rulebooks.order_by("-version").first()
    if newest is None:
        return "还没有。导入、检查、公布、大会通过，才能施行。"
    return f"第{newest.version}版到了“{Rulebook.State(newest.state).label}”这一步。"


def _at_village(village) -> dict:
    back = reverse("village", args=[village.code])
    return {"back": back, "crumbs": [("村里的设置", back)]}


urlpatterns = [
    path("villages/<str:code>/", village, name="village"),
    path("villages/<str:code>/areas/new/", area_new, name="area_new"),
    path("villages/<str:code>/areas/<int:pk>/", area_edit, name="area_edit"),
]
