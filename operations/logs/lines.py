"""Log lines as JSON, one a line, without anything a person typed.

What our own code says (loggers "lianping.…") is written out: it is ours to keep clean. Of other people's libraries the
text of an error, and the path and host of a request, are left out: they may repeat what was typed. An error is its kind
and the places it came through, without values (governance.failures).
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

from governance.requests import current_request_id
from operations.logs.tasks import current_task

OURS = "lianping"
# These put paths, hosts or arguments into their messages.
WORDY = ("django.request", "django.security", "django.server", "celery.app.trace")
ASKED = ("route", "method", "status", "ms", "user")
MOST_FRAMES = 40


class JsonLines(logging.Formatter):
    """A record as one JSON object: time, level, logger, message, request, task, and what the record itself adds."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; raises nothing for what cannot be written as JSON."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": said(record),
            "request": current_request_id(),
            **current_task(),
            **{name: getattr(record, name) for name in ASKED if hasattr(record, name)},
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = error_of(record.exc_info[1])
        return json.dumps(
            {name: value for name, value in line.items() if value != ""}, ensure_ascii=False, default=str
        )


def said(record: logging.LogRecord) -> str:
    """The message; of other people's errors and requests the sentence without its values."""
    is_ours = record.name.partition(".")[0] == OURS
    if record.name.startswith(
        "django.security."
    ):  # its sentences are the error's own, and name what was sent
        return "refused"
    if not is_ours and (record.exc_info or record.name.startswith(WORDY)):
        return str(record.msg)
    return record.getMessage()


def error_of(error: BaseException) -> dict:
    """An error as a log may hold it: kinds and places, of what caused it and of what it holds too; no words, no values."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    told: dict = {
        "kind": type(error).__name__,
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause:
        told["after"] = error_of(cause)
    if isinstance(error, BaseExceptionGroup):
        told["errors"] = [error_of(each) for each in error.exceptions]
    return told
