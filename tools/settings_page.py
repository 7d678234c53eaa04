"""docs/settings.md: every environment variable, from config.env.DECLARED."""

from config.env import DECLARED, Setting

INTRO = """# Settings

Everything that differs between two installations is an environment variable; no other file configures it.
A secret has no default: without it the program does not start and says which one is missing.
With `DEBUG=1` secrets are made once and kept in `var/secrets.json`, which git ignores.

| variable | default | what it does |
|---|---|---|
"""


def text() -> str:
    """The page as Markdown."""
    return INTRO + "".join(map(_row, DECLARED))


def _row(setting: Setting) -> str:
    default = "required, secret" if setting.secret else f"`{setting.default}`" if setting.default else ""
    return f"| `{setting.name}` | {default} | {setting.says} |\n"
