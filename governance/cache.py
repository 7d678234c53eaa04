"""The cache that people can do without: Redis, and while it is away this process's own memory.

What lives here: counts of wrong attempts and of codes sent (allauth), so that signing in must go on and must stay
limited. In its own memory each process counts for itself: with four of them somebody may try up to four times as often
while Redis is away, never without end.
"""

from __future__ import annotations

import logging
from time import monotonic

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from governance.redis_links import connect

AWAY_SECONDS = 5
# One entry for each number or address that tried; the oldest go when there are more.
OWN_ENTRIES = 50_000
log = logging.getLogger("lianping.cache")
_away_until = 0.0


class Client(RedisCacheClient):
    """Django's, over the connections of governance.redis_links."""

    def get_client(self, key=None, *, write=False):
        """The same for all keys."""
        return connect()


class ForgivingCache(RedisCache):
    """Django's Redis cache that answers from memory while Redis does not."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = Client
        self._own = LocMemCache("governance.cache", {**params, "OPTIONS": {"MAX_ENTRIES": OWN_ENTRIES}})


def forget_trouble() -> None:
    """Ask Redis again at once."""
    global _away_until
    _away_until = 0.0


def _forgiving(name: str):
    asked = getattr(RedisCache, name)

    def call(self, *args, **kwargs):
        global _away_until
        if monotonic() >= _away_until:
            try:
                return asked(self, *args, **kwargs)
            except (redis.RedisError, OSError) as error:
                log.warning("缓存连不上（%s），这几秒先用本进程的内存", type(error).__name__)
                _away_until = monotonic() + AWAY_SECONDS
        return getattr(self._own, name)(*args, **kwargs)

    return call


_METHODS = (
    "add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear",
)  # fmt: skip
for _name in _METHODS:
    setattr(ForgivingCache, _name, _forgiving(_name))
