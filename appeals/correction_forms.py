"""What the township fills in to list a correction."""

from django import forms

from appeals.corrections import GROUND_LENGTH, SOURCE_LENGTH
from governance.forms.common import line
from governance.models import Rule
from workflows.models import Round


class ProposeForm(forms.Form):
    """A rule or a posted month, why, and by which paper."""

    rule = forms.ModelChoiceField(
        Rule.objects.none(), label="哪一条细则不合规定", empty_label="不是细则的事", required=False
    )
    round = forms.ModelChoiceField(
        Round.objects.none(), label="或者哪个月的决定被撤销了", empty_label="不是哪个月的事", required=False
    )
    ground = forms.CharField(
        label="为什么更正",
        help_text="写明白话，被改到的各户都会看到。不要写人名。",
        max_length=GROUND_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写为什么要改，各户都会看到这段话。"},
    )
    source = line("依据", missing="请写依据，比如哪份文件、哪个决定。", longest=SOURCE_LENGTH)

    def __init__(self, village, data=None):
        super().__init__(data)
        rules = Rule.objects.filter(rulebook__village=village, void__isnull=True)
        self.fields["rule"].queryset = rules.select_related("rulebook").order_by(
            "-rulebook__version", "position"
        )
        self.fields["rule"].label_from_instance = lambda rule: (
            f"第{rule.rulebook.version}版{rule.number} {rule.text}"
        )
        self.fields["round"].queryset = village.rounds.filter(publication__isnull=False)
        self.fields["round"].label_from_instance = lambda round: f"{round.month.year}年{round.month.month}月"

    def clean(self):
        """One of the two."""
        found = super().clean()
        if bool(found.get("rule")) == bool(found.get("round")):
            raise forms.ValidationError("请选一条细则，或者选一个月，只选一样。")
        return found
