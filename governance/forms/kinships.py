"""Declaring a family tie, from either side, and ending a mistaken one."""

from django import forms

from governance.models import Area, Kinship, Subject, User

RELATION = {"choices": Kinship.Relation.choices, "widget": forms.RadioSelect}


class HouseholdForm(forms.Form):
    """Somebody who works for a village names a household by area and door; no list of names is shown."""

    area = forms.ModelChoiceField(Area.objects.none(), label="哪一片", empty_label="请选")
    door = forms.CharField(label="门牌号", help_text="和户册上写的一样，比如1号。", max_length=40)
    relation = forms.ChoiceField(label="您是这一户的", **RELATION)

    def __init__(self, villages, data=None):
        super().__init__(data)
        self.fields["area"].queryset = Area.objects.filter(village__in=villages).select_related("village")
        if len({village.pk for village in villages}) > 1:
            self.fields["area"].label_from_instance = lambda area: f"{area.village.name}{area.name}"

    def clean(self):
        """Find the household."""
        area, door = self.cleaned_data.get("area"), self.cleaned_data.get("door")
        if area and door:
            self.subject = Subject.objects.living().filter(area=area, door=door).order_by("kind").first()
            if self.subject is None:
                self.add_error("door", "这一片没有这个门牌，请核对户册上的写法。")
        return self.cleaned_data


class StaffForm(forms.Form):
    """An adult of a household names somebody who rates, votes or signs in the village."""

    user = forms.ModelChoiceField(User.objects.none(), label="谁", empty_label="请选")
    relation = forms.ChoiceField(label="他是您家的", **RELATION)

    def __init__(self, staff, data=None):
        super().__init__(data)
        self.fields["user"].queryset = staff


class EndForm(forms.Form):
    """Why a tie was a mistake."""

    why = forms.CharField(
        label="为什么取消", help_text="比如同名的人弄错了。今天还算，明天起不算。", max_length=200
    )
