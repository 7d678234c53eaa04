"""What an officer fills in beside a case: grounds, questions, days, a meeting."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils import timezone

from appeals import exhibits, inquiries
from appeals.decisions import GROUNDS_LENGTH
from appeals.models import Inquiry
from governance.forms.common import day, line
from workflows.forms.facts import FilesField

Kind = Inquiry.Kind


def long_words(label: str, *, longest: int, missing: str = "", help_text: str = "", rows: int = 3):
    """A person's own words, as many as the service takes."""
    return forms.CharField(
        label=label, required=bool(missing), max_length=longest, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": longest}),
        error_messages={"required": missing, "max_length": f"最多写{longest}个字。"},
    )  # fmt: skip


class NothingForm(forms.Form):
    """One press is enough."""


class WhyForm(forms.Form):
    """A reason; `label` says of what."""

    def __init__(self, data=None, *, label: str, help_text: str = "", missing: str):
        super().__init__(data)
        self.fields["why"] = long_words(label, longest=500, missing=missing, help_text=help_text)


class RefuseForm(forms.Form):
    """Why a case is not taken up."""

    grounds = long_words(
        "为什么不收", longest=GROUNDS_LENGTH, missing="请写理由，住户看得到，也好请人复核。",
        help_text="会原样告诉住户。他不服，可以请别的人复核。",
    )  # fmt: skip


class HandOverForm(forms.Form):
    """To whom, and why."""

    to = forms.ChoiceField(label="转给谁", error_messages={"required": "请选转给谁。"})
    why = long_words("为什么转交", longest=500, missing="请写为什么转交。", rows=2)

    def __init__(self, data=None, *, candidates):
        super().__init__(data)
        self.people = {str(user.key): user for user in candidates}
        self.fields["to"].choices = [("", "请选"), *((key, user.name) for key, user in self.people.items())]

    def clean_to(self):
        """The person."""
        return self.people[self.cleaned_data["to"]]


class AskForm(forms.Form):
    """Whom to ask and what; those who had a hand in the line are listed, others are asked by name."""

    to = forms.ChoiceField(label="问谁", widget=forms.RadioSelect, error_messages={"required": "请选问谁。"})
    to_name = line("姓名或部门", longest=40, help_text="没有账号的写在这里，您当面或打电话问，把答复记下来。")
    question = long_words(
        "问什么",
        longest=inquiries.LONGEST,
        missing="请写清楚要问什么。",
        help_text="他只看得到这句话和这一条记分。",
    )

    def __init__(self, data=None, *, asked):
        super().__init__(data, initial={"to": str(asked[0][1].key) if asked else Kind.WITNESS.value})
        self.people = {str(user.key): (kind, user) for kind, user in asked}
        self.fields["to"].choices = [
            *((key, f"{kind.label}{user.name}") for key, (kind, user) in self.people.items()),
            (Kind.WITNESS, "证人，写姓名"), (Kind.DEPARTMENT, "部门，写名称"),
        ]  # fmt: skip

    def as_asked(self) -> dict:
        """What inquiries.ask takes."""
        said = self.cleaned_data
        if said["to"] in self.people:
            kind, user = self.people[said["to"]]
            return {"kind": kind, "to_user": user, "question": said["question"]}
        return {"kind": said["to"], "to_name": said["to_name"], "question": said["question"]}


class HearingForm(forms.Form):
    """When and where both sides meet."""

    on = day("哪一天")
    clock = forms.TimeField(
        label="几点", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": "请写几点。", "invalid": "写成14:30这样。"},
    )  # fmt: skip
    place = line("在哪里", missing="请写在哪里，比如村部会议室。", longest=120)

    def takes_place_at(self) -> datetime:
        """The moment, in local time."""
        said = self.cleaned_data
        return timezone.make_aware(datetime.combine(said["on"], said["clock"]))


class MinutesForm(forms.Form):
    """What was said in a meeting."""

    minutes = long_words("记录", longest=4000, missing="请写谁到了、各自说了什么。", rows=4)


class ExtendForm(forms.Form):
    """How many days more, and why."""

    days = forms.IntegerField(label="延长几个工作日", min_value=1, error_messages={"required": "请写几天。"})
    why = long_words("为什么要延长", longest=500, missing="请写为什么要延长，住户看得到。", rows=2)

    def __init__(self, data=None, *, most: int):
        super().__init__(data)
        self.fields["days"].help_text = f"最多{most}天，只能延长一次。"
        self.fields["days"].widget.attrs.update(max=most)


class PapersForm(forms.Form):
    """What the office itself puts into the file."""

    text = long_words("说明", longest=exhibits.TEXT_LENGTH)
    files = FilesField(label="照片或PDF", required=False, help_text=f"最多{exhibits.MOST_FILES}份。")
    files.widget.attrs.update(accept="image/*,application/pdf", multiple=True)


class AnswerForm(forms.Form):
    """The answer to a question."""

    answer = long_words(
        "您的答复", longest=inquiries.LONGEST, rows=5,
        missing="请写您知道的：看见了什么，哪一天，在哪里。", help_text="看见的照实写。不清楚的，写不清楚就行。",
    )  # fmt: skip
