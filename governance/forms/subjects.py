"""A file's cover and its people, and what must be said when a household changes."""

from django import forms

from governance import identity
from governance.access import today
from governance.forms.common import day, line, pick, why
from governance.identity import Person
from governance.models import Area, Division, Kinship, Member, Subject, User
from governance.refusals import Invalid
from governance.subjects import Home, Part

PARTS = ("第一户", "第二户", "第三户")
ID_HELP = "可以不填；填了才认得出不满18岁的。"


class HomeForm(forms.Form):
    """The cover of a file."""

    area = pick(Area.objects.none(), "片", missing="请选哪一片。")
    door = line("门牌号", longest=40, missing="请写门牌号。", help_text="比如3号；一个门牌两户的，写3号之1。")
    name = line("户名", missing="请写户名。", help_text="比如王家户；商户写店名。")
    kind = forms.ChoiceField(label="类别", choices=Subject.Kind.choices)

    def __init__(self, village: Division, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["area"].queryset = Area.objects.filter(village=village)

    @property
    def home(self) -> Home:
        """The cover as filled in."""
        return Home(*(self.cleaned_data[name] for name in ("area", "door", "name", "kind")))


class CorrectForm(HomeForm):
    """A cover that was written wrongly."""

    why = why("哪里写错了", "真搬了家，请用“搬家”来办。")


class NewForm(HomeForm):
    """A new file with its head."""

    head_name = line("户主姓名", longest=40, missing="请写户主姓名，同意由户主给。")
    phone = line("户主手机", longest=20, inputmode="tel")
    id_number = line("户主身份证号", longest=20, help_text=ID_HELP)

    def clean(self):
        """The head as it will be stored; what is wrong with the name stands at the name."""
        said = super().clean()
        try:
            self.head = identity.clean(
                Person(said.get("head_name", ""), said.get("phone", ""), said.get("id_number", "")), today()
            )
        except Invalid as invalid:
            for name, sentence in invalid.errors.items():
                field = {"name": "head_name"}.get(name, name)
                if not self.errors.get(field):
                    self.add_error(field, sentence)
        return said


class PersonForm(forms.Form):
    """An adult of a household."""

    name = line("姓名", longest=40, missing="请写姓名。")
    phone = line("手机", longest=20, inputmode="tel")
    id_number = line("身份证号", longest=20, help_text=ID_HELP)

    @property
    def person(self) -> Person:
        """The person as filled in."""
        return Person(**self.cleaned_data)


class WhyForm(forms.Form):
    """An act that needs nothing but a reason."""

    why = why()


class LeaveForm(forms.Form):
    """When and why somebody or something ended."""

    on = day("哪一天")
    why = why()


class MoveForm(LeaveForm):
    """Where to, when and why."""

    area = pick(Area.objects.none(), "搬到哪一片", missing="请选哪一片。")
    door = line("新门牌号", longest=40, missing="请写门牌号。")
    field_order = ["area", "door", "on", "why"]

    def __init__(self, village: Division, data=None):
        super().__init__(data)
        self.fields["area"].queryset = Area.objects.filter(village=village)


class HeadForm(LeaveForm):
    """Who follows as head, and what the new file is called."""

    head = forms.ChoiceField(
        label="谁来当户主", error_messages={"required": "请选一位。"}, widget=forms.RadioSelect
    )
    name = line("新的户名", missing="请写新的户名。")
    field_order = ["on", "head", "name", "why"]

    def __init__(self, members: list[Member], data=None):
        super().__init__(data)
        self.members = {str(member.key): member for member in members}
        self.fields["head"].choices = [(key, member.name) for key, member in self.members.items()]
        self.fields["on"].label = "哪一天去世"
        self.fields["why"].label = "凭什么办的"
        self.fields["why"].help_text = "比如看了哪份证明。"

    @property
    def chosen(self) -> Member:
        """The member who follows as head."""
        return self.members[self.cleaned_data["head"]]


class SplitForm(LeaveForm):
    """Where everybody goes, and the cover of each new file; the third may stay empty."""

    def __init__(self, subject: Subject, members: list[Member], data=None):
        super().__init__(data)
        self.subject, self.members = subject, {str(member.key): member for member in members}
        numbered = [(str(n), name) for n, name in enumerate(PARTS, 1)]
        for key, member in self.members.items():
            self.fields[f"go_{key}"] = forms.ChoiceField(
                label=f"{member.name}归哪一户", choices=numbered, widget=forms.RadioSelect,
                error_messages={"required": f"{member.name}归哪一户，请选一个。"},
            )  # fmt: skip
        for n, name in numbered:
            self._add_part(n, name)
        self.order_fields([name for name in self.fields if name not in ("on", "why")])

    def _add_part(self, n: str, name: str) -> None:
        areas = Area.objects.filter(village=self.subject.village)
        heads = [("", "没有这一户" if n == "3" else "请选"), *((k, m.name) for k, m in self.members.items())]
        needed = n != "3"
        self.fields[f"head_{n}"] = forms.ChoiceField(
            label=f"{name}：户主", choices=heads, required=needed, error_messages={"required": "请选户主。"}
        )
        self.fields[f"name_{n}"] = line(f"{name}：户名", missing="请写户名。" if needed else "")
        self.fields[f"area_{n}"] = pick(areas, f"{name}：片", missing="请选哪一片。" if needed else "")
        self.fields[f"area_{n}"].initial = self.subject.area_id if needed else None
        self.fields[f"door_{n}"] = line(
            f"{name}：门牌号", longest=40, missing="请写门牌号。" if needed else ""
        )

    def clean(self):
        """Each head lives in the household they head; the third household is whole or absent."""
        said = super().clean()
        for n, name in enumerate(PARTS, 1):
            head = said.get(f"head_{n}")
            if head and said.get(f"go_{head}") not in (None, str(n)):
                self.add_error(f"head_{n}", f"{self.members[head].name}没有归到{name}，请核对。")
        third = [said.get(f"{field}_3") for field in ("head", "name", "area", "door")]
        lives_third = any(said.get(f"go_{key}") == "3" for key in self.members)
        if (any(third) or lives_third) and not all(third):
            self.add_error("head_3", "有第三户的，户主、户名、片和门牌号都要写全。")
        return said

    @property
    def parts(self) -> list[Part]:
        """The new files as filled in."""
        said = self.cleaned_data
        return [self._part(str(n)) for n in range(1, len(PARTS) + 1) if said[f"head_{n}"]]

    def _part(self, n: str) -> Part:
        said = self.cleaned_data
        home = Home(said[f"area_{n}"], said[f"door_{n}"], said[f"name_{n}"], self.subject.kind)
        here = [m for key, m in self.members.items() if said[f"go_{key}"] == n]
        head = self.members[said[f"head_{n}"]]
        return Part(home, head, [member for member in here if member != head])


class DoorForm(forms.Form):
    """Another household of the village, named by area, door and kind: no list of names is shown."""

    area = pick(Area.objects.none(), "并进来的那一户在哪一片", missing="请选哪一片。")
    door = line("门牌号", longest=40, missing="请写门牌号。")

    def __init__(self, subject: Subject, data=None):
        super().__init__(data)
        self.subject = subject
        self.fields["area"].queryset = Area.objects.filter(village=subject.village)

    def clean(self):
        """The open file of that door, of the same kind."""
        said = super().clean()
        if not self.errors:
            rows = Subject.objects.living().filter(
                kind=self.subject.kind, area=said["area"], door=said["door"].strip()
            )
            self.other = rows.exclude(pk=self.subject.pk).first()
            if self.other is None:
                self.add_error("door", "这一片没有这个门牌的另一户，请核对户册上的写法。")
        return said


class MergeForm(HomeForm):
    """The cover of the one file that follows, and its head."""

    head = forms.ChoiceField(
        label="谁当户主", error_messages={"required": "请选一位。"}, widget=forms.RadioSelect
    )
    on = day("哪一天并的")
    why = why()
    field_order = ["head", "name", "area", "door", "on", "why"]

    def __init__(self, village: Division, members: list[Member], data=None, **kwargs):
        super().__init__(village, data, **kwargs)
        del self.fields["kind"]
        self.members = {str(member.key): member for member in members}
        self.fields["head"].choices = [(key, member.name) for key, member in self.members.items()]

    def part(self, kind: str) -> Part:
        """The file that follows, as filled in."""
        said = self.cleaned_data
        head = self.members[said["head"]]
        home = Home(said["area"], said["door"], said["name"], kind)
        return Part(home, head, [member for member in self.members.values() if member != head])


class RaterForm(forms.Form):
    """Who rates a household from now on, and why somebody else."""

    rater = pick(User.objects.none(), "联户党员", missing="请选一位联户党员。")
    why = why("为什么换")

    def __init__(self, raters, data=None, *, is_first: bool):
        super().__init__(data)
        self.fields["rater"].queryset = raters
        if is_first:
            del self.fields["why"]


class KinForm(forms.Form):
    """Somebody in office who is kin of a household."""

    user = pick(User.objects.none(), "是谁的亲属", missing="请选一位。")
    relation = forms.ChoiceField(
        label="什么关系", choices=Kinship.Relation.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选一种亲属关系。"},
    )  # fmt: skip

    def __init__(self, users, data=None):
        super().__init__(data)
        self.fields["user"].queryset = users
