"""Whose deliveries are counted, and since when."""

from django import forms


class FiguresForm(forms.Form):
    """Which village, and how far back."""

    DAYS = ((7, "近7天"), (30, "近30天"), (90, "近90天"))

    village = forms.ChoiceField(label="哪个村", required=False)
    days = forms.TypedChoiceField(
        label="多久以来", required=False, coerce=int, empty_value=30, choices=DAYS, initial=30
    )

    def __init__(self, villages, data=None):
        super().__init__({"days": 30, **data.dict()})
        self.fields["village"].choices = [("", "都看"), *((place.code, place.name) for place in villages)]
        if len(villages) < 2:
            del self.fields["village"]

    def asked(self, villages) -> tuple:
        """The villages asked for, and days."""
        given = self.cleaned_data if self.is_valid() else {}
        chosen = [place for place in villages if place.code == given.get("village")]
        return chosen or list(villages), given.get("days") or 30
