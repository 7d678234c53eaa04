"""The slip's code, and a new account for who has none."""

from django import forms

from governance.slips import GROUP, LENGTH


class CodeForm(forms.Form):
    """The code on the slip; capitals and blanks do not matter."""

    code = forms.CharField(
        label=f"绑定条上的{LENGTH}位码",
        help_text="大写小写、中间空不空，都行。",
        max_length=LENGTH + GROUP,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"max_length": f"码一共{LENGTH}位，请核对。"},
    )

    def clean_code(self):
        """As it is printed: capitals, without blanks between."""
        return "".join(self.cleaned_data["code"].split()).upper()


class NewAccountForm(CodeForm):
    """The code together with a user name and password of one's own."""

    username = forms.CharField(
        label="给自己起个登录名",
        help_text="用字母和数字，比如名字的拼音加门牌号。以后登录用它。",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label="设一个密码",
        help_text="至少10位，别用生日和电话。写在纸上收好。",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )
