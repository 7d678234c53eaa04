"""The way to Redis: one server by its URL, or whichever of several the sentinels name. Quick to give up.

Nothing that must last is kept there: the cache counts wrong attempts, the broker hands on work whose rows are in the
database. So a page never waits for it longer than CONNECT_SECONDS, and then not again for governance.cache.AWAY_SECONDS.
"""

from __future__ import annotations

from functools import cache
from urllib.parse import unquote, urlparse

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

CONNECT_SECONDS, ANSWER_SECONDS = 0.5, 1
SENTINEL_PORT = 26379


@cache
def connect() -> redis.Redis:
    """The client of this process, safe to share between threads. Its calls raise redis.RedisError at once, untried again."""
    quick = {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }
    if not settings.REDIS_SENTINELS:
        return redis.Redis.from_url(settings.REDIS_URL, **quick)
    url = urlparse(settings.REDIS_URL)
    sentinels = Sentinel(hosts(settings.REDIS_SENTINELS), sentinel_kwargs=quick, **quick)
    who = {"username": unquote(url.username or ""), "password": unquote(url.password or "")}
    given = {name: value for name, value in who.items() if value}
    return sentinels.master_for(settings.REDIS_SENTINEL_MASTER, db=_database(url.path), **given)


def hosts(sentinels: list[str]) -> list[tuple[str, int]]:
    """ "a:26379" or "a" as (host, port)."""
    parts = (each.rpartition(":") if ":" in each else (each, "", str(SENTINEL_PORT)) for each in sentinels)
    return [(host, int(port)) for host, _, port in parts]


def broker_url(redis_url: str, sentinels: list[str]) -> str:
    """Celery's address of the same Redis: database number and password are those of REDIS_URL."""
    if not sentinels:
        return redis_url
    url = urlparse(redis_url)
    who = f"{url.username or ''}:{url.password}@" if url.password else ""
    return ";".join(f"sentinel://{who}{host}:{port}/{_database(url.path)}" for host, port in hosts(sentinels))


def _database(path: str) -> int:
    return int(path.strip("/") or 0)
