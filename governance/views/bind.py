"""绑定: an account and an adult of the roster come together, by a slip or by a verified phone."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from governance import households, slips
from governance.forms.bind import CodeForm, NewAccountForm
from governance.refusals import Invalid

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request):
    """Type in the slip's code: with an account of one's own, or with a new one made in the same step."""
    known = request.user.is_authenticated
    if known and (member := households.member_of(request.user)):
        return render(request, "governance/bind_done.html", {"member": member})
    form = (CodeForm if known else NewAccountForm)(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            user = slips.bind(
                **form.cleaned_data,
                user=request.user if known else None,
                ip=get_adapter().get_client_ip(request),
                at=timezone.now(),
            )
        except Invalid as invalid:
            for name, sentence in invalid.errors.items():
                form.add_error(name, sentence)
        else:
            return _welcome(request, user, known)
    return render(request, "governance/bind.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def by_phone(request):
    """Bind the adult whose phone is the one this account was verified with."""
    slips.bind_by_phone(user=request.user, at=timezone.now())
    return _welcome(request, request.user, True)


def _welcome(request, user, known):
    if not known:
        login(request, user, backend=BACKEND)
    messages.success(request, "绑好了。下次用这个账号登录，就能看到您家的。")
    return redirect("my_consent")


urlpatterns = [
    path("bind/", bind, name="bind"),
    path("bind/phone/", by_phone, name="bind_phone"),
]
