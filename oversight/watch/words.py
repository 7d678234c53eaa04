"""What a finding says, as one plain sentence from its figures, and whom it asks. No household is named."""

from __future__ import annotations

from oversight.models import Finding
from oversight.watch.changed import HATS
from oversight.watch.limits import LIMITS, Kind

STEP_NAMES = {
    "confirm": "片组长核单", "review": "理事会审议", "sign": "村两委签字", "publish": "文书张贴", "accept": "异议收不收",
    "decide": "异议答复",
}  # fmt: skip
_SENTENCES = {
    Kind.SEVERE: "记了{items}条减分，每100户月{rate}条；别的{people}位党员合起来{others}条，各人在{low}到{high}条之间。"
    "他评了{months}个月、{households}户。",
    Kind.GENEROUS: "记了{items}条加分，每100户月{rate}条；别的{people}位党员合起来{others}条，各人在{low}到{high}条之间。"
    "他评了{months}个月、{households}户。",
    Kind.ALWAYS_PLUS: "连着{run}个月，单上的户家家有加分，没有减分。一共评了{months}个月，每月至少{households}户。",
    Kind.IDENTICAL: "连着{run}个月，单上的户家家记的一个样。一共评了{months}个月，每月至少{households}户。",
    Kind.BLANK: "连着{run}个月，单上的户家家没变化，别人这几个月记了事。一共评了{months}个月，每月至少{households}户。",
    Kind.FAVOURS: "和另一位党员互相评对方家：给对方家记了{given}条加分，对方给自家记了{received}条，分在{months}个月，"
    "都没有减分。给那家每100户月{rate}条，给别家{elsewhere}条。",
    Kind.BATCH: "到期前一天内才交的单上，有{batch}条写的同一天；这样才交的一共{late}条。",
    Kind.OLD_FACTS: "一张单上有{batch}条，事情过了31天才交上来；这样的一共{old}条。",
    Kind.NO_EVIDENCE: "通过了{taken}条，其中{items}条没有证据（细则要证据的，或者减分的）。",
    Kind.OVERTURNED: "{hat}，有{decided}件被提异议并且定了，改了{changed}件；这一段一共经手{handled}条。",
    Kind.SLOW: "{cases}次里有{late}次超了定的{within}个工作日。一半在{median}天以内，九成在{slow}天以内。",
    Kind.DISAGREE: "再看、说得准的有{answered}户，{same}户看法一样；一个有事一个没有的{nothing}户，条目不同的{other}户。",
}


def sentence(finding: Finding) -> str:
    """The figures in one or two sentences."""
    figures = dict(finding.figures)
    if finding.kind == Kind.OVERTURNED:
        figures["hat"] = list(HATS.values())[figures["hat"]]
    return _SENTENCES[finding.kind].format(**figures)


def who(finding: Finding) -> str:
    """Whom or what it is about."""
    if finding.user_id:
        return finding.user.name
    return finding.area.name if finding.area_id else STEP_NAMES[finding.step]


def reason(finding: Finding) -> str:
    """From when on it is asked about, and why."""
    return LIMITS[finding.kind].reason


def ordinary(finding: Finding) -> str:
    """Everyday causes of such a figure."""
    return LIMITS[finding.kind].ordinary
