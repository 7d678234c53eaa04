"""Where what a message tells is read or done. Each answers for whoever is told (tests open every one of them)."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from governance.models import Event
from notifications.kinds.scene import Scene

Page = Callable[[Scene, Event], str]


def fixed(name: str) -> Page:
    """A page that is the same for everybody."""
    return lambda scene, event: reverse(name)


def of_village(name: str) -> Page:
    """A page of the village."""
    return lambda scene, event: reverse(name, args=[scene.village.code])


def of_thing(name: str) -> Page:
    """The page of what the event is about."""
    return lambda scene, event: reverse(name, args=[event.about_id])


def of_round(name: str) -> Page:
    """The page of the month that a sheet or an item is in."""
    return lambda scene, event: reverse(name, args=[scene.thing(event).round.key])


def of_sheet(scene: Scene, event: Event) -> str:
    """The sheet that an item is on."""
    return reverse("sheet", args=[scene.thing(event).sheet.key])


def notice(scene: Scene, event: Event) -> str:
    """The notice itself, or that of the month or quarter."""
    thing = scene.thing(event)
    posted = getattr(thing, "publication", thing)
    return reverse("notice", args=[scene.village.code, posted.year, posted.number])
