"""The adults of a household at the desk: registered, corrected, their papers, their slips."""

from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from governance import consents, members, slips
from governance.forms.common import refusals_in
from governance.forms.consents import PaperForm, WithdrawForm
from governance.forms.subjects import LeaveForm, PersonForm, WhyForm
from governance.models import Member
from governance.refusals import Conflict
from governance.views.clerk import READ_AND_POST, ask, done, for_row
from governance.views.subjects import SUBJECTS, at_file

MEMBERS = Member.objects.select_related("village", "subject__area", "subject__village")


@for_row(SUBJECTS, *READ_AND_POST)
def add(request, subject):
    """Enter another adult."""
    form = PersonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            members.add(subject=subject, person=form.person, by=request.user, at=timezone.now())
            return done(request, "登记好了。", "subject", subject.key)
    points = ["不满14岁的孩子不登记。", "14到17岁的可以登记，不用本人同意，也不单独参加。"]
    return ask(request, form, title="登记一位家人", button="登记", points=points, **at_file(subject))


@for_row(MEMBERS, *READ_AND_POST)
def correct(request, member):
    """Mend what is written about a member."""
    written = members.person_of(member)
    initial = {"name": written.name, "phone": written.phone, "id_number": written.id_number}
    form = PersonForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            members.correct(member=member, person=form.person, by=request.user, at=timezone.now())
            return done(request, "更正好了。", "subject", member.subject.key)
    return ask(request, form, title=f"更正{member.name}的登记", button="更正", **at_file(member.subject))


@for_row(MEMBERS, *READ_AND_POST)
def leave(request, member):
    """A member no longer belongs to the household."""
    form = LeaveForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            members.leave(member=member, **form.cleaned_data, by=request.user, at=timezone.now())
            return done(request, f"记下了，{member.name}离开了这一户。", "subject", member.subject.key)
    sentence = "从那天起，他的账号看不到这一户。这一户别的都不变。"
    return ask(
        request,
        form,
        title=f"{member.name}离开这一户",
        sentence=sentence,
        button="记下来",
        **at_file(member.subject),
    )


@for_row(MEMBERS, *READ_AND_POST)
def head(request, member):
    """Make a member the head."""
    form = WhyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            members.change_head(member=member, **form.cleaned_data, by=request.user, at=timezone.now())
            return done(request, f"户主换成{member.name}了。", "subject", member.subject.key)
    stands = consents.standing(member).filter(purpose="scoring").exists()
    sentence = (
        f"{member.name}本人同意参加过，换了以后接着评。"
        if stands
        else f"{member.name}本人还没有同意参加。换了以后，从今天起不再评这一户，直到新户主同意。"
    )
    return ask(
        request,
        form,
        title=f"让{member.name}当户主",
        sentence=sentence,
        button="换户主",
        **at_file(member.subject),
    )


@for_row(MEMBERS, *READ_AND_POST)
def unbind(request, member):
    """Part a member from an account."""
    form = WhyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            members.unbind(member=member, **form.cleaned_data, by=request.user, at=timezone.now())
            return done(request, "解绑了。要重新绑，请开一张新的绑定条。", "subject", member.subject.key)
    sentence = "手机丢了、绑错了，用这一页。解绑以后，那个账号看不到这一户。"
    return ask(
        request,
        form,
        title=f"解绑{member.name}的账号",
        sentence=sentence,
        button="解绑",
        **at_file(member.subject),
    )


@for_row(MEMBERS, *READ_AND_POST)
def paper(request, member):
    """Write down a consent signed on paper."""
    form = PaperForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            consents.give_on_paper(member=member, **form.cleaned_data, by=request.user, at=timezone.now())
            return done(
                request, f"{member.name}纸上的同意录好了，下个月起算。", "subject", member.subject.key
            )
    points = ["照纸上录，一字不改；没签字、没见证人的不算同意。", "纸要收好，本人随时能来看。"]
    return ask(
        request,
        form,
        title=f"录{member.name}纸上的同意",
        points=points,
        button="录好",
        **at_file(member.subject),
    )


@for_row(MEMBERS, *READ_AND_POST)
def withdraw(request, member):
    """Take back what a member says they take back, at the desk."""
    standing = list(consents.standing(member).values_list("purpose", flat=True))
    if not standing:
        raise Conflict("这一位没有同意过的事，或者已经退出了，不用再办。")
    form = WithdrawForm(standing, request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            consents.withdraw(member=member, purpose=form.which, by=request.user, at=timezone.now())
            return done(request, f"{member.name}退出了，马上算数。", "subject", member.subject.key)
    points = [
        "不用写理由，也不要劝。",
        "户主退出“参加评议记分”，马上不再评这一户。",
        "以后想回来，随时能再同意。",
    ]
    return ask(
        request, form, title=f"代{member.name}办退出", points=points, button="退出", **at_file(member.subject)
    )


@for_row(MEMBERS, *READ_AND_POST)
def slip(request, member):
    """Ask once more, then show the code this once, on a slip to print and hand over in person."""
    if request.method == "POST":
        code = slips.make(member=member, by=request.user, at=timezone.now())
        page = {"member": member, "code": code, "days": slips.VALID.days, **at_file(member.subject)}
        answer = render(request, "governance/member_slip.html", page)
        answer["Cache-Control"] = "no-store"  # the code is for the paper only
        return answer
    page = {"member": member, "days": slips.VALID.days, **at_file(member.subject)}
    return render(request, "governance/member_slip_ask.html", page)


urlpatterns = [
    path("subjects/<uuid:key>/members/add/", add, name="member_add"),
    path("members/<uuid:key>/edit/", correct, name="member_edit"),
    path("members/<uuid:key>/leave/", leave, name="member_leave"),
    path("members/<uuid:key>/head/", head, name="member_head"),
    path("members/<uuid:key>/unbind/", unbind, name="member_unbind"),
    path("members/<uuid:key>/paper/", paper, name="consent_paper"),
    path("members/<uuid:key>/withdraw/", withdraw, name="consent_withdraw"),
    path("members/<uuid:key>/slip/", slip, name="slip"),
]
