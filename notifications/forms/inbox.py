"""The search over one's own messages."""

from django import forms

from governance.forms.common import line
from notifications.models import Topic


class FindForm(forms.Form):
    """Which of one's messages."""

    q = line("标题或内容里有", longest=40)
    topic = forms.ChoiceField(label="哪一类", required=False, choices=[("", "都看"), *Topic.choices])
    unread = forms.BooleanField(label="只看没读的", required=False)

    @property
    def is_filtered(self) -> bool:
        """Was anything asked for."""
        return self.is_valid() and any(self.cleaned_data.values())
