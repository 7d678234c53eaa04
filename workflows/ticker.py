"""The embedded mode's clock: a thread that fires deadlines beside the web server."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from django.utils import timezone

from governance.repeating import every
from workflows.tasks import tick

SECONDS = 30
# also(at): what layers above do at each tick where no worker does it; each by itself, after the tick.
ALSO: list[Callable[[datetime], None]] = []
log = logging.getLogger("lianping.ticker")


def ticking(seconds: float = SECONDS) -> AbstractContextManager[None]:
    """Fire what is due now and then every `seconds` while the body runs; a tick under way is let finish."""
    return every(seconds, _tick, name="ticker", at_once=True)


def _tick() -> None:
    """A tick that fails is logged; the next one tries again what is still open."""
    _logged(tick)
    for also in ALSO:
        _logged(also, timezone.now())


def _logged(act: Callable, *args) -> None:
    try:
        act(*args)
    except Exception:
        log.exception("到期的事有没办成的，下一轮再办")
