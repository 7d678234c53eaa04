"""The file as tables of words, for paper: what the JSON says, as one says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from governance.periods import quarter_label
from governance.points import format_points, format_total


@dataclass(frozen=True)
class Section:
    """One table of the paper; `empty` is what it says without rows."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""
    empty: str = "没有。"


def for_reading(data: dict) -> dict:
    """Heading and sections of the paper, in the order of the file."""
    made = datetime.fromisoformat(data["made_at"])
    return {
        "title": f"{data['household']['name']}的资料" if data["whole"] else f"{data['for']}的资料",
        "village": data["village"]["name"],
        "place": f"{data['household']['area']}{data['household']['door']}",
        "made": f"{_day(data['made_at'])}{made:%H:%M}",
        "whole": data["whole"],
        "for": data["for"],
        "enrolled": _enrolled(data["household"]),
        "sections": [tell(data) for tell in SECTIONS if tell is _left_out or _has(tell, data)],
    }


def _has(tell: Callable, data: dict) -> bool:
    """Is this section part of what this adult may read."""
    return OF_SECTION.get(tell, "schema") in data


def _members(data) -> Section:
    rows = [
        (
            f"{row['name']}{'（户主）' if row['is_head'] else ''}",
            row["phone"] or "没有登记",
            row["id_number"] or "没有登记",
            f"{_day(row['left_on'])}离开" if row["left_on"] else "在",
        )
        for row in data["members"]
    ]
    return Section("家里的成年人", ("姓名", "手机", "身份证号", "在不在"), rows, "别人的号码遮住了中间几位。")


def _consents(data) -> Section:
    rows = [
        (
            row["member"],
            row["purpose"],
            f"{_day(row['given_on'])}，{row['how']}，告知书第{row['notice_version']}版"
            + (f"，见证人{row['witness']}" if row["witness"] else ""),
            f"{_day(row['withdrawn_on'])}退出" if row["withdrawn_on"] else "还同意着",
        )
        for row in data["consents"]
    ]
    return Section("同意和退出", ("谁", "哪一项", "怎么同意的", "现在"), rows)


def _raters(data) -> Section:
    rows = [(row["name"], _span(row)) for row in data["raters"]]
    return Section("联户党员", ("谁", "从哪天到哪天"), rows)


def _kinships(data) -> Section:
    rows = [(row["name"], row["relation"], _span(row)) for row in data["kinships"]]
    return Section("办事人里的亲属，都要回避", ("谁", "关系", "从哪天到哪天"), rows)


def _scorecards(data) -> Section:
    rows = [
        (
            quarter_label(row["quarter"]) + (f"，第{row['version']}次" if row["version"] > 1 else ""),
            format_total(row["base_tenths"]),
            format_points(row["index_tenths"] - row["base_tenths"]),
            format_points(row["department_tenths"]),
            f"{format_total(row['total_tenths'])}，{row['standing']}",
            _day(row["confirmed_at"]),
        )
        for row in data["scorecards"]
    ]
    heads = ("哪一季", "起始", "村里", "部门", "合计", "签字")
    return Section("每季的分，改过的每一次都在", heads, rows, empty="还没有签过字的季度。")


def _entries(data) -> Section:
    rows = [
        (
            _day(row["occurred_on"]),
            f"细则{row['rule']['number']}“{row['rule']['text']}”（第{row['rule']['version']}版）",
            format_points(row["points_tenths"]),
            _became_of(row),
        )
        for row in data["entries"]
    ]
    note = "这里是每件事按细则该记的分。封顶、只记最高一条以后实际算多少，在“我的积分”里一条条写着。"
    return Section("记分的每一笔", ("哪天的事", "哪一条细则", "记分", "后来"), rows, note)


def _observations(data) -> Section:
    rows = [
        (
            _day(row["occurred_on"]),
            "；".join(filter(None, (row["fact"], row["place"] and f"在{row['place']}", row["grounds"]))),
            "、".join(_evidence(item) for item in row["evidence"]) or "没有",
            f"{row['state']}{_votes(row['votes'])}",
        )
        for row in data["observations"]
    ]
    return Section(
        "看到的事和证据", ("哪天", "写的什么", "证据", "结果"), rows, "照片和文件在“连照片一起”的那份里。"
    )


def _objections(data) -> Section:
    rows = [
        (
            row["number"],
            f"{row['about']}，{_day(row['filed_at'])}{row['for']}提的：{row['text'] or '没有另写'}",
            "；".join(_steps_of(row)) or "还没有答复",
            row["outcome"] or row["state"],
        )
        for row in data["objections"]
    ]
    return Section("异议", ("编号", "提的什么", "查了什么、怎么答的", "结果"), rows)


def _repairs(data) -> Section:
    rows = [
        (row["number"], row["wrong"], f"{row['promise']}；{row['done'] or '还没有写做了什么'}", row["state"])
        for row in data["repairs"]
    ]
    return Section("信用修复", ("编号", "哪里没做好", "答应的和做了的", "结果"), rows)


def _rectifications(data) -> Section:
    rows = [
        (row["number"], f"{row['what']}{row['text'] and '：'}{row['text']}", _answered(row), row["state"])
        for row in data["rectifications"]
    ]
    return Section("更正申请", ("编号", "哪里不对", "答复", "结果"), rows)


def _erasures(data) -> Section:
    rows = [
        (row["number"], "全家的" if row["whole"] else "本人的", _day(row["filed_at"]), row["state"])
        for row in data["erasures"]
    ]
    return Section("删除申请", ("编号", "删谁的", "哪天提的", "现在"), rows)


def _readings(data) -> Section:
    rows = [(_moment(row["at"]), f"{row['role']}{row['who']}", row["why"]) for row in data["readings"]]
    return Section("谁看过档案", ("什么时候", "谁", "为什么"), rows, empty="没有人看过。")


def _events(data) -> Section:
    rows = [
        (_moment(row["at"]), row["role"], f"{row['what']}{'：' + row['why'] if row.get('why') else ''}")
        for row in data["events"]
    ]
    return Section("办过的每一步", ("什么时候", "谁（职务）", "做了什么"), rows)


def _left_out(data) -> Section:
    rows = [(row["what"], row["why"]) for row in data["left_out"]]
    return Section("哪些不在这里，为什么", ("什么", "为什么"), rows)


SECTIONS = (
    _members, _consents, _raters, _kinships, _scorecards, _entries, _observations, _objections, _repairs,
    _rectifications, _erasures, _readings, _events, _left_out,
)  # fmt: skip
OF_SECTION = {
    _scorecards: "scorecards", _entries: "entries", _observations: "observations", _objections: "objections",
    _repairs: "repairs",
}  # fmt: skip


def _answered(row: dict) -> str:
    if not row["answered_at"]:
        return "还没有答复"
    return row["answer"] or "只给提的人看"


def _enrolled(household: dict) -> str:
    if not household["name"]:
        return "已经不在这一户了"
    if not household["enrolled_from"]:
        return "没有参加过评议"
    if household["enrolled_to"]:
        return f"{_day(household['enrolled_from'])}参加，{_day(household['enrolled_to'])}退出"
    return f"{_day(household['enrolled_from'])}起参加"


def _became_of(entry: dict) -> str:
    if entry["takes_back"]:
        return "撤销前面的一笔"
    if entry["taken_back_by"]:
        return "后来撤销了"
    if any(hold["to"] is None for hold in entry["held"]):
        return "异议在办，暂不计"
    return "算"


def _steps_of(case: dict) -> Iterable[str]:
    for row in case["inquiries"]:
        yield f"问了{row['asked']}" + (f"：{row['answer']}" if row.get("answer") else "")
    for row in case["hearings"]:
        yield f"当面听：{row['minutes'] or row['state']}"
    for row in case["decisions"]:
        yield f"{_day(row['decided_at'])}{row['by']}定：{row['outcome']}。{row['grounds']}"


def _evidence(item: dict) -> str:
    return f"{item['kind']}{item['caption']}"


def _votes(votes: dict) -> str:
    return "".join(f"，{choice}{n}票" for choice, n in votes.items())


def _span(row: dict) -> str:
    return f"{_day(row['from'])}起" + (f"，到{_day(row['to'])}" if row["to"] else "")


def _day(text: str | None) -> str:
    if not text:
        return ""
    year, month, day = text[:10].split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def _moment(text: str) -> str:
    return f"{_day(text)}{text[11:16]}"
