"""A household's file at the desk: what is written in it, and the acts that change its cover, rater and ties."""

from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone

from governance import access, consents, files, kinships, links, recusal, subjects
from governance.forms.common import refusals_in
from governance.forms.subjects import CorrectForm, KinForm, NewForm, RaterForm
from governance.models import Appointment, Subject, User
from governance.models.people import Role
from governance.views.clerk import POST, READ, READ_AND_POST, ask, done, for_row, for_village

SUBJECTS = Subject.objects.select_related("village", "area")


@for_village(*READ_AND_POST)
def new(request, village):
    """Open a file with its head; taking part comes later, from the head's own consent."""
    form = NewForm(village, request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            made = subjects.create(
                village=village, home=form.home, head=form.head, by=request.user, at=timezone.now()
            )
            return done(request, "立好档了。户主同意以前是未参加，不评分。", "subject", made.key)
    roster = reverse("roster", args=[village.code])
    points = ["只登记不评分：户主在手机上或纸上同意，下个月起才参加。", "不满14岁的孩子不登记。"]
    return ask(
        request, form, title="加一户", button="立档", back=roster, points=points, crumbs=[("户册", roster)]
    )


@for_row(SUBJECTS, *READ)
def subject(request, subject):
    """The whole file; that it was opened is noted, and the household sees it."""
    at = timezone.now()
    files.look(subject, by=request.user, at=at)
    return _file(request, subject, at)


@for_row(SUBJECTS, *POST)
def reveal(request, subject):
    """The file with whole phone and ID numbers, this once; that it was asked for is an event."""
    at = timezone.now()
    files.reveal(subject, by=request.user, at=at)
    return _file(request, subject, at, is_open=True)


@for_row(SUBJECTS, *READ_AND_POST)
def correct(request, subject):
    """Mend a cover that was written wrongly."""
    cover = {name: getattr(subject, name) for name in ("area", "door", "name", "kind")}
    form = CorrectForm(subject.village, request.POST or None, initial=cover)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            subjects.correct(
                subject=subject,
                home=form.home,
                why=form.cleaned_data["why"],
                by=request.user,
                at=timezone.now(),
            )
            return done(request, "更正好了。", "subject", subject.key)
    return ask(request, form, title="更正户册", button="更正", **at_file(subject))


@for_row(SUBJECTS, *READ_AND_POST)
def rater(request, subject):
    """Who rates the household from today."""
    at, by = timezone.now(), request.user
    now = subject.links.filter(ends__isnull=True).select_related("rater").first()
    form = RaterForm(raters(subject.village, at), request.POST or None, is_first=now is None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            chosen = form.cleaned_data["rater"]
            if now:
                links.relink(subject=subject, rater=chosen, why=form.cleaned_data["why"], by=by, at=at)
            else:
                links.link(rater=chosen, subject=subject, by=by, at=at)
            sentence = f"从今天起由{chosen}联这一户。{links.caution(chosen, subject, at)}"
            return done(request, sentence, "subject", subject.key)
    title = "换联户党员" if now else "定联户党员"
    sentence = (
        f"现在由{now.rater}联。换了以后，这个月还没评的由新的党员评。"
        if now
        else "现在没有人联这一户，评不了。"
    )
    return ask(request, form, title=title, sentence=sentence, button="定下来", **at_file(subject))


@for_row(SUBJECTS, *READ_AND_POST)
def kin(request, subject):
    """Write down that somebody in office is kin of this household."""
    at = timezone.now()
    form = KinForm(officials(subject.village, at), request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            kinships.declare(**form.cleaned_data, subject=subject, by=request.user, at=at)
            return done(request, "记下了。从今天起，这一户的事他要回避。", "subject", subject.key)
    sentence = "是亲属的，评、核、审、签都要回避，由别人来办。"
    return ask(request, form, title="申报亲属", sentence=sentence, button="记下来", **at_file(subject))


def at_file(subject: Subject) -> dict:
    """Where a page about a file leads back to."""
    back = reverse("subject", args=[subject.key])
    roster = reverse("roster", args=[subject.village.code])
    return {"back": back, "crumbs": [("户册", roster), (f"{subject.area.name}{subject.door}", back)]}


def raters(village, at):
    """Party members who rate in a village now, by name."""
    return User.objects.filter(
        pk__in=[user.pk for user in access.staff(Role.RATER, village, at=at)]
    ).order_by("name")


def officials(village, at):
    """Everybody with an office that reaches a village, by name."""
    codes = [village.code, village.code[:9] + "000", village.code[:6] + "000000"]
    held = Appointment.objects.on(access.today(at)).filter(division__code__in=codes)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")


def _file(request, subject, at, is_open=False):
    links_of = list(subject.links.select_related("rater").order_by("-starts", "-pk"))
    context = {
        "subject": subject,
        "village": subject.village,
        "people": files.people(subject, is_open=is_open),
        "is_open": is_open,
        "links": links_of,
        "caution": _caution(subject, links_of, at),
        "kin": subject.kinships.on(access.today(at)).select_related("user").order_by("user__name", "pk"),
        "history": files.history(subject),
        "before": subject.came_from.select_related("area"),
        "after": subject.went_to.select_related("area"),
        "is_agreed": consents.is_agreed(subject),
        "today": access.today(at),
        "crumbs": [("户册", reverse("roster", args=[subject.village.code]))],
    }
    return render(request, "governance/subject.html", context)


def _caution(subject, links_of, at) -> str:
    """Why the present rater stays out of this household each month; empty when nothing stands against it."""
    now = next((link.rater for link in links_of if link.ends is None), None)
    return recusal.reasons(now, [subject], at=at).get(subject.pk, "") if now else ""


urlpatterns = [
    path("villages/<str:code>/subjects/new/", new, name="subject_new"),
    path("subjects/<uuid:key>/", subject, name="subject"),
    path("subjects/<uuid:key>/reveal/", reveal, name="subject_reveal"),
    path("subjects/<uuid:key>/edit/", correct, name="subject_edit"),
    path("subjects/<uuid:key>/rater/", rater, name="subject_rater"),
    path("subjects/<uuid:key>/kin/", kin, name="subject_kin"),
]
