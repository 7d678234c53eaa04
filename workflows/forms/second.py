"""再看一户: nothing, something under these rules, or "I cannot say"."""

from __future__ import annotations

from django import forms

from governance.models import Rule

NOTHING, SOMETHING, UNSURE = "nothing", "something", "unsure"


class SecondForm(forms.Form):
    """What the second rater knows of one household's month."""

    view = forms.ChoiceField(
        label="这一户这个月怎么样", widget=forms.RadioSelect,
        choices=[(NOTHING, "没变化，没有要记的事"), (SOMETHING, "有事，在下面勾"), (UNSURE, "不了解，说不准")],
        error_messages={"required": "请选一项。不了解就选“不了解，说不准”，没关系。"},
    )  # fmt: skip
    plus = forms.MultipleChoiceField(label="加分的", required=False, widget=forms.CheckboxSelectMultiple)
    minus = forms.MultipleChoiceField(label="减分的", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data=None, *, rules: list[Rule]):
        super().__init__(data)
        self._rules = {str(rule.key): rule for rule in rules}
        for name, sign in (("plus", 1), ("minus", -1)):
            self.fields[name].choices = [
                (key, f"{rule.number} {rule.text}") for key, rule in self._rules.items() if rule.sign == sign
            ]

    def clean(self):
        """The choice and what is ticked must say the same."""
        said = super().clean()
        view, ticked = said.get("view"), [*said.get("plus", ()), *said.get("minus", ())]
        if view == SOMETHING and not ticked:
            self.add_error("plus", "请勾是哪一条；没有要记的事，就选“没变化”。")
        if view in (NOTHING, UNSURE) and ticked:
            self.add_error("view", "下面勾了细则，请选“有事”；没有事就把勾去掉。")
        return said

    @property
    def chosen(self) -> list[Rule]:
        """The rules ticked in a valid form."""
        return [self._rules[key] for key in (*self.cleaned_data["plus"], *self.cleaned_data["minus"])]

    @property
    def knows(self) -> bool:
        """Does the rater say anything at all."""
        return self.cleaned_data["view"] != UNSURE
