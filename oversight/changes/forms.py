"""The form of the search, and what it asks for. Everything may be left open; then it is the quarter we are in."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cache, lru_cache

from django import forms
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from governance.access import today
from governance.event_names import NAMES
from governance.forms.common import day, line
from governance.models import Division, Subject
from oversight.changes.asked import KINDS, ROLE_WORDS, Asked, Places
from oversight.changes.search import MOST_PEOPLE, people_called, rules_called, span
from oversight.changes.sources import keys_under
from oversight.forms import check_days

SPANS = {"quarter": "这一季", "last": "上一季", "month": "这个月", "year": "今年", "all": "从头到现在"}
LONGEST = timedelta(days=366)
_GROUPS = {
    "人和职务": ("account", "appointment", "delegation"),
    "村和天数": ("area", "policy"),
    "户档案": ("roster", "subject", "head", "member", "slip", "consent", "scoring", "honour", "link", "kinship", "shield"),
    "评分细则": ("rulebook", "rule"),
    "月评": ("round", "sheet"),
    "评议事项": ("observation", "observations", "ballot"),
    "公示": ("publication",),
    "季亮晒": ("settlement", "scorecard", "amendment"),
    "异议": ("objection", "inquiry", "hearing", "hold"),
    "信用修复": ("repair",),
    "整批更正": ("correction",),
}  # fmt: skip


class PlainSelect(forms.Select):
    """A select drawn without a template for each of its lines: a county has hundreds of villages.

    `lines` are its choices where the field itself does not know them.
    """

    lines: tuple = ()

    def render(self, name, value, attrs=None, renderer=None):
        """As Django draws it."""
        shown = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        lines = _options(self.lines or _fixed(self.choices), "" if value is None else str(value))
        return format_html("<select{}>{}</select>", shown, lines)


def _fixed(choices) -> tuple:
    """Choices that can be remembered by."""
    return tuple((key, _fixed(words) if isinstance(words, list | tuple) else words) for key, words in choices)


@lru_cache(200)
def _options(choices: tuple, chosen: str):
    return format_html_join("", "{}", ((_option(key, words, chosen),) for key, words in choices))


def _option(key, words, chosen: str):
    if isinstance(words, tuple):
        return format_html('<optgroup label="{}">{}</optgroup>', key, _options(words, chosen))
    marked = mark_safe(" selected") if str(key) == chosen else ""
    return format_html('<option value="{}"{}>{}</option>', key, marked, words)


@cache
def acts() -> tuple:
    """Every act by its name, in groups; what no group has comes last."""
    grouped = {
        words: tuple((name, said) for name, said in NAMES.items() if name.partition(".")[0] in nouns)
        for words, nouns in _GROUPS.items()
    }
    known = {name for group in grouped.values() for name, _ in group}
    rest = tuple((name, said) for name, said in NAMES.items() if name not in known)
    return (("", "不限"), *grouped.items(), *((("别的", rest),) if rest else ()))


class Pick(forms.ChoiceField):
    """One of a few, or none: what an address asks for that does not exist counts as none."""

    widget = PlainSelect

    def __init__(self, label: str, choices):
        super().__init__(label=label, required=False, choices=choices)

    def clean(self, value):
        """What was picked, or nothing."""
        return value if value and self.valid_value(value) else ""


class VillageField(forms.CharField):
    """A village by its code, out of those a reader supervises; gone where there is only one."""

    widget = PlainSelect

    def offer(self, where: Places, empty: str) -> None:
        """Let these be chosen."""
        self.codes = {row.code for row in where.villages}
        named = (
            (row.code, f"{row.parent.name}{row.name}" if row.parent else row.name) for row in where.villages
        )
        self.widget.lines = (("", empty), *named)

    def validate(self, value):
        """It must be one of those offered."""
        super().validate(value)
        if value and value not in self.codes:
            raise forms.ValidationError("请从列出来的里面选。")


class SearchForm(forms.Form):
    """Which changes to list. `asked` is the question once the form is valid."""

    rule = line("哪一条细则", longest=60)
    kind = Pick("看什么", list(KINDS.items()))
    village = VillageField(label="哪个村", required=False)
    name = Pick("做了什么", acts)
    person = line("谁做的", longest=40)
    role = Pick("什么职务", [("", "不限"), *ROLE_WORDS.items()])
    span = Pick("哪段时间", list(SPANS.items()))
    since = day("或者从哪天", required=False)
    until = day("到哪天", required=False)
    order = Pick("次序", [("", "新的在前"), ("old", "早的在前")])

    def __init__(self, data, where: Places, *, at: datetime, subject: Subject | None = None):
        super().__init__(data)
        self.where, self.at, self.subject = where, at, subject
        self.found_rules, self.found_people = [], None
        if subject:
            self.fields["span"].choices = [("all", SPANS["all"]), *list(SPANS.items())[:-1]]
        if subject or len(where.villages) == 1:
            del self.fields["village"]
        else:
            self.fields["village"].offer(where, "所有的村")

    @property
    def is_filtered(self) -> bool:
        """Is anything asked for but the newest of the quarter."""
        return any(self.data.get(name) for name in self.fields if name != "order")

    def clean(self):
        said = super().clean()
        check_days(self, "since", "until", today=today(self.at))
        if not self.errors:
            self._check_dates(said)
            if said.get("rule") and not self._village():
                self.add_error("rule", "先选一个村，再按细则找。")
            if said["kind"] == "history" and said.get("role") and not self._village():
                self.add_error("role", "按职务找改了哪些内容，请先选一个村。")
            if said.get("person"):
                self._find_people(said["person"])
        return said

    def _find_people(self, name: str) -> None:
        self.found_people = people_called(name, self.where)
        if len(self.found_people) > MOST_PEOPLE:
            self.add_error("person", f"名字里有“{name}”的不止{MOST_PEOPLE}位，请把名字写全。")

    def _check_dates(self, said) -> None:
        since, until = self._days()
        if since and until and since > until:
            self.add_error("until", "结束的日子比开始的早，请对调一下。")
        elif not self._village() and (since is None or (until or self.at.date()) - since > LONGEST):
            self.add_error("since", "没选村的时候，一次最多查一年。请选一个村，或者把日子缩短。")

    def _village(self) -> Division | None:
        return self.subject.village if self.subject else self.where.village(self.cleaned_data.get("village"))

    def _days(self):
        said = self.cleaned_data
        if said.get("since") or said.get("until"):
            until = said.get("until")
            since = said.get("since")
            return (since or (until - LONGEST if not self._village() else None)), until
        name = said.get("span") or ("all" if self.subject else "quarter")
        return (None, None) if name == "all" else span(name, at=self.at)

    def asked(self) -> Asked:
        """The question to the search."""
        said = self.cleaned_data
        since, until = self._days()
        village = self._village()
        if said.get("rule"):
            self.found_rules = rules_called(said["rule"], village)
        rules = tuple(rule.pk for rule in self.found_rules) if said.get("rule") else None
        return Asked(
            self.where, kind=said["kind"], village=village, subject=self.subject,
            people=self.found_people,
            rules=rules, keys=keys_under(rules) if rules and said["kind"] in ("", "event") else None,
            role=said["role"], name=said["name"], since=_start(since),
            until=_start(until + timedelta(days=1)) if until else None, oldest_first=said["order"] == "old",
        )  # fmt: skip


class HomeForm(forms.Form):
    """A household by where it lives; its name is never asked for."""

    home_village = VillageField(label="哪个村", error_messages={"required": "请选这一户在哪个村。"})
    area = line("哪一片", longest=30, missing="请写这一户在哪一片，比如东片。", list="areas")
    door = line("门牌号", longest=40, missing="请写门牌号，比如12号。")

    def __init__(self, data, where: Places):
        super().__init__(data)
        self.where, self.areas = where, []
        if len(where.villages) == 1:
            del self.fields["home_village"]
            self.areas = _areas(where.villages[0])
        else:
            self.fields["home_village"].offer(where, "请选")

    def home(self) -> Subject | None:
        """The open file at that door; None, with a sentence beside the field that fails, when there is none.

        片 and 号 may be left out, as people say it.
        """
        said = self.cleaned_data
        village = self.where.village(said.get("home_village"))
        known, area, door = _areas(village), said["area"], said["door"].removesuffix("号")
        named = [name for name in known if name in (area, f"{area}片")]
        if not named:
            self.add_error("area", f"{village.name}没有“{area}”，有{'、'.join(known)}。")
            return None
        rows = Subject.objects.living().filter(
            village=village, area__name__in=named, door__in=[door, f"{door}号"]
        )
        found = rows.order_by("pk").first()
        if found is None:
            self.add_error("door", f"{named[0]}没有这个门牌的档案。请对一对门牌号，要和户册上写的一样。")
        return found


def _areas(village: Division) -> list[str]:
    return list(village.areas.order_by("position", "name").values_list("name", flat=True))


def _start(day_) -> datetime | None:
    return timezone.make_aware(datetime.combine(day_, time.min)) if day_ else None
