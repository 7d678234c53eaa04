"""Write the pages of docs/ that follow from the code, or check that they are up to date.

python -m tools.generated_docs            write them
python -m tools.generated_docs --check    exit 1 and name the stale ones
"""

import os
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
HEAD = "<!-- Generated from the code by `make docs`; do not edit. -->\n"


def pages() -> dict[str, str]:
    """Text of every generated page by file name; needs a configured Django."""
    from tools import permissions_page, settings_page, states_page

    made = {"permissions": permissions_page, "settings": settings_page, "states": states_page}
    return {f"{name}.md": HEAD + page.text() for name, page in made.items()}


def stale() -> list[str]:
    """Names of the pages on disk that differ from what the code says."""
    return [name for name, text in pages().items() if _on_disk(name) != text]


def write() -> None:
    """Write every generated page."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def _on_disk(name: str) -> str:
    page = DOCS / name
    return page.read_text(encoding="utf-8") if page.exists() else ""


def main(arguments: list[str]) -> str | None:
    """Write or check; the return value is what sys.exit takes: nothing when all is well."""
    import django

    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", "tests.settings"
    )  # the code's own shape, nobody's secrets
    django.setup()
    if "--check" not in arguments:
        return write()
    found = stale()
    return f"stale, run `make docs`: {', '.join(found)}" if found else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
