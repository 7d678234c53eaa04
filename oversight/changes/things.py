"""What a change can be about: each kind of thing with its plain name, and how it hangs on village, household and rule.

One line per table; search, lists and stories are written once for all of them. A table that nobody entered here
still has its story: what it is called, whose household it is and where it belongs is then read off its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Model
from viewflow.workflow.models import Task

from appeals.models import Correction, Delegation, Hearing, Inquiry, Objection, Repair
from governance.models import (
    Appointment,
    Area,
    Consent,
    Deadline,
    Division,
    Entry,
    Hold,
    Kinship,
    Link,
    Member,
    Policy,
    Rule,
    Rulebook,
    Scorecard,
    Shield,
    Subject,
    User,
    VoidRule,
)
from governance.periods import month_label, quarter_label
from governance.policies import DEFINED
from governance.prepared import prepared
from oversight.models import Finding
from workflows.models import Amendment, Observation, Publication, Round, SecondRating, Settlement, Sheet

SELF = "self"
STRIDE = 10


@dataclass(frozen=True)
class Thing:
    """One kind of thing. `village`, `subject`, `rule` are paths of fields to these, SELF for the thing itself, or
    empty; `subject` may end in a household's key; `process` and `within` paths to the processes that move it and
    the things it is part of.

    `words` says which one it is without naming a household; it may read what `beside` names.
    """

    model: type[Model]
    noun: str
    village: str = "village"
    subject: str = ""
    rule: str = ""
    process: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    words: Callable[[Model], str] = lambda row: ""

    @property
    def label(self) -> str:
        """What events call it: "workflows.observation"."""
        return self.model._meta.label_lower

    @property
    def kind(self) -> str:
        """What addresses call it: "observation"."""
        return self.model._meta.model_name

    @property
    def key(self) -> str:
        """The column that events name it by: the opaque key where it has one."""
        return "key" if has_field(self.model, "key") else "pk"

    @property
    def history(self) -> type[Model] | None:
        """Its table of versions, if it is tracked."""
        return _history(self.model)

    def titled(self, row: Model) -> str:
        """Which one, in a line: 评议事项 1.3 杂物占用消防通道."""
        return f"{self.noun} {self.words(row)}".strip()


def _rule(rule: Rule | None) -> str:
    return f"{rule.number} {rule.text}" if rule else ""


def _publication(row: Publication) -> str:
    return f"{row.year}年第{row.number}号"


_LISTED = (
    Thing(
        Observation, "评议事项", subject="subject", rule="rule", process=("sheet__process", "round__process"),
        within=("sheet", "round"), beside=("rule",), words=lambda row: _rule(row.rule),
    ),
    Thing(
        Sheet, "评户单", process=("process",), within=("round",), beside=("round", "rater"),
        words=lambda row: f"{month_label(row.round.month)}，{row.rater}",
    ),
    Thing(Round, "月评", process=("process",), words=lambda row: month_label(row.month)),
    Thing(Settlement, "季亮晒", process=("process",), words=lambda row: quarter_label(row.quarter)),
    Thing(
        Amendment, "颜色更正", subject="subject", within=("settlement",), beside=("settlement",),
        words=lambda row: quarter_label(row.settlement.quarter),
    ),
    Thing(Publication, "公示", words=_publication),
    Thing(
        Scorecard, "一季的档案", subject="subject",
        words=lambda row: f"{quarter_label(row.quarter)}，第{row.version}份",
    ),
    Thing(Entry, "记分", subject="subject", rule="rule", beside=("rule",), words=lambda row: _rule(row.rule)),
    Thing(
        Hold, "暂缓", subject="entry__subject", rule="entry__rule", beside=("entry__rule",),
        words=lambda row: _rule(row.entry.rule),
    ),
    Thing(
        Objection, "异议", subject="subject", rule="entry__rule", process=("process",),
        words=lambda row: f"{row.number}，{row.get_about_display()}",
    ),
    Thing(
        Inquiry, "调查函", subject="objection__subject", within=("objection",), beside=("objection",),
        words=lambda row: f"异议{row.objection.number}，问{row.get_kind_display()}",
    ),
    Thing(
        Hearing, "当面听", subject="objection__subject", within=("objection",), beside=("objection",),
        words=lambda row: f"异议{row.objection.number}",
    ),
    Thing(
        Repair, "信用修复", subject="subject", rule="entry__rule", process=("process",),
        words=lambda row: row.number,
    ),
    Thing(Correction, "整批更正", rule="rule", words=lambda row: row.number),
    Thing(Rulebook, "评分细则", words=lambda row: f"第{row.version}版"),
    Thing(Rule, "细则", rule=SELF, within=("rulebook",), words=_rule),
    Thing(VoidRule, "作废的细则", village="rule__village", rule="rule", beside=("rule",), words=lambda row: _rule(row.rule)),
    Thing(
        Appointment, "职务", village="division", beside=("user",),
        words=lambda row: f"{row.user}，{row.get_role_display()}",
    ),
    Thing(Link, "联户", subject="subject", beside=("rater",), words=lambda row: f"联户党员{row.rater}"),
    Thing(Kinship, "亲属申报", subject="subject"),
    Thing(Shield, "回避", subject="subject", beside=("user",), words=lambda row: str(row.user)),
    Thing(Subject, "户档案", subject=SELF, beside=("area",), words=lambda row: f"{row.area}的一{row.get_kind_display()}"),
    Thing(Member, "家里的人", subject="subject"),
    Thing(Consent, "同意书", subject="member__subject"),
    Thing(
        Policy, "办事的天数",
        words=lambda row: DEFINED[row.name].label if row.name in DEFINED else row.name,
    ),
    Thing(User, "账号", village=""),
    Thing(Area, "片", words=str),
    Thing(Division, "村", village=SELF, words=str),
    Thing(
        SecondRating, "再看一遍", subject="subject", within=("round",), beside=("round", "rater"),
        words=lambda row: f"{month_label(row.round.month)}，{row.rater}",
    ),
    Thing(
        Finding, "看板上的一问", beside=("user", "area"),
        words=lambda row: f"{row.get_kind_display()}，{row.user or row.area or row.step}",
    ),
    Thing(Task, "流程里的一步", village="", words=lambda row: str(row.flow_task.task_title or "")),
    Thing(Deadline, "到期要办的事"),
    # Of the layers beside and above, which this one does not import.
    Thing(
        apps.get_model("notifications", "Delivery"), "一条通知", subject="message__subject_key", beside=("message",),
        words=lambda row: row.get_channel_display(),  # its title may tell what became of a household
    ),
    Thing(apps.get_model("rights", "Erasure"), "删除资料的申请", subject="subject", words=lambda row: row.number),
    Thing(apps.get_model("rights", "Rectification"), "更正资料的申请", subject="subject", words=lambda row: row.number),
    Thing(Delegation, "外出代办", village="", beside=("user", "to"), words=lambda row: f"{row.user}托给{row.to}"),
)  # fmt: skip
THINGS = {thing.label: thing for thing in _LISTED}


@cache
def of(label: str) -> Thing:
    """The thing that events call so; LookupError for a table that does not exist."""
    return THINGS.get(label) or _read_off(apps.get_model(label))


@cache
def by_kind(kind: str) -> Thing | None:
    """The thing that addresses call so; None when there is none."""
    models_of = [*(thing.model for thing in _LISTED), *_own_models()]
    found = next((model for model in models_of if model._meta.model_name == kind), None)
    return of(found._meta.label_lower) if found else None


@cache
def tracked() -> list[Thing]:
    """Every thing whose versions are kept, in a fixed order."""
    return [of(model._meta.label_lower) for model in _own_models() if hasattr(model, "history")]


def step(row: Model | None, path: str) -> Model | None:
    """What a path of fields leads to from a row; None when it ends on the way."""
    for name in path.split("__") if path and path != SELF else ():
        row = getattr(row, name, None) if row is not None else None
    return row if path else None


def has_field(model: type[Model], name: str) -> bool:
    """Does a table have this column."""
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def words_of(label: str, ids: Iterable[str]) -> dict[str, str]:
    """Which ones they are, by the id that events hold; one query. What is no longer there is left out."""
    thing = of(label)
    return {str(getattr(row, thing.key)): thing.titled(row) for row in _rows(known(thing, ids), label=label)}


def known(thing: Thing, ids: Iterable[str]) -> tuple[UUID, ...] | tuple[int, ...]:
    """Ids as events hold them, as the database holds them; filled up, so that few lengths of questions are asked."""
    make = UUID if thing.key == "key" else int
    return filled({make(one) for one in ids})


def filled(values: Iterable) -> tuple:
    """Values in order, the last repeated up to a round number of them: few lengths of questions are asked."""
    found = sorted(values)
    stride = STRIDE if len(found) <= STRIDE**2 else STRIDE**3
    return tuple(found + found[-1:] * (-len(found) % stride))


@prepared
def _rows(ids: tuple, *, label: str):
    thing = of(label)
    rows = thing.model._default_manager.order_by().select_related(*thing.beside or [None])
    return rows.filter(**{f"{thing.key}__in": ids})


@cache
def _history(model: type[Model]) -> type[Model] | None:
    return model.history.model if hasattr(model, "history") else None


@cache
def _own_models() -> list[type[Model]]:
    own = {"governance", "workflows", "appeals", "rights", "oversight"}
    return [
        model
        for app in apps.get_app_configs() if app.label in own
        for model in app.get_models() if not model.__name__.startswith("Historical")
    ]  # fmt: skip


def _read_off(model: type[Model]) -> Thing:
    """A thing whose table was not entered: its ties by the names of its columns."""
    ties = {
        name: name if _leads_to(model, name, to) else ""
        for name, to in (("village", Division), ("subject", Subject), ("rule", Rule))
    }
    noun = str(model._meta.verbose_name)
    return Thing(model, noun if not noun.isascii() else "别的记录", **ties)


def _leads_to(model: type[Model], name: str, to: type[Model]) -> bool:
    if not has_field(model, name):
        return False
    field = model._meta.get_field(name)
    return isinstance(field, models.ForeignKey) and field.related_model is to
