"""`python -m reliability.run`: kill each part at random points of each act, look everything over, write what came of it."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from reliability.services import Installation, wait_for

PARTS = ("worker", "web server", "Redis", "PostgreSQL")
POINTS, MESSAGES = 20, 1000
MOST_TRIES = 40


@dataclass(frozen=True)
class Line:
    """One act and one part that was killed in it: how often, what the people had to do again, what was broken."""

    act: str
    part: str
    points: int
    again: int
    broken: list[str]
    looked_at: str

    def cells(self) -> str:
        """As a line of the table."""
        broken = "; ".join(self.broken) or "nothing"
        return f"| {self.act} | {self.part} | {self.points} | {self.again} | {self.looked_at} | {broken} |"


def main(arguments: list[str]) -> int:
    """Run what was asked for; 1 when anything was broken."""
    options = _options(arguments)
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="lianping-reliability-") as folder:
        lines = _run(Path(folder), options, dice)
    print("\n".join(["", HEAD, *(line.cells() for line in lines)]))
    if options.write and not options.redis_away:
        _write(lines, options)
    return int(any(line.broken for line in lines))


HEAD = (
    "| in the middle of | killed | points | pressed again | looked over afterwards | broken |\n"
    "|---|---|---|---|---|---|"
)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m reliability.run", description=__doc__)
    parser.add_argument("--points", type=int, default=POINTS, help="kills of each part in each act")
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--act", action="append", help="publishing, settling, deciding or delivering")
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument(
        "--redis-away", type=float, default=0, metavar="SECONDS", help="only this, not the kills"
    )
    parser.add_argument("--no-write", dest="write", action="store_false")
    parser.add_argument("--keep", help="a folder in which the programs' own logs are kept")
    return parser.parse_args(arguments)


def _run(folder: Path, options, dice: random.Random) -> list[Line]:
    from reliability.post import Post
    from tests.notifications.provider import Aliyun  # noqa: F401 -- before Django: it needs none

    with Post().running() as post:
        installation = Installation(folder, **_secrets(), **post.settings)
        os.environ.update(installation.env)
        installation.postgres.start()
        try:
            installation.postgres.create()
            _set_up()
            with installation.running():
                if options.redis_away:
                    return [_away(installation, post, options)]
                return list(_lines(installation, post, options, dice))
        finally:
            installation.postgres.kill()
            if options.keep:
                _keep(folder, Path(options.keep))


def _away(installation, post, options) -> Line:
    from reliability import away

    seen, broken = away.run(installation, post, options.redis_away, iter(range(340)))
    return Line("posting months", "Redis, for long", 1, 0, broken, seen)


def _secrets() -> dict[str, str]:
    import json
    from base64 import b64encode

    one, two, three = (b64encode(bytes(range(n, n + 32))).decode() for n in (0, 1, 2))
    return {
        "SECRET_KEY": "reliability" * 6, "FIELD_KEYS": json.dumps({"r": one}), "BLIND_INDEX_KEY": two,
        "LOG_SIGNING_KEY": three,
    }  # fmt: skip


def _set_up() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, run_syncdb=True)


def _lines(installation: Installation, post, options, dice: random.Random):
    from reliability.acts import ACTS

    wanted = options.act or ["publishing", "settling", "deciding", "delivering"]
    numbers = iter(range(340))
    for act in ACTS.values():
        if act.name.split()[0] in wanted:
            for part in options.part or PARTS:
                yield _say(_acting(installation, act, part, options.points, dice, numbers))
    if "delivering" in wanted:
        for part in options.part or PARTS:
            yield _say(_delivering(installation, post, part, options, dice, numbers))


def _say(line: Line) -> Line:
    print(line.cells(), flush=True)
    return line


def _acting(installation, act, part: str, points: int, dice, numbers) -> Line:
    """Each point in a village of its own: somebody acts, the part dies meanwhile, they press until it is done."""
    from reliability import holds, stage
    from reliability.acts import Browser

    with installation.clock_stopped():
        places = [getattr(stage, act.stage)(next(numbers)) for _ in range(points + 1)]

    def browser(user):
        return Browser(user, installation.web_port)

    calm = _seconds(lambda: _until_done(act, places[0], browser))
    again = 0
    for place in places[1:]:
        person = Thread(target=act.does, args=(place, browser))
        person.start()
        time.sleep(dice.uniform(0, calm))
        installation.strike(part)
        person.join()
        _mend()
        again += _until_done(act, place, browser)
    villages = [place.village for place in places]
    wait_for("the outbox", lambda: _is_told(villages), 180)
    looked_at = ", ".join(f"{number} {what}" for what, number in holds.counts(villages).items() if number)
    return Line(act.name, part, points, again, holds.broken(villages), looked_at)


def _until_done(act, place, browser) -> int:
    """Press until it is done, as people do; how often."""
    for tries in range(MOST_TRIES):
        if _is_done(act, place):
            return tries
        act.does(place, browser)
        until = time.monotonic() + 10
        while time.monotonic() < until and not _is_done(act, place):
            time.sleep(0.1)
    raise TimeoutError(f"{act.name}: not done after pressing {MOST_TRIES} times")


def _is_done(act, place) -> bool:
    from django.db import Error

    try:
        return act.is_done(place)
    except Error:
        _mend()
        return False


def _mend() -> None:
    """Our own connection died with the server."""
    from django.db import connections

    connections.close_all()


def _is_told(villages) -> bool:
    from notifications.relay import due

    return not {village.pk for village in villages} & {village.pk for village in due()}


def _delivering(installation, post, part: str, options, dice, numbers) -> Line:
    """So many messages under way, and the part dies again and again until all of them went out."""
    from governance.models import User
    from reliability import deliver, stage

    place = stage.quiet(next(numbers))
    reader = User.objects.get(pk=place.reader.pk)
    deliver.queue(place.village, reader, options.messages)
    for _ in range(options.points):
        time.sleep(dice.uniform(0.2, 2.0))
        installation.strike(part)
    _mend()
    calm = time.monotonic() + 90
    before = -1
    while time.monotonic() < calm and before != (now := deliver.left(place.village)):
        before = now
        time.sleep(12)  # six sweeps
    claimed = deliver.left(place.village)
    deliver.take_over(place.village)
    missing, doubled = deliver.twice(place.village, post.taken())
    broken = [f"{missing} never sent"] if missing else []
    broken += [f"{rest} not marked as sent"] if (rest := deliver.left(place.village)) else []
    looked_at = f"{options.messages} messages, {claimed} taken over from a dead worker, {doubled} sent twice"
    return Line(f"delivering {options.messages:,} messages", part, options.points, 0, broken, looked_at)


def _seconds(act) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def _keep(folder: Path, kept: Path) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    for log in folder.glob("*.log"):
        (kept / log.name).write_bytes(log.read_bytes())


def _write(lines: list[Line], options) -> None:
    page = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
    text = page.read_text()
    begin, end = "<!-- killed -->", "<!-- /killed -->"
    table = "\n".join([HEAD, *(line.cells() for line in lines)])
    said = f"Measured by `python -m reliability.run --seed {options.seed} --points {options.points}`."
    head, rest = text.split(begin)[0], text.split(end)[1]
    page.write_text(f"{head}{begin}\n{said}\n\n{table}\n{end}{rest}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
