"""One person's browser window: goes where a person goes, by the words on the page, and collects complaints."""

from __future__ import annotations

import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
PICTURES = Path(settings.BASE_DIR, "var/browser")
_GRAVE = {"serious", "critical"}
_CUT_OFF = """() => {
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    const end = (box) => box.getBoundingClientRect().right;
    const cut = [...document.querySelectorAll("table")].filter((it) => end(it) > end(it.parentElement) + 1);
    return [...(over > 0 ? [`${over} px too wide`] : []), ...cut.map((it) => `cut off: ${it.innerText.slice(0, 60)}`)];
}"""
_LEADS_ON = """it => it.matches("a[href]:not([href^='#'], [download], [target], [data-bs-toggle])")
    && !it.closest("[hx-boost]") && ![...it.attributes].some((one) => one.name.startsWith("hx-"))"""


class Screen:
    """A window of one size with a session of its own."""

    def __init__(self, context: BrowserContext, site: str):
        self.site, self.complaints = site, []
        context.set_default_timeout(10_000)
        self.page: Page = context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, message) -> None:
        # A form shown again answers 422, a refusal 403: tests read those pages, so they are no complaint.
        answered = (
            message.text.startswith("Failed to load resource") and message.location["url"] == self.page.url
        )
        # A tap that takes the place of an earlier one: htmx tells of the one given up.
        given_up = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
        if message.type in ("error", "warning") and not answered and not given_up:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def sign_in_as(self, user) -> Screen:
        """Put the session of a user into the window without the sign-in page."""
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self.page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.site}])
        return self

    def go(self, name: str, *args) -> Screen:
        """Open a page by the name of its URL."""
        return self.open(reverse(name, args=args))

    def open(self, path: str) -> Screen:
        """Open a page by its address within the site; it must answer 200."""
        answer = self.page.goto(self.site + path)
        assert answer.status == 200, f"{path}: {answer.status}"
        return self

    def click(self, words: str, *, nth: int = 0) -> Screen:
        """Click the button or the link with these words; what it leads to has come when this returns."""
        named = re.compile(words)
        found = self.page.get_by_role("button", name=named).or_(self.page.get_by_role("link", name=named))
        if found.nth(nth).evaluate(_LEADS_ON):
            # The page it leads to may look as this one does: wait for the page itself, not for words on it.
            with self.page.expect_navigation():
                found.nth(nth).click()
        else:
            found.nth(nth).click()
            self.page.wait_for_load_state()
        return self

    def fill(self, **fields: str) -> Screen:
        """Fill in fields by name or id; a choice is given as its words, a file as {name, mimeType, buffer}."""
        for name, value in fields.items():
            box = self.page.locator(f"[name={name}]:not([type=hidden]), #{name}").last
            kind = box.evaluate("box => box.type")
            if kind == "select-one":
                box.select_option(box.locator("option").filter(has_text=value).first.get_attribute("value"))
            elif kind == "file":
                box.set_input_files(value)
            else:
                box.fill(value)
        return self

    def choose(self, words: str) -> Screen:
        """Tick the box or the radio with this label."""
        self.page.get_by_label(re.compile(words)).first.check()
        return self

    def see(self, *words: str) -> Screen:
        """All of this is on the page, in sight."""
        for text in words:
            expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()
        return self

    def miss(self, *words: str) -> Screen:
        """Nothing of this is on the page."""
        for text in words:
            expect(self.page.get_by_text(text)).to_have_count(0)
        return self

    def faults(self, *sizes: dict) -> list[str]:
        """At each size: what is wider than its place, and what axe finds serious or critical on it."""
        found = []
        for size in sizes:
            self.page.set_viewport_size(size)
            axe = Axe().run(self.page).response["violations"]
            faults = self.page.evaluate(_CUT_OFF) + [_said(one) for one in axe if one["impact"] in _GRAVE]
            found += [f"{self.page.url}, {size['width']}: {fault}" for fault in faults]
        return found

    def no_complaints(self) -> None:
        """The console stayed empty: no script failed, the content security policy had nothing to report."""
        assert not self.complaints, "\n".join(self.complaints)

    def picture(self, name: str) -> Path:
        """A picture of the whole page, into an ignored folder."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path


def _said(violation: dict) -> str:
    nodes = "; ".join(f"{node['target']} {node['html'][:120]}" for node in violation["nodes"][:3])
    return f"{violation['impact']} {violation['id']}: {violation['help']} — {nodes}"
