"""绑定微信: WeChat tells whose browser this is (snsapi_base: the openid, nothing else); that openid is told from then on.

Source: developers.weixin.qq.com/doc/service, 网页授权. The state ties the answer to the session that asked, once.
"""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from datetime import datetime, timedelta

from governance.models import User
from governance.refusals import Refused
from notifications import addresses
from notifications.channels import wechat
from notifications.channels.base import AddressError, SendError
from notifications.models import Channel

KEY = "wechat_state"
VALID = timedelta(minutes=10)
NOT_HERE = "这里还没有开通微信通知，请问村里的系统运维。"
AGAIN = "这次没有绑上，请再点一次“绑定微信”。"


def start(*, back: str, session: MutableMapping, at: datetime) -> str:
    """The address of WeChat's page, which comes `back`. Raises Refused where WeChat is not set up."""
    account = _account()
    state = secrets.token_urlsafe(24)
    session[KEY] = {"state": state, "until": (at + VALID).timestamp()}
    return account.authorise_url(back=back, state=state)


def finish(*, code: str, state: str, session: MutableMapping, by: User, at: datetime) -> None:
    """WeChat came back: bind the openid behind the code to `by`.

    Raises Refused with what to do: not asked from here or too long ago, declined, a code that is no good, no answer.
    """
    account, asked = _account(), session.pop(KEY, None)
    if not asked or not secrets.compare_digest(asked["state"].encode(), state.encode()):
        raise Refused(f"这一步不是从这个浏览器点开的，为了安全没有绑。{AGAIN}")
    if at.timestamp() > asked["until"]:
        raise Refused(f"隔得太久了。{AGAIN}")
    if not code:
        raise Refused("微信没有告诉我们是哪个微信，所以没有绑。再试一次就行；不绑，通知站内照样看得到。")
    addresses.bind(channel=Channel.WECHAT, address=_openid(account, code), by=by, at=at)


def _account() -> wechat.Wechat:
    account = wechat.configured()
    if account is None:
        raise Refused(NOT_HERE)
    return account


def _openid(account: wechat.Wechat, code: str) -> str:
    try:
        return account.openid_of(code)
    except AddressError as error:
        raise Refused(AGAIN) from error
    except SendError as error:
        raise Refused("微信这会儿没有回话，请过几分钟再试。") from error
