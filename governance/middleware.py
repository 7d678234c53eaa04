"""Turns the domain's refusals into pages: 403, 409 and 422 with their sentence, never a 500."""

from django.conf import settings
from django.contrib import messages
from django.db import OperationalError
from django.shortcuts import redirect
from viewflow.workflow.exceptions import FlowLockFailed

from governance.accounts import SecondFactor
from governance.refusals import Conflict, Refused
from governance.requests import new_request_id, reading
from governance.views.errors import refusal_page

SAFE = ("GET", "HEAD")
BUSY = "刚好有别人也在办这一件。您的内容没有存，请退回去看看最新的情况，再办一次。"


class answers:
    """Gives a request an id if it has none; a page reads each thing once; answers refusals and busy locks with a page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer one request."""
        request.id = getattr(request, "id", None) or new_request_id()
        if request.method not in SAFE:
            return self.get_response(request)
        with reading():
            return self.get_response(request)

    def process_exception(self, request, exception):
        """A refusal becomes its page; a lock that is not free becomes 409. Anything else is an error."""
        if isinstance(exception, Refused):
            return refusal_page(request, exception)
        if isinstance(exception, FlowLockFailed) or is_busy(exception):
            return refusal_page(request, Conflict(BUSY))
        return None


class second_factor:
    """Staff go on only after they set up a second factor, where that is required (settings.STAFF_TOTP)."""

    OPEN = ("/accounts/", "/static/", "/display/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Send staff without a second factor to its set-up page."""
        if self._must_set_up(request):
            messages.warning(request, "您的职务要用两步登录。请先用手机上的验证器扫码，设好再办事。")
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _must_set_up(self, request) -> bool:
        """Asked once per session."""
        asked = (
            settings.STAFF_TOTP and request.user.is_authenticated and not request.path.startswith(self.OPEN)
        )
        if not asked or request.session.get("second_factor_done"):
            return False
        request.session["second_factor_done"] = not SecondFactor.needed(request.user)
        return not request.session["second_factor_done"]


def is_busy(exception) -> bool:
    """SQLite's busy timeout, PostgreSQL's lock timeout (55P03), deadlock (40P01) or serialization (40001)."""
    if not isinstance(exception, OperationalError):
        return False
    state = getattr(exception.__cause__, "sqlstate", None)
    return state in {"55P03", "40P01", "40001"} or "locked" in str(exception)
