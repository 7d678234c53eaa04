"""Forms of the supervisor's pages."""

from django import forms

from governance.forms.common import line


class OpenForm(forms.Form):
    """Why a named file is opened, in words the household will read."""

    open_why = line(
        "为什么要看这一户", missing="请写明为什么要看，这一户会看到您写的话。", longest=200,
        help_text="比如：查第3号异议的减分。这一户在“谁看过我家”里会看到您的名字、职务和这句话。",
    )  # fmt: skip
