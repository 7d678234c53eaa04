"""Which slips, and to whom they were handed over."""

from uuid import UUID

from django import forms

from governance.forms.common import line
from governance.models import Area

# To whom a slip was handed over: never a name.
RECEIVERS = ("本人", "同住的家里大人", "代办员，念给本人听了")


class HandoutForm(forms.Form):
    """Which households' slips: of an area, at a door, with a name; or those ticked."""

    area = forms.ModelChoiceField(Area.objects.none(), label="哪一片", required=False, empty_label="都看")
    words = line("门牌号或者户主姓名", longest=40, help_text="姓名要写全。")

    def __init__(self, village, data=None, *, with_area: bool = True, picks: str = "pick"):
        super().__init__(data)
        self.picks = picks
        if with_area:
            self.fields["area"].queryset = Area.objects.filter(village=village).order_by("position")
        else:
            del self.fields["area"]

    def asked(self) -> dict:
        """What was asked for, as `handouts` takes it."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}

    @property
    def is_filtered(self) -> bool:
        """Was anything asked for."""
        return bool(self.asked())

    @property
    def is_picked(self) -> bool:
        """Was it sent by the list with its ticks, rather than for all that was found."""
        return "picked" in self.data or self.picks in self.data

    def picked(self) -> list[UUID]:
        """The keys that were ticked; what is no key counts as none."""
        return [key for key in map(_key, self.data.getlist(self.picks)) if key]


class GiveForm(forms.Form):
    """To whom slips were handed over: never a name."""

    to = forms.ChoiceField(
        label="交给了谁",
        choices=[("", "交给了谁？"), *((who, who) for who in RECEIVERS)],
    )


def _key(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
