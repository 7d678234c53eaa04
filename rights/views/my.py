"""我的数据: an adult takes a copy, says what is wrong, asks for it to be deleted."""

from __future__ import annotations

from django.shortcuts import render
from django.urls import path

from governance.refusals import why_not
from governance.views.clerk import POST, READ, READ_AND_POST, done
from rights import erasures, exports, speaking
from rights.forms import OwnEraseForm, OwnWrongForm
from rights.household.gather import NOT_WHOLE
from rights.models import Erasure, Rectification
from rights.speaking import reach_of
from rights.views.common import for_own_file, say_wrong, send, two_steps

COPIES, REQUESTS = 5, 20


@for_own_file(*READ)
def data(request, member):
    """The three rights on one page, with what was asked for and how it went."""
    reach = reach_of(member)
    wrong = Rectification.objects.filter(subject=member.subject)
    wrong = wrong if reach.whole else wrong.filter(for_member=member)
    context = {
        "member": member,
        "reach": reach,
        "not_whole": NOT_WHOLE,
        "others": [reach_of(row) for row in speaking.files_of(request.user) if row != member],
        "copies": exports.copies_of(member)[:COPIES],
        "rectifications": wrong[:REQUESTS],
        "erasures": erasures.of_member(member)[:REQUESTS],
    }
    return render(request, "rights/data.html", context)


@for_own_file(*POST)
def copy(request, member):
    """One tap: the whole file, as PDF unless another form is asked for."""
    return send(member, request.POST.get("form") or "pdf", how=Rectification.How.ONLINE, by=request.user)


@for_own_file(*READ_AND_POST)
def wrong(request, member):
    """What is stored wrongly, and what it should be."""
    form = OwnWrongForm(member, data=request.POST if request.method == "POST" else None)
    return say_wrong(request, form, village=member.village, context={"member": member, "is_own": True})


@for_own_file(*READ_AND_POST)
def erase(request, member):
    """What goes and what stays, in plain words; then once more, then it is asked for."""
    form = OwnEraseForm(member, data=request.POST if request.method == "POST" else None)
    if not erasures.speaks_for_household(member):
        form.fields["which"].choices = form.fields["which"].choices[1:]
    stops = [why_not(erasures.check_ask, member, whole=whole) for whole in (True, False)]
    context = {
        "member": member, "is_own": True, "stops": stops, "all_stopped": all(stops),
        "waiting": erasures.of_member(member).filter(state=Erasure.State.WAITING).first(),
        "others": [reach_of(row) for row in speaking.files_of(request.user) if row != member],
    }  # fmt: skip

    def then(row):
        return done(request, f"申请好了，编号{row.number}。删以前随时可以反悔。", "erasure", row.key)

    return two_steps(request, form, template="rights/erase.html", then=then, context=context)


urlpatterns = [
    path("my/data/", data, name="my_data"),
    path("my/data/copy/", copy, name="my_copy"),
    path("my/data/wrong/", wrong, name="my_wrong"),
    path("my/data/erase/", erase, name="my_erase"),
]
