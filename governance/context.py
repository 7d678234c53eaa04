"""What every page's frame needs: who is signed in, for which village, their menu, and how text is shown.

Read lazily: a page without a frame, an error page too, costs no query.
"""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.module_loading import import_string

from governance import access
from governance.models import Division

MODES = ("standard", "elder")
SIZES = (("1", "大"), ("2", "更大"), ("3", "特大"), ("4", "最大"))
MODE_COOKIE, TEXT_COOKIE = "lp-mode", "lp-text"
VILLAGE_KEY = "village"


def shell(request):
    """Context processor: `shell` (frame and menu) and `display` (长辈版 and text size)."""
    return {"shell": Shell.of(request), "display": Display.of(request.COOKIES)}


@dataclass(frozen=True)
class Display:
    """How this reader wants pages shown; `text` is one of SIZES and counts in elder mode only."""

    elder: bool
    text: str
    sizes = SIZES

    @classmethod
    def of(cls, cookies):
        """Read from cookies; anything unknown in them counts as unset."""
        text = cookies.get(TEXT_COOKIE)
        return cls(elder=cookies.get(MODE_COOKIE) == "elder", text=text if text in dict(SIZES) else "1")


class Shell:
    """The frame of one request. Each property is read once, when a template first asks."""

    def __init__(self, request):
        self.request = request
        self.user = getattr(request, "user", None)

    @classmethod
    def of(cls, request):
        """The one frame of a request, whoever asks first."""
        if not hasattr(request, "shell"):
            request.shell = cls(request)
        return request.shell

    @cached_property
    def appointments(self):
        """The reader's appointments in force: one query, none for a visitor."""
        return access.appointments(self.user, at=timezone.now()) if self.who else []

    @cached_property
    def villages(self):
        """Villages the reader works for, in order of code; a query only for who works above the village."""
        places = {appointment.division for appointment in self.appointments}
        if all(place.level == place.Level.VILLAGE for place in places):
            return sorted(places, key=lambda place: place.code)
        return _with_townships(access.villages(self.user, at=timezone.now()))

    @cached_property
    def village(self):
        """The one chosen in this session, else the first; None for residents and visitors."""
        by_code = {village.code: village for village in self.villages}
        chosen = self.request.session.get(VILLAGE_KEY) if by_code else None
        return by_code.get(chosen) or next(iter(self.villages), None)

    @property
    def township(self):
        """The division above the village."""
        return self.village and self.village.parent

    @property
    def _here(self):
        return [a for a in self.appointments if self.village and access.covers(a, self.village)]

    @property
    def roles(self):
        """The reader's posts in this village, in words."""
        return list(dict.fromkeys(appointment.get_role_display() for appointment in self._here))

    @property
    def areas(self):
        """Areas the reader leads in this village."""
        return [appointment.area for appointment in self._here if appointment.area]

    @property
    def who(self):
        """The reader's name; empty for a visitor."""
        return str(self.user) if self.user and self.user.is_authenticated else ""

    @cached_property
    def menu(self):
        """[(heading, [entry])]; made by the layer that knows the pages, named in settings."""
        return import_string(settings.LIANPING_MENU)(self.request)

    @cached_property
    def menu_lines(self):
        """The menu drawn: a page shows it twice, at the side and behind 菜单."""
        return render_to_string(
            "shell/menu.html",
            {"shell": self, "display": Display.of(self.request.COOKIES), "request": self.request},
        )

    @property
    def nav(self):
        """The bottom bar of a phone: the entries with a short name."""
        return [entry for _heading, entries in self.menu for entry in entries if entry.short]


def _with_townships(villages) -> list[Division]:
    """Villages, each with the township it is in: a county has hundreds of the one, a dozen of the other."""
    found = list(villages)
    parents = Division.objects.in_bulk({village.parent_id for village in found} - {None})
    for village in found:
        if village.parent_id:
            village.parent = parents[village.parent_id]
    return found
