"""Which kinds of messages are shown."""

from django import forms

from governance.forms.common import line
from notifications.models import Topic
from notifications.samples import audiences


class SamplesForm(forms.Form):
    """Which kinds of messages."""

    words = line("找一种", longest=40)
    topic = forms.ChoiceField(label="哪一类", required=False, choices=[("", "都看"), *Topic.choices])
    who = forms.ChoiceField(label="告诉谁", required=False)

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["who"].choices = [("", "都看"), *((who, who) for who in audiences())]

    def asked(self) -> dict:
        """What was asked for, as `samples` takes it."""
        return self.cleaned_data if self.is_valid() else {}

    @property
    def is_filtered(self) -> bool:
        """Was anything asked for."""
        return any(self.asked().values())
