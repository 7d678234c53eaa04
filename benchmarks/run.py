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
from tempfile import mkdtemp
from urllib.parse import urlsplit

import psycopg

from benchmarks.results import SIZES, table, write

# Each module has a `name` and `run(size) -> list[Row]`.
MODULES = ["pages", "acts", "settlement", "history", "log", "outbox"]
DATABASE = "lianping_bench"
EMPTY = "lianping_bench_empty"


def main(arguments: list[str]) -> int:
    """Run the chosen benchmarks, each in a fresh database; 1 when a ratio is not reached."""
    options, url, missed = _options(arguments), os.environ.get("DATABASE_URL", ""), 0
    with _migrated(url):
        for module in options.only or MODULES:
            benchmark = import_module(f"benchmarks.{module}")
            with _fresh(url):
                rows = benchmark.run(SIZES[options.size])
            print(f"{benchmark.name}\n\n{table(rows)}\n", flush=True)
            if options.write:
                write(benchmark.name, rows, " ".join(["python -m benchmarks.run", *arguments]))
            missed += sum(not row.is_reached for row in rows)
    return int(bool(missed))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="full", help="of the county")
    parser.add_argument("--only", action="append", choices=MODULES)
    parser.add_argument(
        "--no-write", dest="write", action="store_false", help="leave docs/benchmarks.md alone"
    )
    return parser.parse_args(arguments)


@contextmanager
def _migrated(url: str) -> Iterator[None]:
    """An empty database with every table, beside the one that `url` names, on this machine only; then dropped."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgres") or parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise SystemExit(
            "DATABASE_URL must name a PostgreSQL on this machine: postgres://user@127.0.0.1/postgres"
        )
    drop = [f"DROP DATABASE IF EXISTS {name}" for name in (DATABASE, EMPTY)]
    _execute(url, *drop, f"CREATE DATABASE {DATABASE}")
    try:
        _set_up(parts._replace(path=f"/{DATABASE}").geturl())
        _let_go()
        _execute(url, f"ALTER DATABASE {DATABASE} RENAME TO {EMPTY}")
        yield
    finally:
        _let_go()
        _execute(url, *drop)


@contextmanager
def _fresh(url: str) -> Iterator[None]:
    """A copy of the empty database to measure in."""
    _execute(url, f"CREATE DATABASE {DATABASE} TEMPLATE {EMPTY}")
    yield
    _let_go()
    _execute(url, f"DROP DATABASE {DATABASE}")


def _execute(url: str, *statements: str) -> None:
    """Run as the role of `url` in the server's own database: the one that `url` names need not exist."""
    server = urlsplit(url)._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _set_up(url: str) -> None:
    os.environ["LOG_SIGNED_DIR"] = mkdtemp(
        prefix="lianping-signed-"
    )  # a fresh database has nothing to remember
    os.environ |= {"DATABASE_URL": url, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    import django

    django.setup()

    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _let_go() -> None:
    from django.db import connections

    connections.close_all()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
