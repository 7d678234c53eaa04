"""核一条: as filed, another quantity, or not taken; and the reason for a return."""

from __future__ import annotations

from django import forms

from workflows.forms import measures
from workflows.models import Observation
from workflows.observations import Fact

CONFIRM, ADJUST, REJECT = "confirm", "adjust", "reject"


class ItemForm(measures.MeasuredForm):
    """A leader's verdict on one item; nothing is chosen beforehand."""

    verdict = forms.ChoiceField(
        label="您核下来怎么样", widget=forms.RadioSelect,
        error_messages={"required": "请选一项：照单确认、改数量，或不收。"},
    )  # fmt: skip
    why = forms.CharField(
        label="理由", help_text="改了、不收，就要写；评议人看得到。", max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, data=None, *, item: Observation, **kwargs):
        super().__init__(data, initial=measures.initial(item), **kwargs)
        self.item = item
        self.use(item.rule, required=False)
        for field in [self.fields[name] for name in measures.NAMES if name in self.fields][:1]:
            field.help_text = f"选改数量才用填，填您量的。{field.help_text}"
        self.fields["verdict"].choices = [
            (CONFIRM, "照单确认"),
            *([(ADJUST, "改数量")] if self.measure_fields else []),
            (REJECT, "不收这一条"),
        ]

    def as_fact(self) -> Fact:
        """The item's fact with what the leader measured."""
        return Fact(
            fact=self.item.fact, occurred_on=self.item.occurred_on, **measures.measured(self.cleaned_data)
        )


class ReturnForm(forms.Form):
    """Why a whole sheet goes back."""

    why = forms.CharField(
        label="为什么退", help_text="他看得到。", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写为什么退，评议人看得到。"},
    )  # fmt: skip
