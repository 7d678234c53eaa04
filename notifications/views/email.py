"""邮箱: an address is typed, a code sent to it is typed back, and from then on it counts."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from governance.forms.common import line, refusals_in
from governance.views.clerk import READ_AND_POST
from notifications import addresses, email_codes
from notifications.channels import sender_for
from notifications.models import Channel


class EmailForm(forms.Form):
    """Where to."""

    email = forms.EmailField(
        label="邮箱",
        max_length=254,
        help_text="比如 wangdaye@qq.com。会先发一封带验证码的信，确认是您的。",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": "请填邮箱。",
            "invalid": "邮箱写得不对，中间要有一个@，比如 wangdaye@qq.com。",
        },
    )


class CodeForm(forms.Form):
    """What was sent there."""

    code = line("信里的验证码", missing="请填信里的6位数字。", longest=12, inputmode="numeric")

    def clean_code(self):
        """The figures only."""
        return "".join(self.cleaned_data["code"].split())


@login_required
@require_http_methods(READ_AND_POST)
def shown(request):
    """The address that counts, and the form for another."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            email_codes.ask(
                email=form.cleaned_data["email"], session=request.session, by=request.user, at=timezone.now()
            )
            return redirect("notify_email_code")
    context = {
        "form": form,
        "is_here": sender_for(Channel.EMAIL) is not None,
        "not_here": email_codes.NOT_HERE,
        "address": addresses.address_of(request.user, Channel.EMAIL),
    }
    return render(request, "notifications/email.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(READ_AND_POST)
def code(request):
    """Type the code back; who waits for none is sent to ask for one."""
    email = email_codes.waiting(request.session, by=request.user)
    if not email:
        return redirect("notify_email")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            found = email_codes.confirm(
                code=form.cleaned_data["code"], session=request.session, by=request.user, at=timezone.now()
            )
            messages.success(request, f"确认好了，{found}能收通知了。哪些事发邮件，在“怎么通知我”里选。")
            return redirect("notify_email")
    context = {"form": form, "email": email, "minutes": email_codes.VALID.seconds // 60}
    return render(request, "notifications/email_code.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def dropped(request):
    """Nothing goes to the address any more."""
    if addresses.unbind(channel=Channel.EMAIL, by=request.user, at=timezone.now()):
        messages.success(request, "邮箱停用了，不再往那里发。")
    return redirect("notify_email")


urlpatterns = [
    path("notifications/email/", shown, name="notify_email"),
    path("notifications/email/code/", code, name="notify_email_code"),
    path("notifications/email/drop/", dropped, name="notify_email_drop"),
]
