"""Finding one household by exact words, for who supervises: the answer names nobody, it only leads to the gate."""

from django import forms

from governance.forms.common import line


class FindForm(forms.Form):
    """Exact words: part of a name is never looked for. Sent by POST, so that no address keeps a name."""

    words = line(
        "门牌号或户名",
        missing="请写门牌号或者户名。",
        help_text="要一字不差。找到了也不写名字，先写为什么看。",
    )
