"""Which approved template a letter goes by, and what its variables show: the one reading of SMS_ and WECHAT_TEMPLATES."""

from __future__ import annotations

from collections.abc import Mapping

from notifications.channels.base import Letter

# A template written as its number alone has no variables, but that of a code has one.
_PLAIN = {"code": {"code": "code"}}


def filled(templates: Mapping[str, str | dict], letter: Letter) -> tuple[str, dict[str, str]]:
    """(number of the template of a letter's kind, else of `default`; {variable: its text}).

    A variable shows the subject, the text or one of the letter's values, as the setting says.
    """
    template = templates.get(letter.template) or templates["default"]
    if isinstance(template, str):
        template = {"id": template, "data": _PLAIN.get(letter.template, {})}
    known = {"subject": letter.subject, "text": letter.text, **dict(letter.values)}
    return template["id"], {name: known.get(of, "") for name, of in template["data"].items()}
