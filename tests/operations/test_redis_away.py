"""Redis dies while people work: pages answer as quickly, signing in goes on and stays limited, work is not lost.

A Redis of the test's own, stopped for real; with sentinels, the master is killed and another one takes over.
"""

import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest
import redis
from celery import Celery
from django.test import Client
from django.urls import reverse

from governance import broker, jobs, redis_links
from governance import cache as caches
from governance.cache import ForgivingCache
from governance.models import Job
from operations.health import probes

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not installed"),
]
LONGEST = 1.5  # seconds that anything may take while Redis is away


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(folder, *arguments, port=None):
    """A redis-server of our own: (process, port). It is ended with the test, by its own id."""
    port = port or free_port()
    process = subprocess.Popen(
        ["redis-server", *arguments, "--port", str(port), "--dir", str(folder)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: redis.Redis(port=port).ping())
        yield process, port
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait(timeout=10)


def until(asked, seconds=20):
    """Wait until a question is answered with yes."""
    for _ in range(seconds * 20):
        try:
            if answer := asked():
                return answer
        except redis.RedisError:
            pass
        time.sleep(0.05)
    raise AssertionError("it did not come")


@pytest.fixture(autouse=True)
def _no_memory_of_other_servers():
    def forget():
        redis_links.connect.cache_clear()
        caches.forget_trouble()
        broker.forget_trouble()

    forget()
    yield
    forget()


@pytest.fixture
def site(settings, tmp_path):
    """Settings as in production with a Redis of our own: its process."""
    with serving(tmp_path, "--save", "") as (process, port):
        use(settings, f"redis://127.0.0.1:{port}/0")
        yield process


def use(settings, url, sentinels=()):
    settings.REDIS_IS_USED, settings.REDIS_URL, settings.REDIS_SENTINELS = True, url, list(sentinels)
    settings.CACHES = {"default": {"BACKEND": "governance.cache.ForgivingCache", "LOCATION": url}}
    settings.CELERY_TASK_ALWAYS_EAGER = False


def quickly(act):
    """What an act returns, if it does not keep anybody waiting."""
    began = time.monotonic()
    answer = act()
    assert time.monotonic() - began < LONGEST
    return answer


def test_the_cache_goes_on_from_memory_and_comes_back(site, settings):
    cache = ForgivingCache(settings.REDIS_URL, {})
    cache.set("a", 1)
    assert cache.get("a") == 1
    site.send_signal(signal.SIGSTOP)  # there, and silent: worse than gone
    quickly(lambda: cache.set("b", 2))
    assert quickly(lambda: (cache.get("b"), cache.add("b", 3), cache.get("a"))) == (2, False, None)
    site.send_signal(signal.SIGCONT)
    caches.forget_trouble()
    assert cache.get("a") == 1


def test_people_sign_in_while_redis_is_gone_and_guessing_stays_limited(site, world):
    site.kill()
    site.wait()
    world.clerk.set_password("lianping-demo-2026")
    world.clerk.save()

    def sign_in(password):
        form = {"login": world.clerk.username, "password": password}
        return quickly(lambda: Client().post(reverse("account_login"), form))

    assert sign_in("lianping-demo-2026").status_code == 302
    answers = [sign_in("wrong-wrong-wrong").content.decode() for _ in range(12)]
    assert any("太多" in page or "稍后" in page for page in answers), answers[-1]
    assert "太多" not in answers[0]


def test_a_job_that_could_not_be_handed_on_waits_for_the_sweep(
    site, world, monkeypatch, django_capture_on_commit_callbacks
):
    from governance.jobs.kinds import Kind, Result, Step
    from governance.tasks import run_job

    def run(job):
        yield Step(1, 1)
        return Result(says="好了")

    monkeypatch.setitem(jobs.KINDS, "test.one", Kind("一件", lambda job, at: None, run))
    app = Celery("test", broker=f"redis://127.0.0.1:{free_port()}/0")
    from django.conf import settings as project

    app.conf.broker_transport_options = project.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(run_job, "_app", app, raising=False)
    from django.utils import timezone

    def act():
        with django_capture_on_commit_callbacks(execute=True):
            return jobs.start(kind="test.one", about="1", by=world.clerk, at=timezone.now())

    job = quickly(act)
    quickly(lambda: [broker.nudge(run_job, "x") for _ in range(20)])
    assert Job.objects.get(pk=job.pk).state == "queued"


def test_readiness_says_so_and_still_lets_people_in(site):
    site.send_signal(signal.SIGSTOP)
    assert quickly(probes.redis_answers) == "TimeoutError"
    assert "redis" not in probes.NEEDED


def test_sentinels_lead_to_the_server_that_took_over(settings, tmp_path):
    folders = [tmp_path / name for name in ("one", "two", "sentinel")]
    for folder in folders:
        folder.mkdir()
    with (
        serving(folders[0], "--save", "") as (first, one),
        serving(folders[1], "--save", "", "--replicaof", "127.0.0.1", str(one)) as (_, two),
    ):
        conf = folders[2] / "sentinel.conf"
        conf.write_text(
            f"sentinel monitor village 127.0.0.1 {one} 1\n"
            "sentinel down-after-milliseconds village 500\n"
            "sentinel failover-timeout village 2000\n"
        )
        port = free_port()
        with serving(folders[2], str(conf), "--sentinel", port=port):
            settings.REDIS_SENTINEL_MASTER = "village"
            use(settings, "", [f"127.0.0.1:{port}"])
            watch = redis.Redis(port=port)
            until(lambda: watch.sentinel_slaves("village"))
            cache = ForgivingCache("", {})
            cache.set("a", 1)
            until(lambda: redis.Redis(port=two).exists(":1:a"))
            first.kill()
            quickly(lambda: cache.get("a"))
            until(lambda: watch.sentinel_get_master_addr_by_name("village")[1] == two, seconds=40)

            def is_back():
                caches.forget_trouble()
                cache.set("b", 2)
                return redis.Redis(port=two).exists(":1:b")

            until(is_back)
            assert cache.get("a") == 1


@pytest.mark.parametrize(
    ("url", "sentinels", "broker_url"),
    [
        ("redis://h:1/3", [], "redis://h:1/3"),
        ("redis://:p%40ss@h/3", ["a:1", "b"], "sentinel://:p%40ss@a:1/3;sentinel://:p%40ss@b:26379/3"),
        ("", ["a"], "sentinel://a:26379/0"),
    ],
)
def test_the_broker_is_found_the_same_way(url, sentinels, broker_url):
    assert redis_links.broker_url(url, sentinels) == broker_url
