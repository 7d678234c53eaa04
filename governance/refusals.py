"""How the domain says no: every refusal carries a sentence for the reader."""

from collections.abc import Callable


class Refused(Exception):
    """The act is not allowed to this person or not in this state. The text is shown as it is (403)."""

    status = 403


class Conflict(Refused):
    """Somebody else was first, or the facts changed since the page was opened (409)."""

    status = 409


class Invalid(Refused):
    """What was filled in cannot be taken as it is. `errors` maps a field name to a sentence (422)."""

    status = 422

    def __init__(self, message="", **errors):
        super().__init__(message or "；".join(errors.values()))
        self.errors = errors


def why_not(check: Callable, *args, **kwargs) -> str:
    """The sentence a check_* function refuses with, for the page that shows it; empty when it allows."""
    try:
        check(*args, **kwargs)
    except Refused as refused:
        return str(refused)
    return ""
