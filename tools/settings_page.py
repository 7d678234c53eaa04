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
    return f"| `{setting.name}` | {_default(setting)} | {setting.says} |\n"


def _default(setting: Setting) -> str:
    if setting.secret:
        return "required, secret"
    if setting.needed_with:
        return f"required with `{setting.needed_with}`"
    return f"`{setting.default}`" if setting.default else ""
