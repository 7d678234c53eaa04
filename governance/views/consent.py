"""同意与退出: what is asked of each adult, what they agreed to, and the way out."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance import access, consents, households, lexicon, policies
from governance.forms.consent import WORDS, AnswerForm
from governance.models import Consent
from governance.models.people import Role
from governance.refusals import Refused

Purpose = Consent.Purpose
NEVER_SOURCES = (lexicon.SENSITIVE, lexicon.PETITION, lexicon.SPEECH, lexicon.FAITH, lexicon.LITIGATION)


def for_member(*methods):
    """Give a view the reader's own Member; an account bound to nobody is led to binding."""

    def wrap(view):
        @login_required
        @require_http_methods(["GET", "HEAD", *methods])
        @wraps(view)
        def seen(request):
            member = households.member_of(request.user)
            return view(request, member) if member else redirect("bind")

        return seen

    return wrap


@for_member("POST")
def consent(request, member):
    """The notice, the questions still open, what stands, and the way out. POST answers questions."""
    at = timezone.now()
    form = AnswerForm(_may_answer(member, at), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        _answer(member, form.cleaned_data, by=request.user, at=at)
        messages.success(request, "记下了。想改随时到这里改。")
        return redirect("my_consent")
    return render(
        request, "governance/consent.html", _page(member, form, at), status=422 if form.errors else 200
    )


@for_member("POST")
def withdraw(request, member):
    """Say plainly what follows, then withdraw: ?purpose=honour one purpose, else everything."""
    purpose = request.GET.get("purpose", Purpose.SCORING)
    if purpose not in Purpose.values:
        raise Refused("没有这一项。请回“同意与退出”重新点。")
    if request.method == "POST":
        everything = purpose == Purpose.SCORING
        consents.withdraw(
            member=member, by=request.user, at=timezone.now(), purpose="" if everything else purpose
        )
        messages.success(request, "退出了，马上算数。以后想回来，还在这里点。")
        return redirect("my_consent")
    return render(request, "governance/consent_withdraw.html", {"member": member, "purpose": purpose})


@for_member()
def paper(request, member):
    """The notice and a form to sign by hand, for whoever prefers paper."""
    at = timezone.now()
    context = {"member": member, "notice": consents.notice_on(access.today(at)), "words": WORDS.values()}
    return render(request, "governance/consent_sign.html", context)


def _may_answer(member, at) -> list[str]:
    """Purposes that can be answered now: those asked, and those that do not stand."""
    standing = set(consents.standing(member).values_list("purpose", flat=True))
    asked = {ask.purpose for ask in consents.asks(member, at)}
    return [purpose for purpose in Purpose if purpose in asked or purpose not in standing]


@transaction.atomic
def _answer(member, answers: dict[str, str], *, by, at) -> None:
    """Write each answer. A no to what stands under an older notice takes it back."""
    standing = set(consents.standing(member).values_list("purpose", flat=True))
    for purpose, word in answers.items():
        if word == "yes":
            consents.give(member=member, purpose=purpose, by=by, at=at)
        elif purpose in standing:
            consents.withdraw(member=member, purpose=purpose, by=by, at=at)
        else:
            consents.decline(member=member, purpose=purpose, by=by, at=at)


def _page(member, form, at) -> dict:
    day = access.today(at)
    asks = [ask.purpose for ask in consents.asks(member, at)]
    standing = {row.purpose: row for row in consents.standing(member).select_related("notice")}
    clerks = access.staff(Role.CLERK, member.village, at=at)
    return {
        "member": member,
        "form": form,
        "asked": [form[purpose] for purpose in asks],
        "is_renewal": any(purpose in standing for purpose in asks),
        "mine": [
            (purpose, WORDS[purpose], standing.get(purpose)) for purpose in Purpose if purpose not in asks
        ],
        "adults": _adults(member),
        "notice": consents.notice_on(day),
        "clerks": "、".join(user.name for user in clerks),
        "log_years": policies.value("access_log_years", member.village, day),
        "never_sources": "、".join(str(source) for source in NEVER_SOURCES),
        "agreed": Purpose.SCORING in standing,
        "enrolled": consents.is_agreed(member.subject),
    }


def _adults(member) -> list[tuple]:
    """Adults of the household, the head first, each with their consent to scoring or None."""
    rows = Consent.objects.filter(
        member__subject=member.subject, purpose=Purpose.SCORING, withdrawn_on__isnull=True
    )
    newest = {row.member_id: row for row in rows.order_by("given_on", "id")}
    adults = member.subject.members.filter(left_on__isnull=True).order_by("-is_head", "id")
    return [(adult, newest.get(adult.pk)) for adult in adults]


urlpatterns = [
    path("my/consent/", consent, name="my_consent"),
    path("my/consent/withdraw/", withdraw, name="my_withdraw"),
    path("my/consent/paper/", paper, name="my_consent_sign"),
]
