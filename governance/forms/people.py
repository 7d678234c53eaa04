"""Accounts and offices: made, filled, ended one by one or all together after an election."""

from django import forms

from governance.appointments import IN_VILLAGE
from governance.forms.common import day, line, pick, why
from governance.models import Appointment, Area, Division, User
from governance.models.people import Role


class AccountForm(forms.Form):
    """An account for somebody who will hold an office. The person types the password."""

    name = line("姓名", longest=40, missing="请写姓名，签字和公示里用得到。")
    username = line("登录名", longest=60, missing="请写登录名。", help_text="字母和数字，比如lidangyuan。")
    phone = line("手机", longest=20, inputmode="tel", help_text="填了能用短信验证码登录。")
    password = forms.CharField(
        label="密码",
        max_length=128,
        strip=False,
        help_text="至少10位。请本人当面输入，您不要看。",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "请本人输入密码。"},
    )


class AppointForm(forms.Form):
    """Somebody the village knows, or anybody by the exact user name."""

    user = pick(User.objects.none(), "任命谁", empty="请选，或者在下面写登录名")
    username = line("登录名", longest=60, help_text="上面没有的，写他的登录名，一字不差。")
    role = forms.ChoiceField(
        label="什么职务", choices=[("", "请选"), *((role.value, role.label) for role in IN_VILLAGE)],
        error_messages={"required": "请选什么职务。"},
    )  # fmt: skip
    area = pick(Area.objects.none(), "管哪一片", empty="不管片", help_text="只有承包组长要选。")
    starts = day("从哪一天起", required=False, help_text="不填就从今天起。")

    def __init__(self, village: Division, known, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["user"].queryset = known
        self.fields["area"].queryset = Area.objects.filter(village=village)

    def clean(self):
        """One person, by either way."""
        said = super().clean()
        username = said.pop("username", "")
        if not said.get("user") and username:
            said["user"] = User.objects.filter(username=username, is_active=True).first()
            if said["user"] is None:
                self.add_error("username", "没有这个登录名，请核对，或者先给他建账号。")
        elif not said.get("user") and "user" not in self.errors:
            self.add_error("user", "请选任命谁，或者写他的登录名。")
        return said


class EndForm(forms.Form):
    """When, why, and who takes over."""

    on = day("最后一天", required=False, help_text="不填就是马上离任。")
    successor = pick(User.objects.none(), "谁接替", empty="先不定", help_text="手上没办完的事当场交给他。")
    why = why()

    def __init__(self, known, data=None):
        super().__init__(data)
        self.fields["successor"].queryset = known


class ElectionForm(forms.Form):
    """Many offices end on one day, each with its own successor or none."""

    on = day("最后一天", required=False, help_text="不填就是马上离任。")
    why = why(help_text="比如2026年换届选举。")

    def __init__(self, rows: list[Appointment], known, data=None):
        super().__init__(data)
        self.rows = {str(row.key): row for row in rows}
        for key, row in self.rows.items():
            self.fields[f"end_{key}"] = forms.BooleanField(label=f"{row.user}离任", required=False)
            self.fields[f"to_{key}"] = pick(known, f"谁接替{row.user}", empty="先不定")
        self.order_fields([name for name in self.fields if name not in ("on", "why")])

    def clean(self):
        """At least one office."""
        said = super().clean()
        if not self.errors and not self.chosen:
            raise forms.ValidationError("还没有勾上谁离任。请先勾上，再往下办。")
        return said

    @property
    def lines(self) -> list[tuple]:
        """Each office with its tick and its choice of a successor."""
        return [(row, self[f"end_{key}"], self[f"to_{key}"]) for key, row in self.rows.items()]

    @property
    def chosen(self) -> list[Appointment]:
        """The offices that end."""
        return [row for key, row in self.rows.items() if self.cleaned_data.get(f"end_{key}")]

    @property
    def successors(self) -> dict[int, User]:
        """Who takes over, by the primary key of the office."""
        said = self.cleaned_data
        return {row.pk: said[f"to_{key}"] for key, row in self.rows.items() if said.get(f"to_{key}")}


ORDER = {role: n for n, role in enumerate(Role.values)}
