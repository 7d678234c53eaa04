"""Limits in words, as 每日1次,每月4次 or 每年最多加3分, read into caps.

Source: design 2-domain.md, Rule shapes (caps per day, month, quarter, year, in points or in times).
"""

import re
from collections.abc import Iterable

from governance.shapes import Cap, Window
from governance.text_numbers import NUMBER, half_width, to_tenths

_WINDOWS = {
    "日": Window.DAY, "天": Window.DAY, "daily": Window.DAY, "月": Window.MONTH, "monthly": Window.MONTH,
    "季": Window.QUARTER, "quarterly": Window.QUARTER, "年": Window.YEAR, "yearly": Window.YEAR,
    "annual": Window.YEAR,
}  # fmt: skip
_WINDOW = r"(?:(?:每|一|全|单|当|本|同一)个?(?:自然)?|(?<![\d半一二三两])(?=[月季年](?:度|内)))(日|天|月|季|年)(?:度|内)?"
_LIMITER = r"(?:最多|至多|不超过|不得超过|上限|封顶|限|最高|累计|以内)"
_GAP = r"[^,;。日天月季年\d]{0,10}?"
# A cap cell says a limit by being there; in an item “每月打扫2次” is the task, so there a limiter is wanted.
_IN_CELL = re.compile(rf"{_WINDOW}{_GAP}{NUMBER}(分|次)|^(?:限|最多)?{NUMBER}(分|次)/(日|天|月|季度?|年)$")
_IN_ITEM = re.compile(rf"{_WINDOW}{_GAP}{_LIMITER}{_GAP}{NUMBER}(分|次)")
_ONCE = re.compile(r"一次性|限一次|仅限?[1一]次|只[记计加]一次")
_NO_LIMIT = re.compile(r"^(?:|/|-+|无|不限|无上限|不设上限|上不封顶|不封顶|按次|每次|次)$")
_NO_WINDOW = re.compile(r"[每按双]?(?:周|星期|旬|半年|半月|双月)|weekly")
_PERIOD = re.compile(
    r"(?:每|按)(?:个)?(日|天|月|季|年)度?$|^(月|季|年)度?$|^(daily|monthly|quarterly|yearly|annual)$"
)


def read_caps(cap: str, item: str = "", period: str = "") -> tuple[Cap, ...]:
    """The caps a rule's cap, item and period texts give together, one per window, shortest window first.

    A bare period (每季度) means once in it, unless a limit for that window is given.
    """
    found = _merge([*_in(_IN_CELL, cap), *_in(_IN_ITEM, item), *_once(cap)])
    rhythm = period_of(period)
    if rhythm and rhythm not in found:
        found[rhythm] = Cap(rhythm, times=1)
    return tuple(found[window] for window in Window if window in found)


def unread_cap(cap: str, period: str = "") -> str:
    """The first limit of the cap cell that no cap carries, or a period that no window is; else nothing."""
    for part in filter(None, re.split("[,;、。]", half_width(cap))):
        if not (_NO_LIMIT.match(part) or _IN_CELL.search(part) or _ONCE.search(part)):
            return part
    match = _NO_WINDOW.search(half_width(period))
    return match.group() if match else ""


def period_of(text: str) -> Window | None:
    """The window a period cell names, as 家庭成员每季度 or 年度; none for 每次, 累计 and the like."""
    match = _PERIOD.search(half_width(text).lower())
    return _WINDOWS[next(filter(None, match.groups()))] if match else None


def window_in(text: str) -> Window | None:
    """The stretch of time an item counts within, as 一年内 or 当月."""
    match = re.search(rf"{_WINDOW}(?:内|中|累计|共)", half_width(text))
    return _WINDOWS[match.group(1)] if match else None


def _in(pattern: re.Pattern, text: str) -> list[Cap]:
    return [_cap(match.groups()) for match in pattern.finditer(half_width(text))]


def _cap(groups: tuple[str, ...]) -> Cap:
    window, number, kind = groups[:3] if groups[0] else (groups[5][0], groups[3], groups[4])
    if kind == "次":
        return Cap(_WINDOWS[window], times=to_tenths(number) // 10)
    return Cap(_WINDOWS[window], points_tenths=to_tenths(number))


def _once(cap: str) -> list[Cap]:
    return [Cap(Window.YEAR, times=1)] if _ONCE.search(half_width(cap)) else []


def _merge(caps: Iterable[Cap]) -> dict[Window, Cap]:
    """One cap per window: points and times side by side, of two of a kind the first."""
    merged: dict[Window, Cap] = {}
    for cap in caps:
        old = merged.get(cap.window, Cap(cap.window))
        points = cap.points_tenths if old.points_tenths is None else old.points_tenths
        merged[cap.window] = Cap(cap.window, points, cap.times if old.times is None else old.times)
    return merged
