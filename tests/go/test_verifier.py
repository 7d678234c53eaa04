"""Go's own transparency-log code, which nobody here wrote, finds our logs good, and any flipped byte bad."""

import shutil
from base64 import b64decode, b64encode

import pytest

from tests.go.export import build, export, verify
from tests.months import Month
from tests.people import NOON
from tests.transparency.logs import grow, signed
from transparency.models import Checkpoint

pytestmark = [pytest.mark.django_db, pytest.mark.go]


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    """The verifier, compiled once."""
    return build(tmp_path_factory.mktemp("go"))


@pytest.fixture
def month(world):
    """柳溪村's log after a month driven by the services."""
    month = Month(world, NOON).open()
    month.observe("sweep", world.wang_home, "sweep")
    month.to_review()
    signed(world.village.code, NOON)
    month.review_all()
    month.send()
    signed(world.village.code, NOON)
    return world.village.code


@pytest.fixture
def exported(month, tmp_path):
    """The month's log in a folder: every leaf with its receipt."""
    old, new = Checkpoint.objects.filter(village=month).order_by("size").values_list("size", flat=True)
    return export(month, tmp_path / "log", old=old, new=new, seqs=range(new))


def test_go_finds_a_month_s_log_good(program, exported):
    ran = verify(program, exported)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("lianping.example/990101103205: ")
    assert ran.stdout.endswith(f"{len(list(exported.glob('*.tlog-proof')))} proofs, all good\n")


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 700), (256, 257), (255, 512), (700, 700)])
def test_go_finds_trees_of_any_size_good(program, world, tmp_path, old, new):
    village = world.village.code
    grow(old)
    signed(village, NOON)
    if new > old:
        grow(new - old)
        signed(village, NOON)
    ran = verify(program, export(village, tmp_path / "log", old=old, new=new, seqs={0, new // 2, new - 1}))
    assert (ran.returncode, ran.stderr) == (0, "")


def flip(path, marker, at=10):
    """Change one bit of what the base64 in the first line with this marker says."""
    lines = path.read_text(encoding="utf-8").split("\n")
    n = next(n for n, line in enumerate(lines) if marker in line)
    before, _, value = lines[n].rpartition(" ")
    data = bytearray(b64decode(value))
    data[at] ^= 1
    lines[n] = f"{before} {b64encode(data).decode()}".strip()
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "marker", "at"),
    [
        ("new", "— ", 10), ("new", "— ", 60), ("old", "— ", 0), ("old", "=", 3), ("new", "=", 31),
        ("0.tlog-proof", "extra", 10), ("0.tlog-proof", "— ", 20), ("consistency", "=", 7),
    ],
)  # fmt: skip
def test_go_refuses_one_flipped_byte(program, exported, tmp_path, name, marker, at):
    assert verify(program, exported).returncode == 0
    folder = shutil.copytree(exported, tmp_path / "flipped")
    flip(folder / name, marker, at)
    ran = verify(program, folder)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert name in ran.stderr


def test_go_refuses_one_flipped_byte_on_the_way_to_the_root(program, exported):
    path = exported / "0.tlog-proof"
    sibling = path.read_text(encoding="utf-8").split("\n")[3]
    data = bytearray(b64decode(sibling))
    data[0] ^= 1
    path.write_text(
        path.read_text(encoding="utf-8").replace(sibling, b64encode(data).decode()), encoding="utf-8"
    )
    assert verify(program, exported).returncode == 1


def test_go_refuses_a_number_that_is_not_the_leaf_s(program, exported):
    path = exported / "0.tlog-proof"
    path.write_text(path.read_text(encoding="utf-8").replace("index 0", "index 1"), encoding="utf-8")
    assert verify(program, exported).returncode == 1
