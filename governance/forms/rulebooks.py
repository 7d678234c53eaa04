"""What the clerk sets on a draft's rules, and what is written down of the assembly."""

from decimal import Decimal

from django import forms

from governance.forms.common import day, line, why
from governance.lexicon_conduct import Conduct
from governance.models import Rule, Rulebook, Subject
from governance.periods import next_quarter, quarter_label, quarter_of

CONDUCTS = [("", "还没选"), *((conduct.value, conduct.label) for conduct in Conduct)]
EVIDENCE = [("", "还没选"), *Rule.Evidence.choices]
WINDOWS = {"day": "每天", "month": "每月", "quarter": "每季", "year": "每年"}


def tenths(points: Decimal | None) -> int | None:
    """Points as typed, in tenths; None when nothing was."""
    return None if points is None else int(points * 10)


def points_field(label: str, *, required: bool = False, most: int = 10_000) -> forms.DecimalField:
    """Points with at most one decimal."""
    wrong = "请写分数，比如2或0.5。"
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=0,
        max_value=most,
        decimal_places=1,
        error_messages={
            "required": wrong,
            "invalid": wrong,
            "max_decimal_places": "最多写到0.1分。",
            "min_value": "不能是负数。",
            "max_value": f"最多{most}分。",
        },
    )


class RuleForm(forms.Form):
    """One rule of a draft. A self-set slot is also given its words and points."""

    number = line("编号", longest=20, missing="请写编号。")
    dimension = forms.ChoiceField(label="哪一方面", choices=Rule.Dimension.choices)
    conduct = forms.ChoiceField(
        label="哪一类事", choices=CONDUCTS, required=False, help_text="选好才能上大会。"
    )
    evidence = forms.ChoiceField(
        label="要什么证据", choices=EVIDENCE, required=False, help_text="减分的一定要选。"
    )
    double_audit = forms.BooleanField(label="两级审核：理事会投票才算", required=False)
    kinds = forms.MultipleChoiceField(
        label="管哪几类", choices=Subject.Kind.choices, widget=forms.CheckboxSelectMultiple, required=False,
        help_text="都不选，就只管户。",
    )  # fmt: skip
    lasts_quarters = forms.IntegerField(
        label="管几季", min_value=1, max_value=4, help_text="最多4季，满了自己消掉。",
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), "请写1到4。"),
    )  # fmt: skip
    repairable = forms.BooleanField(label="减了能修复", required=False)
    repair_half = forms.BooleanField(label="修复只抵一半", required=False)
    repair_terms = line("怎样算修复", longest=200)

    def __init__(self, rule: Rule, data=None):
        super().__init__(data)
        self.rule = rule
        self.initial = {name: getattr(rule, name) for name in self.fields}
        if rule.shape == Rule.Shape.SELF_SET:
            self._add_self_set()
        if rule.sign > 0 and rule.shape != Rule.Shape.SELF_SET:
            for name in ("repairable", "repair_half", "repair_terms"):
                del self.fields[name]
        for window, word in WINDOWS.items():
            self._add_caps(window, word)

    def _add_self_set(self) -> None:
        self.fields["text"] = line("具体的事", longest=500, missing="请写成具体的、看得见的事。")
        self.fields["sign"] = forms.TypedChoiceField(
            label="加分还是减分", choices=[(1, "加分"), (-1, "减分")], coerce=int
        )
        self.fields["points_tenths"] = points_field("几分", required=True, most=2)
        self.initial |= {
            "text": self.rule.text, "sign": self.rule.sign, "points_tenths": Decimal(self.rule.points_tenths) / 10
        }  # fmt: skip
        self.order_fields(["number", "text", "sign", "points_tenths"])

    def _add_caps(self, window: str, word: str) -> None:
        most = getattr(self.rule, f"{window}_points")
        self.fields[f"{window}_points"] = points_field(f"{word}最多几分")
        self.fields[f"{window}_times"] = forms.IntegerField(
            label=f"{word}最多几次", required=False, min_value=1, max_value=1000,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "请写次数，比如2。"),
        )  # fmt: skip
        self.initial[f"{window}_points"] = None if most is None else Decimal(most) / 10
        self.initial[f"{window}_times"] = getattr(self.rule, f"{window}_times")

    @property
    def caps(self) -> list:
        """The bound fields of the limits."""
        return [field for field in self if field.name.partition("_")[0] in WINDOWS]

    @property
    def others(self) -> list:
        """All other bound fields."""
        return [field for field in self if field.name.partition("_")[0] not in WINDOWS]

    @property
    def values(self) -> dict:
        """As rules.edit takes them: points in tenths."""
        said = dict(self.cleaned_data)
        return said | {
            name: tenths(said[name]) for name in said if name.endswith(("_points", "points_tenths"))
        }


class AnswerForm(forms.Form):
    """The recorded answer to one warning."""

    ground = forms.CharField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label="为什么可以留着",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写为什么可以留着，大会上看得到。"},
    )


class TickedForm(forms.Form):
    """The rules of a draft that were ticked."""

    rules = forms.ModelMultipleChoiceField(
        Rule.objects.none(),
        label="哪几条",
        to_field_name="key",
        error_messages={"required": "请先勾上要改的几条。", "invalid_pk_value": "有一条不在这份草稿里，请刷新再选。",
                        "invalid_choice": "有一条不在这份草稿里，请刷新再选。"},
    )  # fmt: skip

    def __init__(self, rulebook: Rulebook, data=None):
        super().__init__(data)
        self.fields["rules"].queryset = rulebook.rules.all()


class EvidenceForm(TickedForm):
    """One kind of evidence for many rules."""

    evidence = forms.ChoiceField(
        label="要什么证据", choices=EVIDENCE, error_messages={"required": "请选一种证据。"}
    )


class ReopenForm(forms.Form):
    """Why a checked or announced draft goes back to the desk."""

    why = why("为什么退回来改")


class AdoptForm(forms.Form):
    """What the assembly decided, with its minutes."""

    assembly_on = day("大会是哪一天", missing="请写大会是哪一天。")
    present = forms.IntegerField(
        label="到会多少人",
        min_value=1,
        error_messages=dict.fromkeys(("required", "invalid", "min_value"), "请写到会多少人。"),
    )
    agreed = forms.IntegerField(
        label="同意多少人",
        min_value=1,
        error_messages=dict.fromkeys(("required", "invalid", "min_value"), "请写同意多少人。"),
    )
    minutes = forms.FileField(
        label="会议记录",
        help_text="照片或PDF，最大20MB。",
        widget=forms.FileInput(attrs={"accept": "image/*,.pdf"}),
        error_messages={"required": "请传会议记录的照片或PDF。", "empty": "这个文件是空的，请核对。"},
    )
    starts_quarter = forms.ChoiceField(
        label="从哪一季起施行", error_messages={"required": "请选从哪一季起施行。"},
        help_text="从季初起，已经记的分不变。",
    )  # fmt: skip

    def __init__(self, data=None, files=None, *, on, is_first: bool):
        super().__init__(data, files)
        running = quarter_of(on)
        after = next_quarter(running)
        quarters = [*([running] if is_first else []), after, next_quarter(after)]
        self.fields["starts_quarter"].choices = [("", "请选"), *((q, quarter_label(q)) for q in quarters)]
