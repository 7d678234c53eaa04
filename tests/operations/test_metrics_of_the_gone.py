"""Workers come and go; what they counted stays, their files do not."""

import os
import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from operations.metrics import gone
from tests.reading import ROOT

COUNT = """
from operations.metrics.requests import SECONDS
for seconds in (0.01, 3):
    SECONDS.labels("home", "GET", "200").observe(seconds)
"""


def worker(folder) -> None:
    """One that counts two requests and ends."""
    subprocess.run(
        [sys.executable, "-c", COUNT],
        cwd=ROOT, env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}, check=True,
    )  # fmt: skip


def sums(folder) -> bytes:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))
    return generate_latest(registry)


def files(folder) -> set[str]:
    return {path.name for path in folder.glob("*.db")}


@pytest.fixture
def ended(tmp_path):
    for _ in range(2):
        worker(tmp_path)
    return tmp_path


def test_what_ended_workers_counted_stays_in_one_file(ended):
    before = sums(ended)
    assert b'lianping_request_seconds_count{method="GET",route="home",status="200"} 4.0' in before
    gone.fold(ended)
    assert (sums(ended), files(ended)) == (before, {"histogram_0.db"})
    worker(ended)
    gone.fold(ended)
    assert b'_count{method="GET",route="home",status="200"} 6.0' in sums(ended)
    assert files(ended) == {"histogram_0.db"}


def test_a_worker_that_runs_keeps_its_file(ended):
    mine = next(ended.glob("histogram_*.db")).rename(ended / f"histogram_{os.getpid()}.db")
    gone.fold(ended)
    assert files(ended) == {"histogram_0.db", mine.name}


def test_while_somebody_reads_nothing_goes(ended):
    before = files(ended)
    with gone.reading(ended):
        gone.fold(ended)
    assert files(ended) == before
