"""Everything that is held about a household, or about one adult of it, as plain data.

One versioned schema, documented in docs/household-file.md: keys are English, values as they are stored, days as
2026-11-16, moments in ISO 8601, points in tenths. The number of queries does not grow with what is found.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from rights.household import cases, people, scores, trail
from rights.speaking import Reach

SCHEMA = "lianping/household-file/1"
NOT_WHOLE = (
    "您没有同意参加评议，或者已经退出，这里只有关于您本人的：登记、同意、谁看过、办过的事。"
    "全家的记分和异议，由户主和同意了的家人来取。"
)
LEFT = "您已经不在这一户了：现在的户名、门牌和参加不参加，后来谁看过、谁来联系，是还住在那里的人的事。"
LEFT_OUT = (
    ("单个人投的票", "表决是秘密的，这里只写每种意见各几票。"),
    ("记的人、核的人、投票的人叫什么", "只写职务，和“我的积分”里一样；在决定上签名的人写了名字。"),
    ("别的家人的手机和身份证号", "各人的号码只给本人看，这里遮住了中间几位。"),
    ("别的家人申请更正时写的话", "里面常有号码，只给写的人看，这里只写哪一样、办到哪了。"),
    ("还没有公示的评议", "没公示就还没有定，公示以后再存一份就有了。"),
    ("办事人员之间写的话", "转交、催办时给同事看的话，不是关于您家的事实。"),
    ("问到的人叫什么", "作证的人要保护，只写是什么身份、答了什么。"),
)


def gather(reach: Reach, *, at: datetime) -> dict:
    """The file as plain data, ready for JSON; `whole` says whether it is the household's or one adult's."""
    member, subject = reach.member, reach.subject
    found = {
        "schema": SCHEMA,
        "made_at": at,
        "whole": reach.whole,
        "for": member.name,
        "village": {"code": member.village.code, "name": member.village.name},
        "household": people.cover(reach),
        "members": people.members(reach),
        "consents": people.consents(reach),
        "notices": people.notices(reach),
        "raters": people.raters(reach),
        "kinships": people.kinships(reach),
        "readings": trail.readings(reach),
    }
    if reach.whole:
        observations = scores.observations(subject)
        found |= {
            "scorecards": scores.scorecards(subject),
            "entries": scores.entries(subject),
            "observations": observations,
            "monthly": scores.monthly(subject),
            "postings": scores.postings(subject),
            "objections": cases.objections(subject),
            "repairs": cases.repairs(subject),
            "shields": cases.shields(subject),
        }
    found |= {
        "rectifications": cases.rectifications(reach),
        "erasures": cases.erasures(reach),
        "events": trail.events(reach),
        "left_out": [{"what": what, "why": why} for what, why in LEFT_OUT],
    }
    if not reach.whole:
        found["left_out"].insert(0, {"what": "全家的记分、异议和修复", "why": NOT_WHOLE})
    if reach.until:
        found["left_out"].insert(0, {"what": "您离开以后这一户的事", "why": LEFT})
    return plain(found)


def plain(value):
    """Days, moments and keys as text; anything else as it is."""
    match value:
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case datetime():
            return timezone.localtime(value).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
    return value
