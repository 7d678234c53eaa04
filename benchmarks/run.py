"""`python -m benchmarks.run`: make a county in a database of its own, measure, print and keep the ratios.

DATABASE_URL names a PostgreSQL on this machine; the database "lianping_bench" is made beside the one it names
and dropped at the end.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from urllib.parse import urlsplit

import psycopg

from benchmarks.results import Size, table, write

# Each module has a `name` and `run(size) -> list[Row]`.
MODULES = ["settlement"]
DATABASE = "lianping_bench"


def main(arguments: list[str]) -> int:
    """Run the chosen benchmarks; 1 when a ratio is not reached."""
    options = _options(arguments)
    size = Size(options.villages, options.subjects, options.entries_each)
    missed = 0
    with _database(os.environ.get("DATABASE_URL", "")):
        for module in options.only or MODULES:
            benchmark = import_module(f"benchmarks.{module}")
            rows = benchmark.run(size)
            print(f"{benchmark.name}\n\n{table(rows)}\n")
            if options.write:
                write(benchmark.name, rows, " ".join(["python -m benchmarks.run", *arguments]))
            missed += sum(not row.is_reached for row in rows)
    return int(bool(missed))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--villages", type=int, default=265)
    parser.add_argument("--subjects", type=int, default=205_597, help="in the whole county")
    parser.add_argument("--entries-each", type=int, default=10, help="ledger lines of a subject")
    parser.add_argument("--only", action="append", choices=MODULES)
    parser.add_argument(
        "--no-write", dest="write", action="store_false", help="leave docs/benchmarks.md alone"
    )
    return parser.parse_args(arguments)


@contextmanager
def _database(url: str) -> Iterator[None]:
    """A migrated database beside the one that `url` names, on this machine only; dropped at the end."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgres") or parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise SystemExit(
            "DATABASE_URL must name a PostgreSQL on this machine: postgres://user@127.0.0.1/postgres"
        )
    own = parts._replace(path=f"/{DATABASE}").geturl()
    _execute(url, f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE}")
    try:
        _set_up(own)
        yield
    finally:
        _tear_down()
        _execute(url, f"DROP DATABASE {DATABASE}")


def _execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _set_up(url: str) -> None:
    os.environ |= {"DATABASE_URL": url, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django
    from django.conf import settings

    django.setup()
    settings.DEBUG = False  # Django keeps every query in memory while it is on

    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _tear_down() -> None:
    from django.db import connections

    connections.close_all()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
