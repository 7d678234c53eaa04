"""Ways out of the house. Each is a module with one Sender; `notifications.sending` asks for it by Channel."""

from notifications.channels import email, sms, wechat
from notifications.channels.base import Sender
from notifications.models import Channel

_LEAVING = {Channel.SMS: sms.configured, Channel.EMAIL: email.configured, Channel.WECHAT: wechat.configured}


def sender_for(channel: str) -> Sender | None:
    """Who sends on a channel; None where this installation has none. Made once for the same settings."""
    find = _LEAVING.get(channel)
    return find() if find else None


def configured() -> list[Channel]:
    """The channels somebody can be told by here: the inbox and the slip need nobody to send."""
    return [channel for channel in Channel if channel not in _LEAVING or sender_for(channel)]
