"""联户: how many households each party member rates, and many of them to another in one act."""

from django.db.models import Count, Prefetch, Q
from django.http import Http404
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone

from governance import links, recusal
from governance.forms.links import TakeOverForm
from governance.models import Link, Member, Subject
from governance.views.clerk import READ_AND_POST, done, for_village, in_two_steps
from governance.views.subjects import raters

MANY = 20  # what one person can look at in a month (design/1-product.md, Who uses it)


@for_village(*READ_AND_POST)
def overview(request, village):
    """Each rater with their households; ?rater=<key> or ?rater=none opens a list to hand over."""
    at = timezone.now()
    everybody = raters(village, at)
    chosen = request.GET.get("rater")
    if chosen:
        return _households(request, village, everybody, _rater(everybody, chosen), at)
    is_open = Q(links__village=village, links__ends__isnull=True, links__subject__closed_on__isnull=True)
    context = {
        "village": village,
        "rows": everybody.annotate(homes=Count("links", filter=is_open)),
        "without": _without(village).count(),
        "most": MANY,
    }
    return render(request, "governance/links.html", context)


def _households(request, village, everybody, rater, at):
    """The households of one rater, or of nobody (rater None), to be ticked and handed over."""
    rows = _of(village, rater)
    form = TakeOverForm(rows, everybody.exclude(pk=rater.pk) if rater else everybody, request.POST or None)
    back = reverse("links", args=[village.code])

    def act(said):
        return links.take_over(**said, by=request.user, at=at)

    def tell(said):
        taker, homes = said["rater"], said["subjects"]
        kin = recusal.reasons(taker, homes, at=at)
        followed = [f"{len(homes)}户从今天起由{taker}联，以前评的不变。"]
        return followed + [
            f"{home.area.name}{home.door}是他的亲属。可以联，每个月会自动换别的党员来评。"
            for home in homes
            if home.pk in kin
        ]

    def then(made):
        return done(request, f"{len(made)}户换好了。", "links", village.code)

    ticked = set(form.data.getlist("subjects")) if form.is_bound else set()
    page = {"village": village, "rater": rater, "rows": rows.in_order(), "ticked": ticked, "back": back}
    page["title"] = f"{rater}联的户" if rater else "还没有人联的户"
    page |= {"crumbs": [("联户", back)], "button": "看看办了以后怎样", "template": "governance/links_of.html"}
    return in_two_steps(request, form, act, tell=tell, then=then, **page)


def _rater(everybody, key: str):
    """The rater of a key, None for "none"; 404 for anybody else."""
    if key == "none":
        return None
    found = next((user for user in everybody if str(user.key) == key), None)
    if found is None:
        raise Http404
    return found


def _of(village, rater):
    rows = Subject.objects.living().filter(links__ends__isnull=True, links__rater=rater, village=village)
    rows = rows if rater else _without(village)
    heads = Member.objects.filter(is_head=True, left_on__isnull=True)
    return rows.select_related("area").prefetch_related(Prefetch("members", heads, to_attr="heads"))


def _without(village):
    linked = Link.objects.filter(village=village, ends__isnull=True).values("subject")
    return Subject.objects.living().filter(village=village).exclude(pk__in=linked)


urlpatterns = [path("villages/<str:code>/links/", overview, name="links")]
