"""WeChat service account (服务号): template messages, and whose openid it is by web authorisation.

Sources: developers.weixin.qq.com/doc/service, getStableAccessToken, sendTemplateMessage, 网页授权.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from time import time
from urllib.parse import urlencode

from django.conf import settings

from notifications.channels.base import AddressError, Letter, SendError
from notifications.channels.http import TIMEOUT, call
from notifications.channels.templates import filled

STALE = {40001, 40014, 42001}  # the access token is no longer good: a new one, once
# No such openid, not a follower (any more), does not want it, no such template, data that does not fit it.
REFUSED = {40003, 43004, 43101, 40036, 40037, 47003}
EARLY = (
    300  # seconds: WeChat gives a new token five minutes before the old one ends, both are good until then
)
THING = 20  # characters WeChat shows of a keyword of the kind 事物
_THING = re.compile(r"thing\d+")


@dataclass
class Wechat:
    """One service account. Its access token is kept until shortly before it ends, in each process for itself:
    the stable interface gives all of them the same one. `templates` is WECHAT_TEMPLATES."""

    app_id: str
    app_secret: str = field(repr=False)
    templates: dict[str, str | dict]
    api_url: str
    open_url: str
    timeout: float = TIMEOUT
    _token: str = field(default="", repr=False)
    _good_until: float = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def send(self, letter: Letter) -> str:
        """Send one template message; returns WeChat's msgid. Raises AddressError (see REFUSED) or SendError.

        `client_msg_id` lets WeChat drop the second of two tries that follow one another soon.
        """
        number, values = filled(self.templates, letter)
        message = {
            "touser": letter.to,
            "template_id": number,
            "url": letter.url,
            "client_msg_id": letter.reference,
            "data": {name: {"value": _fit(name, value)} for name, value in values.items()},
        }
        token = self._access_token()
        answer = self._post(f"cgi-bin/message/template/send?access_token={token}", message)
        if answer.get("errcode") in STALE:
            token = self._access_token(instead_of=token)
            answer = self._post(f"cgi-bin/message/template/send?access_token={token}", message)
        return str(_checked(answer).get("msgid", ""))

    def authorise_url(self, *, back: str, state: str) -> str:
        """Where a WeChat browser is sent so that it comes `back` with a code and this state."""
        query = {
            "appid": self.app_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        # WeChat matches the address as text: this order, and the fragment.
        return f"{self.open_url}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"

    def openid_of(self, code: str) -> str:
        """Whose code this is; it can be asked once. Raises SendError: for a code that is no good, AddressError."""
        query = {
            "appid": self.app_id,
            "secret": self.app_secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        answer = call(
            "GET", f"{self.api_url}/sns/oauth2/access_token?{urlencode(query)}", timeout=self.timeout
        )
        if answer.get("errcode") in {40029, 40163, 41008}:  # wrong, used already, missing
            raise AddressError(f"微信没有收：{answer['errcode']}")
        return str(_checked(answer)["openid"])

    def _access_token(self, instead_of: str = "") -> str:
        with self._lock:
            if time() >= self._good_until or self._token == instead_of:
                asked = {"grant_type": "client_credential", "appid": self.app_id, "secret": self.app_secret}
                answer = _checked(self._post("cgi-bin/stable_token", asked))
                self._token = str(answer["access_token"])
                self._good_until = time() + int(answer["expires_in"]) - EARLY
            return self._token

    def _post(self, path: str, body: dict) -> dict:
        return call("POST", f"{self.api_url}/{path}", body=body, timeout=self.timeout)


def configured() -> Wechat | None:
    """The service account of WECHAT_APP_ID; None without."""
    return _wechat(json.dumps(settings.WECHAT, sort_keys=True)) if settings.WECHAT else None


def _fit(name: str, value: str) -> str:
    return value[:THING] if _THING.fullmatch(name) else value


def _checked(answer: dict) -> dict:
    """The answer, unless it is an error; of which the number is kept, not the words."""
    code = answer.get("errcode", 0)
    if code == 0:
        return answer
    raise (AddressError if code in REFUSED else SendError)(f"微信没有收：{code}")


@lru_cache(maxsize=4)
def _wechat(config: str) -> Wechat:
    return Wechat(**json.loads(config))
