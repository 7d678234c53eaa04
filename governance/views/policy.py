"""办事的天数和人数: every number of the procedure with its default, its bounds and its source; set from a day on."""

from django.http import Http404
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone

from governance import access, policies
from governance.forms.common import refusals_in
from governance.forms.policies import PolicyForm, shown, unit
from governance.models import Policy
from governance.models.people import Role
from governance.views.clerk import READ, READ_AND_POST, ask, done, for_village


@for_village(*READ, roles=())
def table(request, village):
    """Every number in force today, and what is set for later; read by everybody who works for the village."""
    day = access.today()
    later = {}
    for row in Policy.objects.filter(village=village, starts__gt=day).order_by("-starts", "-pk"):
        later[row.name] = row
    rows = [_row(name, rule, number, later.get(name)) for name, rule, number in policies.table(village, day)]
    is_clerk = access.holds(request.user, Role.CLERK, village, at=timezone.now())
    return render(request, "governance/policy.html", {"village": village, "rows": rows, "is_clerk": is_clerk})


@for_village(*READ_AND_POST)
def change(request, village, name):
    """Set one number from a day on."""
    if name not in policies.DEFINED:
        raise Http404
    at, rule = timezone.now(), policies.DEFINED[name]
    now = policies.value(name, village, access.today(at))
    form = PolicyForm(name, request.POST or None, initial={"starts": access.today(at)})
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            said = form.cleaned_data
            policies.set_value(
                name, said["value"], village=village, starts=said["starts"], source=said["source"],
                by=request.user, at=at,
            )  # fmt: skip
            return done(request, f"“{rule.label}”改好了。", "policy", village.code)
    back = reverse("policy", args=[village.code])
    points = [
        f"现在是{shown(now, rule)}{unit(rule)}，不改就是{shown(rule.default, rule)}{unit(rule)}。",
        "已经开始的月评、公示和异议，还照原来的数办。",
    ]
    return ask(
        request,
        form,
        title=f"改“{rule.label}”",
        points=points,
        button="改好",
        back=back,
        crumbs=[("办事的天数和人数", back)],
    )


def _row(name, rule, number, later) -> dict:
    return {
        "name": name,
        "label": rule.label,
        "now": shown(number, rule),
        "default": shown(rule.default, rule),
        "floor": shown(rule.floor, rule),
        "ceiling": shown(rule.ceiling, rule),
        "unit": unit(rule),
        "source": rule.source,
        "is_own": number != rule.default,
        "later": later and (shown(later.value, rule), later.starts),
    }


urlpatterns = [
    path("villages/<str:code>/policy/", table, name="policy"),
    path("villages/<str:code>/policy/<str:name>/", change, name="policy_set"),
]
