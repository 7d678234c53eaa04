"""Redis away for a while: people work on, and what they did is told when it is back."""

from __future__ import annotations

import time

from reliability import deliver, holds, stage
from reliability.acts import ACTS, Browser
from reliability.services import Installation, wait_for

A_MINUTE = 60.0


def run(installation: Installation, post, seconds: float, numbers) -> tuple[str, list[str]]:
    """Somebody posts a month every minute while Redis is away; (what was seen, what was broken)."""
    act = ACTS["publishing a month"]
    with installation.clock_stopped():
        places = [stage.posting(next(numbers)) for _ in range(max(2, int(seconds / A_MINUTE)))]
    installation.redis.kill()
    began, times = time.monotonic(), []
    for place in places:
        person = Browser(place.clerk, installation.web_port)
        asked = time.monotonic()
        act.does(place, lambda user, person=person: person)
        times.append(time.monotonic() - asked)
        time.sleep(max(0.0, began + len(times) * seconds / len(places) - time.monotonic()))
    undone = [place for place in places if not act.is_done(place)]
    installation.redis.start()
    back = time.monotonic()
    villages = [place.village for place in places]
    wait_for("the messages", lambda: _all_out(villages, post), 300)
    seen = (
        f"Redis was away for {seconds:.0f} s. {len(places)} people posted a month meanwhile: the first page took "
        f"{times[0]:.1f} s, the slowest of the others {max(times[1:]):.1f} s. The last of their SMS was taken "
        f"{time.monotonic() - back:.0f} s after Redis was back."
    )
    broken = holds.broken(villages) + [f"{len(undone)} months not posted"] * bool(undone)
    return seen, broken


def _all_out(villages, post) -> bool:
    from notifications.models import Delivery
    from notifications.relay import due

    if {village.pk for village in villages} & {village.pk for village in due()}:
        return False
    return (
        not any(deliver.left(village) for village in villages)
        and Delivery.objects.filter(village__in=villages, channel="sms").exists()
    )
