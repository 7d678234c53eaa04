"""Forms of the operators' page."""

from django import forms

from governance.forms.common import why
from oversight.stuck.registry import Item

WORDS = "以后查得到。只写机器的事，不要写是哪一户。比如：数据库的盘满了，清过了。"


class RetryForm(forms.Form):
    """Why one thing is tried again."""

    why = why("为什么现在再试", help_text=WORDS)


class TogetherForm(forms.Form):
    """Which of those listed are tried again, and why; all of them unless one is taken out."""

    chosen = forms.MultipleChoiceField(
        label="要再试的",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "一件也没有选。",
            "invalid_choice": "有的刚刚办掉了，请看看还剩哪些，再办一次。",
        },
    )
    why = why("为什么现在再试", help_text=WORDS)

    def __init__(self, items: list[Item], *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["chosen"]
        field.choices = [(str(item.pk), f"{item.village.name}，{item.title}") for item in items]
        field.initial = [value for value, _ in field.choices]


class FindForm(forms.Form):
    """Only one village, or only one kind."""

    village = forms.ChoiceField(label="哪个村", required=False)
    kind = forms.ChoiceField(label="哪一种", required=False)

    def __init__(self, villages, kinds, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = [("", "都看"), *((place.code, place.name) for place in villages)]
        if kinds:
            self.fields["kind"].choices = [
                ("", "都看"),
                *((kind, f"{words}（{n}）") for kind, words, n in kinds),
            ]
        else:
            del self.fields["kind"]
