"""An objection in the household's own words, and finding a household at the desk."""

from django import forms

from appeals.models import Objection
from appeals.objections import TEXT_LENGTH
from governance.forms.common import day
from governance.models import Area, Member, Rule

How = Objection.How


class SelfForm(forms.Form):
    """An adult speaks for themself; `channel` says for whom and how."""

    def __init__(self, member, *, how=How.ONLINE, data=None):
        super().__init__(data)
        self.channel = {"for_member": member, "how": how}


class SpeakerForm(SelfForm):
    """Somebody takes down what an adult says: who it was, and by which way."""

    for_member = forms.ModelChoiceField(
        Member.objects.none(),
        label="是哪一位说的",
        widget=forms.RadioSelect,
        empty_label=None,
    )
    how = forms.ChoiceField(
        label="怎么提的",
        choices=[(How.DESK, "本人到村部说的"), (How.PAPER, "本人交的纸条")],
        widget=forms.RadioSelect,
    )

    def __init__(self, adults, *, is_helper, data=None):
        known = list(adults[:2])
        super().__init__(known[0] if known else None, how=How.HELPER if is_helper else How.DESK, data=data)
        if len(known) == 1:
            self.initial["for_member"] = known[0]
        self.fields["for_member"].queryset = adults
        self.fields["for_member"].label_from_instance = lambda member: member.name
        if is_helper:
            del self.fields["how"]

    def clean(self):
        """Keep who said it and how."""
        found = super().clean()
        self.channel |= {name: found[name] for name in self.channel if name in found}
        return found


class OwnForm(SelfForm):
    """An adult objects themself: words are welcome, not demanded."""

    text = forms.CharField(
        label="您的话",
        help_text="哪里不对，怎么回事。不写也能提，镇里会来问您。",
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def ask_for_words(form: forms.Form, help_text: str) -> None:
    """Make a form's words a must, and say what they are needed for."""
    text = form.fields["text"]
    text.required, text.help_text = True, help_text
    text.error_messages["required"] = "请写一两句，写了镇里才好查。"


class DeskForm(SpeakerForm):
    """Somebody takes down what an adult objects to."""

    text = forms.CharField(
        label="他说的话",
        help_text="照他说的记，念一遍给他听。",
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class _Missing(forms.Form):
    """A plus that was not recorded: the day, and the rule where one can tell."""

    occurred_on = day("哪一天的事", missing="请写是哪一天的事，记不准就写最近的那天。")
    rule = forms.ModelChoiceField(
        Rule.objects.none(),
        label="该按哪一条加",
        help_text="说不清不要紧，镇里会对着细则看。",
        required=False,
        empty_label="说不清",
        to_field_name="key",
        error_messages={"invalid_choice": "请从列出来的里面选，或者选“说不清”。"},
    )

    def __init__(self, *args, rules, last_day, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["occurred_on"].widget.attrs["max"] = last_day.isoformat()
        self.fields["rule"].queryset = Rule.objects.filter(pk__in=[rule.pk for rule in rules])
        self.fields["rule"].label_from_instance = lambda rule: f"{rule.text}（{rule.number}）"
        ask_for_words(self, "做了什么、在哪里、谁看见了，写一两句。")


class OwnMissingForm(_Missing, OwnForm):
    """An adult says what should have counted."""

    field_order = ["occurred_on", "rule", "text"]


class DeskMissingForm(_Missing, DeskForm):
    """Somebody takes down what should have counted."""

    field_order = ["for_member", "how", "occurred_on", "rule", "text"]


class FindForm(forms.Form):
    """By area and door, by an exact name, or by the number of a case."""

    area = forms.ModelChoiceField(Area.objects.none(), label="哪一片", empty_label="请选", required=False)
    door = forms.CharField(
        label="门牌号", help_text="和户册上写的一样，比如1号。", max_length=40, required=False
    )
    name = forms.CharField(
        label="或者写姓名、户名", help_text="要写全，一个字也不能差。", max_length=40, required=False
    )
    number = forms.CharField(
        label="或者写回执上的编号", help_text="比如YY-2026-0001。", max_length=20, required=False
    )

    def __init__(self, village, data=None):
        super().__init__(data)
        self.fields["area"].queryset = village.areas.all()

    def clean(self):
        """One way or the other."""
        found = super().clean()
        ways = found.get("name"), found.get("number"), found.get("area") and found.get("door")
        if not any(ways) and not self.errors:
            raise forms.ValidationError("请选片、写门牌号，或者只写姓名，或者只写编号。")
        return found
