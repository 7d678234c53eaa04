"""Several households to one rater."""

from django import forms

from governance.forms.common import pick, why
from governance.models import Subject, User


class TakeOverForm(forms.Form):
    """Which households, who rates them from today, and why."""

    subjects = forms.ModelMultipleChoiceField(
        Subject.objects.none(),
        label="哪几户",
        to_field_name="key",
        error_messages={
            "required": "请先勾上要换的户。",
            "invalid_choice": "有一户不在这张单子上，请刷新再选。",
            "invalid_pk_value": "有一户不在这张单子上，请刷新再选。",
        },
    )
    rater = pick(User.objects.none(), "从今天起由谁联", missing="请选一位联户党员。")
    why = why("为什么", "比如党员搬走了、户数分得更匀。")

    def __init__(self, subjects, raters, data=None):
        super().__init__(data)
        self.fields["subjects"].queryset = subjects
        self.fields["rater"].queryset = raters
