"""docs/screenshots/: the README's pictures, taken from a demo village that is made for it and thrown away.

python -m tools.screenshots      needs Chromium and takes a minute or two
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs/screenshots"
PASSWORD = "lianping-demo"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
GAP, COLOURS = 40, 128
SECONDS_TO_START = 30


def main() -> None:
    """Make the village, walk through it, keep its pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, _demo(Path(folder)) as site, _browser(site) as enter:
        _keep("my-points", *_my_points(enter("zhuhu1", PHONE)))
        _keep("council", _council(enter("linlishi", DESK)))
        _keep("notice", _notice(enter("zhuhu1", DESK)))
        _keep("import", _import(enter("wenshu", DESK)))
        officer = enter("zhuanyuan", DESK)
        _keep("case", _case(officer))
        _keep("letter", _letter(officer))


def _my_points(page: Page) -> list[bytes]:
    """The last quarter's sheet as a phone shows it, and in 长辈版."""
    page.get_by_role("link", name="上季").click()
    plain = page.screenshot()
    page.get_by_role("link", name="长辈版").first.click()
    return [plain, page.screenshot()]


def _council(page: Page) -> bytes:
    page.get_by_role("link", name="审议").first.click()
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def _notice(page: Page) -> bytes:
    """The newest notice on the board."""
    page.goto("/villages/")
    page.get_by_role("link", name="柳溪村").click()
    page.locator("main .lp-links a").first.click()
    return page.screenshot()


def _import(page: Page) -> bytes:
    """A rulebook with rows that may not be scored."""
    page.get_by_role("link", name="导入", exact=True).first.click()
    page.set_input_files("#id_rulebook_file", ROOT / "tests/browser/rulebook.csv")
    page.get_by_role("button", name="传上来看一遍").last.click()
    return page.screenshot()


def _case(page: Page) -> bytes:
    """The file of a case that is being investigated."""
    page.goto("/cases/?state=accepted")
    page.locator("main table a").last.click()
    return page.screenshot()


def _letter(page: Page) -> bytes:
    """What the household is given when a case is decided."""
    page.goto("/cases/?tab=done&state=closed")
    page.locator("main table a").last.click()
    page.get_by_role("link", name="决定书").first.click()
    return page.locator("main").screenshot()


@contextmanager
def _demo(folder: Path):
    """A seeded village served from a folder of its own; gives its address."""
    port = _free_port()
    own = {"DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3", "MEDIA_ROOT": str(folder / "uploads")}
    env = os.environ | own | {"DEBUG": "1", "REDIS_URL": ""}
    manage = [sys.executable, str(ROOT / "manage.py")]
    for command in ("migrate", "seed_demo"):
        subprocess.run([*manage, command], env=env, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([*manage, "serve", "--port", str(port)], env=env, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def _browser(site: str):
    """Gives enter(username, size): a page of somebody who has signed in."""
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, BROWSERS)))
        browser = playwright.chromium.launch(executable_path=path)

        def enter(username: str, size: dict) -> Page:
            page = browser.new_page(base_url=site, viewport=size, locale="zh-CN", device_scale_factor=2)
            page.goto("/accounts/login/")
            page.fill("[name=login]", username)
            page.fill("[name=password]", PASSWORD)
            page.get_by_role("button", name="登录", exact=True).click()
            return page

        yield enter
        browser.close()


def _keep(name: str, *shots: bytes) -> None:
    """Side by side, in few colours: a picture of a page stays small."""
    images = [Image.open(BytesIO(shot)).convert("RGB") for shot in shots]
    width = sum(image.width for image in images) + GAP * (len(images) - 1)
    whole = Image.new("RGB", (width, max(image.height for image in images)), "white")
    left = 0
    for image in images:
        whole.paste(image, (left, 0))
        left += image.width + GAP
    whole.quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"nothing answers on port {port}")


if __name__ == "__main__":
    main()
