"""How the domain says no: every refusal carries a sentence for the reader."""


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
