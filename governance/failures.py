"""What is kept of an error: its kind and its place in our code. Its words and variables may name people."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

LONGEST = 200


def said(error: BaseException) -> str:
    """An error as it may be stored and shown: `OperationalError workflows/rounds.py:131 close`.

    The place is the innermost line of this project's own code; without one (an error of a library that nobody
    here called) the kind stands alone.
    """
    kind = type(error).__name__
    return f"{kind} {place}"[:LONGEST] if (place := _place(error)) else kind


def _place(error: BaseException) -> str:
    found, trace = "", error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        path = Path(code.co_filename)
        if path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts:
            name = path.relative_to(settings.BASE_DIR).as_posix()
            found = f"{name}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    return found
