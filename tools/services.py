"""Says whether DATABASE_URL (PostgreSQL) and REDIS_URL answer; exit 1 and the reason when one does not.

DATABASE_URL=postgres://… REDIS_URL=redis://… python -m tools.services
"""

import os
import sys

import psycopg
import redis

SECONDS = 3


def main() -> str | None:
    """The reason why one of the two cannot be used, or nothing."""
    try:
        psycopg.connect(_maintenance(os.environ["DATABASE_URL"]), connect_timeout=SECONDS).close()
        redis.Redis.from_url(os.environ["REDIS_URL"], socket_connect_timeout=SECONDS).ping()
    except (psycopg.OperationalError, redis.RedisError) as error:
        return f"not reachable: {error}"
    return None


def _maintenance(url: str) -> str:
    """The same server's own database: the one of the tests is made by the tests."""
    return url.rpartition("/")[0] + "/postgres"


if __name__ == "__main__":
    sys.exit(main())
