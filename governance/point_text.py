"""What a rulebook row says in words, read into the shape and numbers of a rule.

Reads the points text together with item, cap and period; never the note. What no shape carries is refused, it
is not turned into something else. Source: design 2-domain.md, Rule shapes.
"""

import re
from dataclasses import dataclass

from governance.cap_text import read_caps, unread_cap, window_in
from governance.lexicon import Ground
from governance.lexicon_conduct import Conduct
from governance.rulebook_file import RawRow
from governance.shapes import Cap, Shape, Step, Window
from governance.text_numbers import NUMBER, half_width, to_milli, to_tenths


class UnreadablePoints(ValueError):
    """The points text fits no shape; `ground` says which way, the text is the sentence for the clerk."""

    def __init__(self, ground: Ground, sentence: str):
        super().__init__(sentence)
        self.ground = ground


@dataclass(frozen=True, slots=True)
class Draft:
    """A row as a rule would be: amounts absolute in tenths, quantities in thousandths of `unit`.

    `unread_cap` is a limit no window carries. `evidence` is photo, document, witnesses, any, or nothing
    where none is named. `family`, `group` and `conduct` are filled in when the whole file is checked; an
    empty family stands for the rule alone.
    """

    row: RawRow
    shape: Shape
    sign: int
    points_tenths: int = 0
    min_tenths: int = 0
    max_tenths: int = 0
    unit: str = ""
    unit_milli: int = 1000
    window: Window | None = None
    steps: tuple[Step, ...] = ()
    caps: tuple[Cap, ...] = ()
    unread_cap: str = ""
    evidence: str = ""
    family: str = ""
    group: str = ""
    conduct: Conduct | None = None


_JUMP = re.compile(
    r"[降评判定][为至到成]?[a-d]级|直接(?:判|降|评|定)|降[为至到]?.?[级星档]|一票否决|取消.*资格|零星"
    r"|不合格|清零|归零|[a-d]级$"
)
_MONEY = re.compile(r"奖金|罚款|[\d.]万?元$|^[¥￥]")
_PLUS = re.compile(r"加分|奖分|守信|正向|正面|加项|激励|红榜")
_MINUS = re.compile(r"减分|扣分|失信|负向|反向|负面|扣项|惩戒|黑榜")
# 记, 计 and 得 say no sign: a table of deductions uses them too.
_SIGN = {"+": 1, "加": 1, "奖": 1, "-": -1, "扣": -1, "减": -1, "罚": -1}
_MARK = r"([+\-加减扣奖罚记计得]?)"
_ONE = re.compile(rf"{_MARK}{NUMBER}分?")
_SPAN = re.compile(rf"{_MARK}{NUMBER}分?(?:至|到|-|\.\.)[+\-]?{NUMBER}分?")
_UP_TO = re.compile(rf"{_MARK}(?:最多|最高|不超过|≤|<=|至多)[加减扣]?{NUMBER}分?")
_SELF_SET = re.compile(rf"(?:[+\-±]|\+/-|\+-)?(?:≤|<=|不超过|最多){NUMBER}分?/[项条]")
_LIST = re.compile(rf"[+\-]?{NUMBER}分?(?:/[+\-]?{NUMBER}分?)+")
_RATE_UNIT = r"(?:个)?(小时|元|公斤|千克|斤|平方米|平方|亩|米|棵|株|袋|桶|人|天|户|件|篇|公里)"
_PER_TEXT = re.compile(rf"每{NUMBER}?(万)?{_RATE_UNIT}{_MARK}{NUMBER}分")
_EACH = re.compile(r"^(?:每|一)(?:次|例|起|处|回|项|户)|^每人次")
_PER = re.compile(rf"{_MARK}{NUMBER}分?/{NUMBER}?([^\d/]{{1,4}})")
_RATE = re.compile(
    rf"每[^\d每,。;日月季年周]{{0,8}}?{NUMBER}?(万)?{_RATE_UNIT}(?!及?以上)[^,。;每\d]{{0,6}}?[,]?(?:可"
    rf"|各)?[加减扣奖罚记计积得+\-]{{1,2}}{NUMBER}分"
)
# Without its points beside it, 每 makes a rate only of what is measured: 每天 is rhythm, 每户 whom it is for.
_MEASURED = r"(?:个)?(小时|元|公斤|千克|斤|平方米|亩|米|棵|株|袋|桶|人次?|公里)"
_PER_UNIT = re.compile(
    rf"每(?:满|有|增加|捐款?|服务|参加|完成|多|种植|回收|出资)?(?:{NUMBER}(万)?{_MEASURED}"
    rf"|()()(?:个)?(小时|公斤|斤|亩|棵))"
)
_EACH_TIME = frozenset(("次", "例", "起", "处", "回", "项", "宗"))
_CUMULATIVE = re.compile(
    rf"(?:累计|累积|合计|总计)[^,。;\d]{{0,8}}?{NUMBER}(万)?{_RATE_UNIT}|(?:达到?|满){NUMBER}(万)?个?(小时)"
)
_BAND = re.compile(
    rf"{NUMBER}(万)?元?(?:-|至|到){NUMBER}(?:\(不含\))?(万)?(元)"
    rf"|{NUMBER}(万)?(元)(?:\(含\))?(?:及)?(以上|以下|以内)(?!\)、)"
)
_STEP_WORDS = re.compile(r"第[一二三四五\d]次|首次|再次|次(?:以上|及以上)")
_LEVELS = re.compile(r"(?:国家|全国|省部|省|市|区县|县|区|镇街|镇|乡|街道|社区|村居|村|组)(?:级)?")
_BRACKETS = re.compile(r"\(([^()]+)\)")
_EVIDENCE = {
    "photo": re.compile("照片|图片|拍照|影像|视频|photo"),
    "witnesses": re.compile("证人|见证|证言|witness"),
}


def parse(row: RawRow, *, unsigned_is_plus: bool = False) -> Draft:
    """The rule `row` describes.

    `unsigned_is_plus` reads a bare number as a plus: spreadsheets drop the plus sign, so a file whose
    deductions are signed means it so. Raises UnreadablePoints. No effects.
    """
    points, limit = _split(row.points)
    _refuse_what_no_shape_carries(points)
    words = _shape(points, half_width(row.item).lower(), half_width(row.period))
    sign = words.pop("sign", 0) or _sign_from_words(row, unsigned_is_plus)
    if words["shape"] is not Shape.SELF_SET:
        cap = f"{row.cap},{limit}"
        words |= {"caps": read_caps(cap, row.item, row.period), "unread_cap": unread_cap(cap, row.period)}
    return Draft(row=row, sign=sign, evidence=evidence_kind(row.evidence), **words)


def sign_of(row: RawRow) -> int:
    """Whether the row plainly adds (1) or takes away (-1), even with unreadable points; 0 if neither."""
    mark = half_width(row.points)[:1]
    words = row.category + row.item
    return _SIGN.get(mark) or bool(_PLUS.search(words)) - bool(_MINUS.search(words))


def evidence_kind(text: str) -> str:
    """What an evidence cell asks for; any other text is a document, as somebody has to write it down."""
    kinds = [kind for kind, pattern in _EVIDENCE.items() if pattern.search(text.lower())]
    if half_width(text) in ("", "/", "-", "无", "不需要"):
        return ""
    return kinds[0] if len(kinds) == 1 else "any" if kinds else "document"


def _split(points: str) -> tuple[str, str]:
    """The points proper, and what the cell says after them or in brackets: a limit."""
    main, _, rest = half_width(points).lower().partition(",")
    rest = ",".join([*_BRACKETS.findall(main), rest])
    return _EACH.sub("", _BRACKETS.sub("", main)), rest


def _refuse_what_no_shape_carries(points: str) -> None:
    if _JUMP.search(points):
        raise UnreadablePoints(Ground.GRADE_JUMP, "颜色只看分，不能直接降。请写成分，或者删掉这一条。")
    if _MONEY.search(points):
        raise _unreadable(points, "这是钱，不是分")
    if not points:
        raise UnreadablePoints(Ground.UNREADABLE_POINTS, "分值空着。请写成+5、-2这样，再传一次。")


def _unreadable(points: str, why: str = "读不出是几分") -> UnreadablePoints:
    return UnreadablePoints(
        Ground.UNREADABLE_POINTS,
        f"分值写的是“{half_width(points)[:20]}”，{why}。请写成+5、-2这样，再传一次。",
    )


def _sign_from_words(row: RawRow, unsigned_is_plus: bool) -> int:
    sign = sign_of(row) or int(unsigned_is_plus)
    if not sign:
        raise _unreadable(row.points, "看不出是加还是减")
    return sign


def _shape(points: str, item: str, period: str) -> dict:
    """The shape and its numbers; with `sign` where the points text has one."""
    try:
        for read in (_self_set, _list, _per, _per_text, _up_to, _span, _one):
            if found := read(points, item, period):
                return found
    except UnreadablePoints:
        raise
    except ValueError as error:
        raise _unreadable(points, "最小只到0.1分") from error
    raise _unreadable(points)


def _self_set(points: str, item: str, period: str) -> dict | None:
    match = _SELF_SET.fullmatch(points)
    return match and {"shape": Shape.SELF_SET, "max_tenths": to_tenths(match.group(1))}


def _list(points: str, item: str, period: str) -> dict | None:
    """+2/+4/+6/+10: times where the item counts them, parts where it lists them in brackets, else levels."""
    if not _LIST.fullmatch(points):
        return None
    parts = points.replace("分", "").split("/")
    signs = {_SIGN[part[0]] for part in parts if part[0] in _SIGN}
    if len(signs) > 1:
        raise _unreadable(points, "又加又减，要分成两行")
    amounts = [to_tenths(part.lstrip("+-")) for part in parts]
    shape, labels = _list_labels(item, len(amounts))
    steps = tuple(
        Step(n, amount, label=label) for n, (amount, label) in enumerate(zip(amounts, labels, strict=True), 1)
    )
    window = (window_in(item) or Window.QUARTER) if shape is Shape.STEPS else None
    return {"shape": shape, "steps": steps, "window": window, "sign": signs.pop() if signs else 0}


def _list_labels(item: str, count: int) -> tuple[Shape, list[str]]:
    if _STEP_WORDS.search(item):
        return Shape.STEPS, [f"第{n}次" for n in range(1, count + 1)]
    for bracket in _BRACKETS.findall(item):
        parts = re.split("[、,/]", bracket)
        if len(parts) == count and not all(_LEVELS.fullmatch(part) for part in parts):
            return Shape.COMPONENTS, parts
    levels = _LEVELS.findall(item)
    return Shape.LADDER, levels if len(set(levels)) == count else [f"第{n}档" for n in range(1, count + 1)]


def _per(points: str, item: str, period: str) -> dict | None:
    match = _PER.fullmatch(points)
    if not match:
        return None
    mark, amount, count, unit = match.groups()
    if unit in _EACH_TIME and (count or "1") == "1":
        return _fixed(mark, amount)
    return _rate(mark, amount, count, None, unit)


def _per_text(points: str, item: str, period: str) -> dict | None:
    match = _PER_TEXT.fullmatch(points)
    if not match:
        return None
    count, myriad, unit, mark, amount = match.groups()
    return _rate(mark, amount, count, myriad, unit)


def _rate(mark: str, amount: str, count: str | None, myriad: str | None, unit: str, **limits: int) -> dict:
    return {
        "shape": Shape.PER_UNIT,
        "sign": _SIGN.get(mark, 0),
        "points_tenths": to_tenths(amount),
        "unit": unit,
        "unit_milli": to_milli(count or "1", myriad),
        **limits,
    }


def _up_to(points: str, item: str, period: str) -> dict | None:
    """At most so much is a span from the smallest amount there is."""
    match = _UP_TO.fullmatch(points)
    return match and _between(match.group(1), 1, to_tenths(match.group(2)), item)


def _span(points: str, item: str, period: str) -> dict | None:
    match = _SPAN.fullmatch(points)
    if not match:
        return None
    low, high = sorted((to_tenths(match.group(2)), to_tenths(match.group(3))))
    return _between(match.group(1), low, high, item)


def _between(mark: str, low: int, high: int, item: str) -> dict:
    """A span; where the item gives a rate, the rate with the span's end as the most of one fact."""
    if rated := _RATE.search(item):
        return _rated(mark, high, rated, item)
    return {"shape": Shape.RANGE, "sign": _SIGN.get(mark, 0), "min_tenths": low, "max_tenths": high}


def _rated(mark: str, high: int, rated: re.Match, item: str) -> dict:
    """The item's own rate, within its band of amounts if it has one; `high` is the most of one fact."""
    count, myriad, unit, amount = rated.groups()
    limits = {"max_tenths": high} if high != to_tenths(amount) else {}
    rate = _rate(mark, amount, count, myriad, unit, **limits)
    band = _band_start(item)
    if band is None:
        return rate
    step = Step(1, rate.pop("points_tenths"), at_milli=band, per_milli=rate.pop("unit_milli"))
    return rate | {"shape": Shape.PIECEWISE, "steps": (step,)}


def _one(points: str, item: str, period: str) -> dict | None:
    match = _ONE.fullmatch(points)
    if not match:
        return None
    mark, amount = match.groups()
    if not to_tenths(amount):
        raise _unreadable(points, "0分等于没写")
    if cumulative := _CUMULATIVE.search(item):
        return _threshold(mark, amount, cumulative, item)
    if rated := _RATE.search(item):
        return _rated(mark, to_tenths(amount), rated, item)
    if rate := _PER_UNIT.search(period) or _PER_UNIT.search(item):
        count, myriad, unit = rate.groups()[:3] if rate.group(3) else rate.groups()[3:]
        return _rate(mark, amount, count, myriad, unit)
    if (band := _band_start(item)) is not None:
        step = Step(1, to_tenths(amount), at_milli=band)
        return {"shape": Shape.PIECEWISE, "sign": _SIGN.get(mark, 0), "unit": "元", "steps": (step,)}
    return _fixed(mark, amount)


def _fixed(mark: str, amount: str) -> dict:
    return {"shape": Shape.FIXED, "sign": _SIGN.get(mark, 0), "points_tenths": to_tenths(amount)}


def _threshold(mark: str, amount: str, match: re.Match, item: str) -> dict:
    number, myriad, unit = next(group for group in (match.groups()[:3], match.groups()[3:]) if group[0])
    return {
        "shape": Shape.THRESHOLDS,
        "sign": _SIGN.get(mark, 0),
        "unit": unit,
        "window": window_in(item) or Window.YEAR,
        "steps": (Step(1, to_tenths(amount), at_milli=to_milli(number, myriad)),),
    }


def _band_start(item: str) -> int | None:
    """Where an amount band of the item begins, in thousandths of a yuan; 0 for 以下."""
    match = _BAND.search(item)
    if not match:
        return None
    low, low_myriad, _, high_myriad, _, single, single_myriad, _, edge = match.groups()
    if low:
        return to_milli(low, low_myriad or high_myriad)
    return to_milli(single, single_myriad) if edge == "以上" else 0
