"""What belongs to the request being answered: its id, and while a page is only read, what was read already."""

from collections.abc import Callable, Hashable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from uuid import UUID, uuid4

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_read: ContextVar[dict[Hashable, object] | None] = ContextVar("read", default=None)


def current_request_id() -> str:
    """Id of the current request, or empty outside one."""
    return _request_id.get()


def new_request_id(given: str = "") -> str:
    """Start a request, or a task: make its id current. `given` by a proxy, or by the request that caused a task,
    is kept when it is a UUID; anything else might say something about somebody."""
    _request_id.set(_uuid(given) or str(uuid4()))
    return _request_id.get()


def _uuid(given: str) -> str:
    try:
        return str(UUID(given)) if len(given) in (32, 36) else ""
    except ValueError:
        return ""


@contextmanager
def reading():
    """Within the block, functions marked `read_once` answer the same question from memory."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def read_once(question: Callable) -> Callable:
    """Mark a question whose answer cannot change while a page is drawn; an act always asks the database.

    Its arguments must be hashable. Whoever is answered shares the answer: do not change it.
    """

    @wraps(question)
    def answer(*args, **kwargs):
        known = _read.get()
        if known is None:
            return question(*args, **kwargs)
        asked = (question, args, tuple(sorted(kwargs.items())))
        if asked not in known:
            known[asked] = question(*args, **kwargs)
        return known[asked]

    return answer
