"""How and when somebody wants to be told: what is taken for granted, what they chose, and when it goes out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from governance.models import User
from governance.refusals import Invalid, Refused
from notifications import channels as ways
from notifications.models import Channel, Preference, Topic

OUT = (Channel.SMS, Channel.EMAIL, Channel.WECHAT)
# Beside the inbox, which is always on.
FOR_GRANTED = {Topic.HOME: [Channel.SMS], Topic.WORK: [Channel.SMS], Topic.NOTICE: []}
_NEEDS = {
    Channel.SMS: "短信要先有一个用验证码确认过的手机号，请到“账号和密码”里确认。",
    Channel.EMAIL: "请先填邮箱并用验证码确认，再选邮件。",
    Channel.WECHAT: "请先绑定微信，再选微信。",
}


def of(user: User) -> Preference:
    """What somebody chose, or an unsaved row with what is taken for granted."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)


def channels(preference: Preference | None, topic: str) -> list[str]:
    """The channels out of the house for a topic, whether usable or not."""
    chosen = preference.channels if preference else {}
    return [channel for channel in chosen.get(topic, FOR_GRANTED[topic]) if channel in OUT]


def usable(user: User, preference: Preference | None) -> set[str]:
    """The channels by which somebody can be reached: there is an address, and this installation sends that way."""
    addresses = {
        Channel.SMS: user.phone_verified,
        Channel.EMAIL: bool(preference and _has(preference, "email")),
        Channel.WECHAT: bool(preference and _has(preference, "wechat")),
    }
    return {channel for channel in ways.configured() if addresses.get(channel)}


def why_not_usable(user: User, preference: Preference | None, channel: str) -> str:
    """What somebody must do before a channel can be chosen; empty when it can."""
    if channel not in ways.configured():
        return f"这里还没有开通{Channel(channel).label}。"
    return "" if channel in usable(user, preference) else _NEEDS[channel]


def address(user: User, preference: Preference | None, channel: str) -> str:
    """Where a channel reaches somebody; empty where it does not."""
    if channel == Channel.SMS:
        return user.phone if user.phone_verified and user.phone else ""
    return (preference and getattr(preference, channel)) or ""


@transaction.atomic
def change(
    *, user: User, by: User, at: datetime, channels: dict[str, Collection[str]], quiet_from: time, quiet_to: time,
    digest_at: time,
) -> Preference:  # fmt: skip
    """Keep how somebody wants to be told. Raises Refused (not their own) or Invalid, by field.

    No event: it is nobody's business how somebody is reached, and no right hangs on it.
    """
    if user.pk != by.pk:
        raise Refused("怎么通知只能本人来定。")
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two pages open at once make one row
    row = of(user)
    row.channels = {topic: _checked(user, row, topic, channels.get(topic, ())) for topic in Topic.values}
    row.quiet_from, row.quiet_to, row.digest_at, row.changed_at = quiet_from, quiet_to, digest_at, at
    if in_quiet(row, digest_at):
        raise Invalid(digest_at="汇总的时间在“别打扰”的时段里，请换一个时间。")
    row.save()
    return row


def due_at(preference: Preference | None, at: datetime, *, is_urgent: bool) -> datetime:
    """When something may go out: at once by day, after the quiet hours by night; the rest at the digest's hour."""
    chosen = preference or Preference()
    if is_urgent:
        return _next(at, chosen.quiet_to) if in_quiet(chosen, timezone.localtime(at).time()) else at
    return _next(at, chosen.digest_at)


def in_quiet(preference: Preference, hour: time) -> bool:
    """Is an hour of the day within somebody's quiet hours; from and to the same means there are none."""
    begins, ends = preference.quiet_from, preference.quiet_to
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends


def _next(at: datetime, hour: time) -> datetime:
    """The next moment after `at` at which the clock shows an hour."""
    local = timezone.localtime(at)
    found = local.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    return found if found > local else found + timedelta(days=1)


def _checked(user: User, row: Preference, topic: str, chosen: Collection[str]) -> list[str]:
    wanted = [channel for channel in OUT if channel in chosen]
    for channel in wanted:
        # What was on stays allowed: an address that was taken away must not stop another change.
        if channel not in row.channels.get(topic, FOR_GRANTED[topic]) and (
            why := why_not_usable(user, row, channel)
        ):
            raise Invalid(**{topic: why})
    return wanted


def _has(preference: Preference, field: str) -> bool:
    """Is an encrypted column filled, without opening it."""
    return bool(preference.__dict__.get(field))
