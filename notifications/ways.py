"""By which ways somebody was told, in words: 短信、纸条, when it went, and what to do about what did not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from notifications.models import Channel, Delivery

State = Delivery.State
# What helps when a channel gives up; the rest is for the operators (notifications.stuck).
HELPS = {
    Channel.SMS: "请看看手机号对不对、停机没有。",
    Channel.EMAIL: "请看看邮箱写得对不对、满了没有。",
    Channel.WECHAT: "请看看是不是取消了关注，重新绑一次就行。",
}


@dataclass(frozen=True)
class Way:
    """One delivery in words: by what, how it stands, since or until when, and what helps."""

    channel: str
    says: str
    at: datetime | None = None
    helps: str = ""
    is_failed: bool = False


def ways_out(deliveries: Iterable[Delivery]) -> list[Way]:
    """By which ways it left the house: that it is in the inbox, who reads it there sees."""
    return [way(each) for each in deliveries if each.channel != Channel.INBOX]


def way(delivery: Delivery) -> Way:
    """What its reader has to know of a delivery."""
    label, channel, done_at = delivery.get_channel_display(), delivery.channel, delivery.done_at
    match delivery.state:
        case State.SENT if channel == Channel.SLIP:
            return Way(label, "送到了", done_at)
        case State.SENT:
            return Way(label, "发了", done_at)
        case State.SENDING:
            return Way(label, "正在发", delivery.claimed_at)
        case State.FAILED:
            return Way(label, "发不出去", done_at, HELPS.get(channel, ""), is_failed=True)
        case State.DROPPED:
            return Way(label, "不用发了")
    return _waiting(delivery, label)


def _waiting(delivery: Delivery, label: str) -> Way:
    if delivery.channel == Channel.SLIP:
        return Way(label, "等文书打出来送到家")
    if delivery.tries:
        return Way(label, "没发成，会自己再试", delivery.due_at)
    return Way(label, "等着发，不早于", delivery.due_at)
