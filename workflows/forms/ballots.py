"""What a council member fills in: a vote, a doubt, the items ticked."""

from uuid import UUID

from django import forms

from workflows.forms.words import words
from workflows.models import Ballot

_MEANS = {Ballot.Choice.REJECT: "这条不记", Ballot.Choice.SEND_BACK: "事实没弄清，请再去看"}


class BallotForm(forms.Form):
    """One vote; nothing is chosen beforehand. What is needed is for ballots.cast to say."""

    choice = forms.ChoiceField(
        label="您的票", choices=Ballot.Choice.choices, widget=forms.RadioSelect, required=False
    )
    reason = words("理由")

    def options(self):
        """[(radio, what it means, its key on the keyboard)]: the ballot as it is drawn."""
        for number, radio in enumerate(self["choice"], start=1):
            yield radio, _MEANS.get(radio.data["value"], ""), number


class DoubtForm(forms.Form):
    """Why a small item needs a ballot."""

    why = words("哪里有疑问", missing="请写哪里有疑问，投票的人看得到。")


def keys(values: list[str]) -> list[UUID]:
    """The keys among what a page sent back; anything else is left out."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
