"""The numbers of the procedure: what exists, its default, its bounds and its source (design/2-domain.md, Policy)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q

from governance.access import check_role, today
from governance.events import record
from governance.models import Division, Policy, User
from governance.models.people import Role
from governance.prepared import prepared
from governance.refusals import Invalid
from governance.requests import read_once
from governance.saving import save


@dataclass(frozen=True)
class Defined:
    """One number: label, unit, default, and the floor and ceiling no village may pass."""

    label: str
    unit: str
    default: int
    floor: int
    ceiling: int
    source: str


_TRIAL = "长兴县诚信积分做法，2020至2021年"
DEFINED: dict[str, Defined] = {
    "round_opens_day": Defined("每月几号自动开月评", "号（0为文书自己开）", 0, 0, 28, _TRIAL),
    "sheet_due_day": Defined("联户评户单哪天前交", "号（0为当月最后一天）", 0, 0, 31, _TRIAL),
    "area_days": Defined("片组长核单", "工作日", 3, 1, 10, _TRIAL),
    "council_days": Defined("理事会审议", "工作日", 5, 1, 15, _TRIAL),
    "publication_days": Defined("公示", "日", 5, 5, 30, "山东省村务公开条例：公开栏至少保留5日"),
    "objection_accept_days": Defined("异议收不收", "工作日", 1, 1, 2, _TRIAL),
    "objection_decide_days": Defined("异议办结", "工作日", 5, 1, 10, _TRIAL),
    "objection_total_days": Defined("异议连延长最多", "工作日", 20, 5, 20, _TRIAL),
    "review_days": Defined("复核", "工作日", 5, 1, 10, _TRIAL),
    "repair_days": Defined("申请修复后，最多多少天内做好", "日", 30, 7, 90, _TRIAL),
    "shield_days": Defined("提过异议后，经手人不办这户减分", "日", 180, 90, 365, _TRIAL),
    "review_window_days": Defined("多久内可以请复核", "工作日", 5, 5, 10, _TRIAL),
    "inquiry_days": Defined("调查函几天内答", "工作日", 2, 1, 5, _TRIAL),
    "suspension_days": Defined("等住户补材料最多", "工作日", 10, 3, 10, _TRIAL),
    "announcement_days": Defined("细则草稿征求意见", "日", 7, 7, 60, _TRIAL),
    "access_log_years": Defined("查看记录保存", "年", 10, 3, 30, "个人信息保护法第五十四条"),
    "rectify_days": Defined(
        "答复更正申请", "工作日", 15, 1, 15, "个人信息保护法第四十六条、第五十条：应当及时"
    ),
    "erasure_days": Defined(
        "申请删除后，留几天可以反悔", "日", 7, 3, 15, "个人信息保护法第四十七条、第五十条：应当及时"
    ),
    "large_tenths": Defined("多少分以上要投票", "十分之一分", 100, 10, 1000, _TRIAL),
    "quorum": Defined("投票最少几人", "人", 3, 3, 15, _TRIAL),
    # No paper prescribes it: a share small enough to burden nobody, never none, so that agreement is known.
    "second_percent": Defined(
        "每月抽百分之几的户，请另一位党员不看原单再看一遍", "%", 5, 1, 20, "本系统自定，供村民代表会议改定"
    ),
}


def value(name: str, village: Division, on: date) -> int:
    """The number in force for a village on a day: its own, else the county's, else the default."""
    return _in_force(village.pk, on).get(name, DEFINED[name].default)


@read_once
def _in_force(village: int, on: date) -> dict[str, int]:
    """Every number that somebody has set, by name; one query."""
    return dict(_set(village, on))


@prepared
def _set(village: int, on: date):
    rows = Policy.objects.on(on).filter(Q(village=village) | Q(village__isnull=True))
    # The last one wins: the village's own number over the county's, the latest start among equals.
    return rows.order_by(F("village").asc(nulls_first=True), "starts").values_list("name", "value")


def set_value(
    name: str, number: int, *, village: Division, starts: date, source: str, by: User, at: datetime
) -> Policy:
    """Set a village's number from a day on, within floor and ceiling.

    Raises Refused (not the clerk) or Invalid (out of bounds, in the past, no source).
    """
    role = check_role(by, Role.CLERK, village=village, at=at)
    rule = DEFINED[name]
    if not rule.floor <= number <= rule.ceiling:
        raise Invalid(
            value=f"“{rule.label}”要在{rule.floor}到{rule.ceiling}{rule.unit}之间，依据：{rule.source}。"
        )
    if starts < today(at):
        raise Invalid(starts="只能从今天或以后起改，以前的不能改。")
    if Policy.objects.filter(village=village, name=name, starts=starts).exists():
        raise Invalid(starts="从这一天起已经定过一回了，请换一天。")
    if not source.strip():
        raise Invalid(source="请写明依据，比如哪次会议、哪份文件。")
    row = Policy(name=name, value=number, village=village, starts=starts, source=source.strip())
    save(row, action="policy.set", by=by, at=at)
    record("policy.set", village=village, about=row, by=by, at=at, role=role, detail={name: number})
    return row


def table(village: Division, on: date) -> list[tuple[str, Defined, int]]:
    """Every number in force for a village, for its set-up page."""
    return [(name, rule, value(name, village, on)) for name, rule in DEFINED.items()]
