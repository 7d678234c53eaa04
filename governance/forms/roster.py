"""Finding households in the roster: by place, kind, taking part or not, or by exact words. Never by colour."""

from django import forms

from governance.forms.common import line, pick
from governance.models import Area, Division, Subject


class FilterForm(forms.Form):
    """What part of the roster to show; everything may be left open."""

    area = pick(Area.objects.none(), "片", empty="所有的片")
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "所有类别"), *Subject.Kind.choices])
    enrolled = forms.ChoiceField(
        label="参加没有",
        required=False,
        choices=[("", "都看"), ("yes", "参加的"), ("no", "未参加的"), ("closed", "已结档的")],
    )

    def __init__(self, village: Division, data=None):
        super().__init__(data)
        self.fields["area"].queryset = Area.objects.filter(village=village)


class FindForm(forms.Form):
    """Exact words: part of a name is never looked for. Sent by POST, so that no address keeps a name."""

    words = line("姓名、手机或门牌号", missing="请写姓名、手机或门牌号。", help_text="要一字不差。")
