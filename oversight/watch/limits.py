"""From when on a figure is worth a question: one table, each number with its reason.

The numbers are this project's own, set so that ordinary months of an ordinary village raise nothing; a figure above
one of them is a reason to ask, never a reason to blame. `ordinary` are the everyday causes shown beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from oversight.models import Finding

Kind = Finding.Kind
MONTHS = 6  # how far back a look goes: long enough for runs, short enough that people remember
FEWEST_MONTHS = 3  # a rater with fewer months is not compared: anybody has one odd month
# With fewer households whoever knows whose they are would read their sheets off the figures (design/1-product.md, 4).
FEWEST_HOUSEHOLDS = 5
FEWEST_HOUSEHOLD_MONTHS = 15  # five households for three months; below that one event moves the rate too far


@dataclass(frozen=True)
class Limit:
    """When one kind of finding is raised, as whole numbers by name, why, and what ordinary causes it has."""

    numbers: dict[str, int]
    reason: str
    ordinary: str


LIMITS: dict[str, Limit] = {
    Kind.SEVERE: Limit(
        {"times": 3, "items": 5},
        "减分比村里别人密三倍、又满5条，才问一声：少了，一件事就能翻倍。",
        "可能这几户里正好有人在盖房、堆料，事情本来就多；也可能别人记得太少。",
    ),
    Kind.GENEROUS: Limit(
        {"times": 3, "items": 10},
        "加分比村里别人密三倍、又满10条，才问一声。",
        "可能这一片办的活动多，也可能他跑得勤、记得细。",
    ),
    Kind.ALWAYS_PLUS: Limit(
        {"months": 4, "households": FEWEST_HOUSEHOLDS},
        "5户以上，连着4个月家家都有加分、一条减分也没有。",
        "可能这几个月每月都有全体出工，签到表对得上就没事。",
    ),
    Kind.IDENTICAL: Limit(
        {"months": 3, "households": FEWEST_HOUSEHOLDS},
        "5户以上，连着3个月家家记的一个样。",
        "可能是每月一次的集体打扫，家家都到了。",
    ),
    Kind.BLANK: Limit(
        {"months": 6, "households": FEWEST_HOUSEHOLDS},
        "5户以上，连着6个月家家没变化，同一时候村里别人记了事。",
        "没有事就该记没变化；也可能联的多是常年在外的户。",
    ),
    Kind.FAVOURS: Limit(
        {"items": 3, "months": 3, "times": 2},
        "两个人互相评对方家，两边都有3条以上加分、分在3个月以上、没有减分，而且都比给别家的密一倍以上。",
        "两家可能本来就热心；村子小，互相评到很平常。申报过的亲属早就回避了，不在这里。",
    ),
    Kind.BATCH: Limit(
        {"items": 5},
        "一张单上5条以上写的同一天，到期前一天内才交。",
        "一次全村活动，事情本来就在同一天；月底才得空交也平常。",
    ),
    Kind.OLD_FACTS: Limit(
        {"days": 31, "items": 5},
        "一张单上5条以上，事情过了31天才交上来。",
        "上个月的单没交成，事情照规矩带到了下个月；也可能人在外地。",
    ),
    Kind.NO_EVIDENCE: Limit(
        {"items": 3},
        "没有证据就通过的：细则要证据的，或者减分的，满3条。",
        "细则定的时候就没要证据的，记的人没有错，该补的是细则。",
    ),
    Kind.OVERTURNED: Limit(
        {"cases": 3, "percent": 50},
        "定下来的异议里，改了3件以上、又占一半以上。",
        "经手多的人被提异议的自然多；有的是新材料到了才看清。",
    ),
    Kind.SLOW: Limit(
        {"cases": 3, "percent": 50},
        "这一步3次以上、一半以上超了定的天数。",
        "可能正赶上农忙、换届，或者人手本来就不够。",
    ),
    Kind.DISAGREE: Limit(
        {"households": 5, "percent": 60},
        "抽了5户以上再看，看法一样的不到六成。",
        "再看的人知道的可能少一些；有的事只有天天见的人才看得到。",
    ),
}  # fmt: skip


def number(kind: str, name: str) -> int:
    """One of the numbers of the table."""
    return LIMITS[kind].numbers[name]
