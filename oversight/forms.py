"""Forms of the supervisor's pages."""

from datetime import date

from django import forms

from governance.forms.common import line

FIRST, AHEAD = date(1949, 10, 1), 10


def check_days(form: forms.Form, *names: str, today: date) -> None:
    """Say beside a field that its day lies where nothing can be: long before any record, or years ahead."""
    for name in names:
        value = form.cleaned_data.get(name)
        if value and not FIRST <= value <= today.replace(year=today.year + AHEAD, day=1):
            form.add_error(name, f"请写{FIRST.year}年以后、{today.year + AHEAD}年以前的日子。")


class OpenForm(forms.Form):
    """Why a named file is opened, in words the household will read."""

    open_why = line(
        "为什么要看这一户", missing="请写明为什么要看，这一户会看到您写的话。", longest=200,
        help_text="比如：查第3号异议的减分。这一户在“谁看过我家”里会看到您的名字、职务和这句话。",
    )  # fmt: skip
