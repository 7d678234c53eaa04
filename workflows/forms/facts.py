"""记一件事: fact first, then the rule; the points are nowhere to be typed (mockup b-rater-add-fact)."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from django import forms

from governance.models import Rule
from workflows.forms import measures
from workflows.models import Observation
from workflows.observations import Fact


class FilesInput(forms.FileInput):
    """A file input that takes several."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        """All files of the name: the camera's and the album's inputs share it."""
        return files.getlist(name)


class FilesField(forms.FileField):
    """Several files, each non-empty."""

    widget = FilesInput

    def clean(self, data, initial=None):
        """A list of uploads, empty when none was chosen."""
        return [super(FilesField, self).clean(upload, initial) for upload in data or []]


class FactForm(measures.MeasuredForm):
    """One fact about one household. The fields of the chosen rule are added to it."""

    fact = forms.CharField(
        label="看到了什么", help_text="只写看见的事，不写评价。", max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    occurred_on = forms.DateField(label="哪一天", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    place = forms.CharField(label="在哪里", max_length=100, required=False)
    rule = forms.ChoiceField(label="按哪一条细则")
    photos = FilesField(label="照片", required=False)
    witness_1 = forms.CharField(label="证人一", max_length=40, required=False)
    witness_2 = forms.CharField(label="证人二", max_length=40, required=False)

    def __init__(self, data=None, files=None, *, rules: list[Rule], month: date, last_day: date, **kwargs):
        super().__init__(data, files, **kwargs)
        self.rules = {str(rule.key): rule for rule in rules}
        self.fields["rule"].choices = [("", "请选一条"), *_by_dimension(rules)]
        self.fields["occurred_on"].widget.attrs.update(max=last_day.isoformat())
        self.fields["fact"].error_messages["required"] = "请写看到了什么，只写看见的事，不写评价。"
        self.fields["occurred_on"].error_messages.update(
            required=f"请填{month.month}月的哪一天。", invalid="请填日子，比如2026-10-25。"
        )
        self.fields["rule"].error_messages["required"] = "请选一条细则。"
        if self.chosen_rule:
            self.use(self.chosen_rule, required=True)

    @property
    def chosen_rule(self) -> Rule | None:
        """The rule chosen so far."""
        return self.rules.get(str(self["rule"].value() or ""))

    def as_fact(self) -> Fact:
        """The service's value of a valid form."""
        cleaned = self.cleaned_data
        return Fact(
            fact=cleaned["fact"], occurred_on=cleaned["occurred_on"], place=cleaned["place"],
            photos=tuple(cleaned["photos"]), witnesses=(cleaned["witness_1"], cleaned["witness_2"]),
            **measures.measured(cleaned),
        )  # fmt: skip

    def so_far(self, default_day: date) -> Fact:
        """What can be computed from a form that is half filled."""
        day = self.cleaned_data.get("occurred_on") or default_day
        return Fact(fact="", occurred_on=day, **measures.measured(self.cleaned_data))


def fact_of(observation: Observation) -> Fact:
    """A kept observation as the service's value."""
    return Fact(
        fact=observation.fact, occurred_on=observation.occurred_on, quantity_milli=observation.quantity_milli,
        chosen_tenths=observation.chosen_tenths, labels=tuple(observation.labels),
    )  # fmt: skip


def initial(observation: Observation) -> dict:
    """A form's initial data from a draft; witnesses already kept are shown beside the form, not in it."""
    return {
        "fact": observation.fact,
        "occurred_on": observation.occurred_on,
        "place": observation.place or "",
        "rule": str(observation.rule.key),
        **measures.initial(observation),
    }


def _by_dimension(rules):
    ordered = sorted(rules, key=lambda rule: Rule.Dimension.values.index(rule.dimension))
    for dimension, group in groupby(ordered, key=lambda rule: rule.get_dimension_display()):
        yield dimension, [(str(rule.key), _title(rule)) for rule in group]


def _title(rule: Rule) -> str:
    return f"{'加' if rule.sign > 0 else '减'} {rule.number} {rule.text}"
