"""The id of the request being answered, for events and log lines."""

from contextvars import ContextVar
from uuid import uuid4

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Id of the current request, or empty outside one."""
    return _request_id.get()


def new_request_id() -> str:
    """Start a request: make its id current."""
    _request_id.set(str(uuid4()))
    return _request_id.get()
