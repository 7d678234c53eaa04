"""人员和职务: who holds which office in a village, filled and ended by date, with what passes on."""

from itertools import groupby

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from governance import access, appointments
from governance.forms.common import refusals_in
from governance.forms.people import ORDER, AccountForm, AppointForm, ElectionForm, EndForm
from governance.models import Appointment, Event, Link, User
from governance.models.people import Role
from governance.refusals import Conflict
from governance.views.clerk import READ, READ_AND_POST, ask, done, for_row, for_village, in_two_steps

OFFICES = Appointment.objects.select_related("user", "division", "area")


@for_village(*READ)
def people(request, village):
    """Everybody in office, by office; who comes later and who left lately below."""
    day = access.today()
    rows = sorted(
        OFFICES.filter(division=village).filter(Q(ends__isnull=True) | Q(ends__gte=day)),
        key=lambda row: (ORDER[row.role], row.area.position if row.area else 0, row.user.name, row.pk),
    )
    held = {row.role for row in rows}
    context = {
        "village": village,
        "groups": [
            (Role(role).label, list(group)) for role, group in groupby(rows, key=lambda row: row.role)
        ],
        "missing": [
            role.label for role in appointments.IN_VILLAGE if role not in held and role != Role.HELPER
        ],
        "ended": OFFICES.filter(division=village, ends__lt=day).order_by("-ends", "-pk")[:20],
        "today": day,
    }
    return render(request, "governance/people.html", context)


@sensitive_post_parameters("password")
@for_village(*READ_AND_POST)
def account_new(request, village):
    """Make an account, then go on to the office."""
    form = AccountForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            user = appointments.create_account(
                village=village, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            appoint = reverse("appoint", args=[village.code])
            messages.success(request, f"{user}的账号建好了。接着任命职务。")
            return redirect(f"{appoint}?user={user.key}")
    sentence = "给要任职的人建账号。住户的账号不在这里建，用绑定条。"
    return ask(request, form, title="建账号", sentence=sentence, button="建账号", **_at_people(village))


@for_village(*READ_AND_POST)
def appoint(request, village):
    """Fill an office."""
    at, by = timezone.now(), request.user
    first = {"user": request.GET.get("user"), "role": request.GET.get("role")}
    form = AppointForm(village, _known(village), request.POST or None, initial=first)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            row = appointments.appoint(division=village, **form.cleaned_data, by=by, at=at)
            day = "今天" if row.starts == access.today(at) else f"{row.starts.month}月{row.starts.day}日"
            return done(request, f"{row.user}从{day}起是{row.get_role_display()}。", "people", village.code)
    points = [
        "不能自己任命自己，要请别的文书来办。",
        "村务监督不能由理事会、村两委的人或他们的近亲属担任。",
        "镇里和县里的职务由系统管理员来设。",
    ]
    return ask(request, form, title="任命", points=points, button="任命", **_at_people(village))


@for_row(OFFICES, *READ_AND_POST, village="division")
def end(request, office):
    """End an office; what was to be done passes on in the same act."""
    village = office.division
    if office.ends:
        raise Conflict(
            f"{office.user}的{office.get_role_display()}{office.ends.month}月{office.ends.day}日已经到期了。"
        )
    form = EndForm(_known(village).exclude(pk=office.user_id), request.POST or None)

    def act(said):
        return appointments.end(appointment=office, **said, by=request.user, at=timezone.now())

    def tell(said):
        return [_passes_on(office, said["successor"])]

    def then(row):
        return done(request, f"{row.user}的{row.get_role_display()}到期了。", "people", village.code)

    return in_two_steps(
        request, form, act, tell=tell, then=then, title=f"{office.user}不再是{office.get_role_display()}",
        button="看看办了以后怎样", **_at_people(village),
    )  # fmt: skip


@for_village(*READ_AND_POST)
def election(request, village):
    """End many offices in one act, all or none."""
    day = access.today()
    rows = sorted(
        OFFICES.on(day).filter(division=village, ends__isnull=True).exclude(user=request.user),
        key=lambda row: (ORDER[row.role], row.user.name, row.pk),
    )
    form = ElectionForm(rows, _known(village), request.POST or None)

    def act(said):
        return appointments.end_many(
            appointments=form.chosen, why=said["why"], on=said["on"], successors=form.successors,
            by=request.user, at=timezone.now(),
        )  # fmt: skip

    def tell(said):
        return [_passes_on(row, form.successors.get(row.pk)) for row in form.chosen]

    def then(ended):
        return done(request, f"办好了，{len(ended)}个职务一起到期。", "people", village.code)

    return in_two_steps(
        request, form, act, tell=tell, then=then, title="换届，一起离任",
        sentence="勾上离任的人，定好谁接替。要么一起办成，要么一个也不动。您自己的职务不在这里，请别的文书来办。",
        button="看看办了以后怎样", template="governance/people_election.html", **_at_people(village),
    )  # fmt: skip


def _known(village):
    """People the village knows: in office now or before, or with an account that was made here."""
    made = Event.objects.filter(village=village, name="account.created").values_list("about_id", flat=True)
    held = Appointment.objects.filter(division=village).values("user")
    return User.objects.filter(Q(pk__in=held) | Q(key__in=list(made)), is_active=True).order_by("name", "pk")


def _passes_on(row: Appointment, successor: User | None) -> str:
    """What happens to what somebody had to do, as a sentence."""
    who = f"{row.user}（{row.get_role_display()}）"
    links = Link.objects.filter(rater=row.user, village=row.division, ends__isnull=True).count()
    homes = f"，{links}户也由他联" if successor and row.role == Role.RATER and links else ""
    if successor:
        return f"{who}离任，{successor}接替，没办完的事交给他{homes}。"
    left = f"，{links}户暂时没有人联" if row.role == Role.RATER and links else ""
    return f"{who}离任，还没有人接替，没办完的事放回大家的待办里{left}。"


def _at_people(village) -> dict:
    back = reverse("people", args=[village.code])
    return {"back": back, "crumbs": [("人员和职务", back)]}


urlpatterns = [
    path("villages/<str:code>/people/", people, name="people"),
    path("villages/<str:code>/people/account/", account_new, name="account_new"),
    path("villages/<str:code>/people/appoint/", appoint, name="appoint"),
    path("villages/<str:code>/people/election/", election, name="election"),
    path("appointments/<uuid:key>/end/", end, name="appointment_end"),
]
