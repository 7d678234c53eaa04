"""Evidence for the demo: small drawn pictures of a village, one scene for each kind of fact."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 640, 480
GROUND = 300  # where the hills end and the ground begins
VARIANTS = 3
_WALL, _ROOF, _WOOD, _PAPER = "#efe9dc", "#5b6068", "#7a5a3c", "#fbf8ef"


def photo(scene: str, name: str = "照片.jpg", variant: int = 0) -> SimpleUploadedFile:
    """A picture of a scene (a key of SCENES) as somebody's phone would upload it."""
    return SimpleUploadedFile(name, _drawn(scene, variant % VARIANTS), "image/jpeg")


@cache
def _drawn(scene: str, variant: int) -> bytes:
    random = Random(f"{scene}{variant}")
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    SCENES[scene](draw, random)
    out = BytesIO()
    image.filter(ImageFilter.SMOOTH).save(out, "JPEG", quality=82)
    return out.getvalue()


def _outdoors(draw: ImageDraw.ImageDraw, random: Random) -> None:
    """Sky, two rows of hills, ground, and a house under a tree."""
    for y in range(GROUND):
        shade = y * 60 // GROUND
        draw.line((0, y, WIDTH, y), fill=(150 + shade, 190 + shade // 2, 220))
    for base, colour in ((210, "#8fae9b"), (250, "#6f9677")):
        peaks = [(x, base + random.randint(-50, 20)) for x in range(-80, WIDTH + 160, 110)]
        draw.polygon([(-80, GROUND), *peaks, (WIDTH + 160, GROUND)], fill=colour)
    draw.rectangle((0, GROUND, WIDTH, HEIGHT), fill="#a9a18c")
    _house(draw, 60 + random.randint(-30, 60))
    _tree(draw, 500 + random.randint(-30, 60))


def _house(draw, x: int) -> None:
    draw.rectangle((x, 200, x + 190, GROUND + 12), fill=_WALL)
    draw.polygon([(x - 18, 204), (x + 30, 158), (x + 160, 158), (x + 208, 204)], fill=_ROOF)
    draw.rectangle((x + 78, 240, x + 112, GROUND + 12), fill=_WOOD)
    for window in (x + 22, x + 136):
        draw.rectangle((window, 228, window + 34, 262), fill="#9db7c4", outline=_WOOD, width=3)


def _tree(draw, x: int) -> None:
    draw.rectangle((x - 7, 230, x + 7, GROUND + 15), fill=_WOOD)
    for dx, dy, size in ((-34, 205, 46), (8, 188, 50), (34, 214, 42)):
        draw.ellipse((x + dx - size, dy - size, x + dx + size, dy + size), fill="#5d8a57")


def _lane(draw, random) -> None:
    _outdoors(draw, random)
    draw.polygon([(250, GROUND), (390, GROUND), (600, HEIGHT), (60, HEIGHT)], fill="#c9c4b8")


def _swept(draw, random) -> None:
    _lane(draw, random)
    broom = 330 + random.randint(-60, 60)
    draw.line((broom, 330, broom + 34, 430), fill=_WOOD, width=7)
    draw.polygon([(broom + 24, 420), (broom + 48, 414), (broom + 66, 458), (broom + 24, 462)], fill="#b9964c")


def _yard(draw, random) -> None:
    _outdoors(draw, random)
    draw.rectangle((0, 330, WIDTH, HEIGHT), fill="#d6cfbd")
    for x in range(40, WIDTH, 100):
        draw.rectangle((x, 380, x + 44, 420), fill="#a8613f")
        for _ in range(5):
            dx, dy = random.randint(0, 44), random.randint(340, 378)
            draw.ellipse(
                (x + dx - 10, dy - 10, x + dx + 10, dy + 10),
                fill=random.choice(("#c2556b", "#d9a441", "#5d8a57")),
            )


def _bins(draw, random) -> None:
    _outdoors(draw, random)
    for x, colour in ((180, "#3f6f52"), (300, "#3c5f85"), (420, "#6a6a6a")):
        draw.rectangle((x, 330, x + 86, 440), fill=colour)
        draw.rectangle((x - 8, 316, x + 94, 334), fill="#2f3336")


def _heap(draw, random) -> None:
    _lane(draw, random)
    for _ in range(40):
        x, y = random.gauss(420, 45), random.gauss(400, 18)
        size = random.randint(8, 20)
        draw.rectangle(
            (x, y, x + size * 1.6, y + size), fill=random.choice(("#8c6d4f", "#c8b79a", "#7f8c8d", "#b5532f"))
        )


def _smoke(draw, random) -> None:
    _outdoors(draw, random)
    draw.rectangle((0, 320, WIDTH, HEIGHT), fill="#c3a55c")
    for n in range(26):
        x, y, size = 330 + random.gauss(0, 12) + n * 5, 380 - n * 12, 14 + n * 2
        draw.ellipse((x - size, y - size, x + size, y + size), fill=(150 + n * 2,) * 3)
    draw.polygon([(300, 400), (322, 352), (340, 384), (356, 346), (378, 400)], fill="#d9772b")


def _people(draw, random) -> None:
    _outdoors(draw, random)
    for x in range(150, 520, 70):
        top = 310 + random.randint(-12, 12)
        draw.ellipse((x - 13, top - 26, x + 13, top), fill="#d8b08c")
        draw.rounded_rectangle(
            (x - 20, top, x + 20, top + 70), 10, fill=random.choice(("#b5483a", "#3c5f85", "#5d6b4a"))
        )
        draw.rectangle((x - 14, top + 68, x + 14, top + 118), fill="#3a3f45")


def _car(draw, random) -> None:
    _lane(draw, random)
    body = random.choice(("#8a9199", "#9c3f38", "#dcdcd6"))
    draw.rounded_rectangle((210, 340, 450, 410), 16, fill=body)
    draw.polygon([(255, 344), (290, 300), (380, 300), (415, 344)], fill="#5b6f7c")
    for x in (265, 395):
        draw.ellipse((x - 24, 386, x + 24, 434), fill="#2f3336")


def _paper(draw, random) -> None:
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#8b7355")
    draw.rectangle((130, 30, 510, 460), fill=_PAPER)
    draw.rectangle((230, 62, 410, 78), fill="#4a4a4a")
    for y in range(115, 380, 30):
        draw.line((165, y, 165 + random.randint(200, 310), y), fill="#8d8d8d", width=6)
    draw.ellipse((390, 350, 470, 430), outline="#b8342c", width=6)


def _shelf(draw, random) -> None:
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill="#e4dccb")
    for y in (140, 270, 400):
        draw.rectangle((30, y, WIDTH - 30, y + 12), fill=_WOOD)
        for x in range(50, WIDTH - 80, 52):
            colour = random.choice(("#b5483a", "#d9a441", "#3c5f85", "#5d8a57"))
            draw.rectangle((x, y - random.randint(50, 84), x + 36, y), fill=colour)
            draw.rectangle((x + 4, y - 26, x + 32, y - 12), fill=_PAPER)


SCENES = {
    "road": _swept, "yard": _yard, "bins": _bins, "heap": _heap, "smoke": _smoke, "people": _people, "car": _car,
    "paper": _paper, "meeting": _people, "shelf": _shelf,
}  # fmt: skip
