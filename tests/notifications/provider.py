"""Providers on this machine that speak the real protocols over real HTTP; what they are told to do, they do next.

Written from the providers' documents, not from our code: a signature is checked by a computation of its own.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit


@dataclass
class Request:
    """One request as it came over the wire."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        """Query parameters, decoded."""
        return {name: values[0] for name, values in parse_qs(self.query, keep_blank_values=True).items()}


@dataclass
class Provider:
    """A server that answers `answer(request)`; its next answers can be spoiled."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    # What happens to the next requests, one each: a number of seconds to wait, "drop", "500", "html", "moved", "stall",
    # or an answer of the provider's own making (status, JSON).
    next: list = field(default_factory=list)

    def answer(self, request: Request) -> tuple[int, dict | str]:
        """Status and JSON (or an address to go to)."""
        raise NotImplementedError

    @contextmanager
    def running(self):
        """Listen on a free port of this machine."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(provider: Provider):
    class Handler(BaseHTTPRequestHandler):
        """Takes one request apart and gives the answer."""

        def do_POST(self):
            self._serve()

        def do_GET(self):
            self._serve()

        def log_message(self, *args):
            """Say nothing."""

        def _serve(self):
            split = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, split.path, split.query, headers, body)
            spoiled = provider.next.pop(0) if provider.next else None
            if spoiled == "drop":
                self.close_connection = True
                self.connection.close()
                return
            if isinstance(spoiled, float):
                time.sleep(spoiled)
            provider.requests.append(request)
            if spoiled == "500":
                self._write(500, json.dumps({"Code": "InternalError"}), "application/json")
            elif spoiled == "html":
                self._write(200, "<html>请先登录上网</html>", "text/html")
            elif spoiled == "stall":
                self._write(400, "{", "application/json", length=500)
                time.sleep(0.8)
            elif spoiled == "moved":
                self._move(provider.url + "/elsewhere")
            elif isinstance(spoiled, tuple):
                self._write(spoiled[0], json.dumps(spoiled[1]), "application/json")
            else:
                self._give(*provider.answer(request))

        def _give(self, status, content):
            if isinstance(content, str):
                self._move(content)
            else:
                self._write(status, json.dumps(content), "application/json;charset=utf-8")

        def _move(self, address):
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _write(self, status, text, kind, length=None):
            data = text.encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(length or len(data)))
                self.end_headers()
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client lost its patience

    return Handler


@dataclass
class Aliyun(Provider):
    """Dysmsapi by the gateway's V3 signature, as help.aliyun.com tells it: 2593177 (signature), 55284 (SendSms)."""

    key_id: str = "LTAI-test"
    key_secret: str = "secret-of-the-test"
    sign_name: str = "柳溪村"
    templates: tuple[str, ...] = ("SMS_100", "SMS_200", "SMS_300", "SMS_400")
    now: datetime | None = None
    nonces: set[str] = field(default_factory=set)
    sent: list[dict[str, str]] = field(default_factory=list)

    def answer(self, request):
        """What the gateway says, then what the SMS service says."""
        if error := self._gateway(request):
            status, code = error
            # The real one repeats what was signed in Message; ours repeats the number, as the service does below.
            return status, _answer(code, Message=f"{code}: {request.query}", HostId="dysmsapi.aliyuncs.com")
        asked = request.parameters
        if code := self._service(asked):
            return 200, _answer(code, Message=f"{asked['PhoneNumbers']} {code}")
        self.sent.append(asked)
        return 200, _answer("OK", Message="OK", BizId=f"90061{len(self.sent):04d}^0")

    def _gateway(self, request):
        headers = request.headers
        if headers.get("x-acs-action") != "SendSms" or headers.get("x-acs-version") != "2017-05-25":
            return 404, "InvalidAction.NotFound"
        if f"Credential={self.key_id}," not in headers.get("authorization", ""):
            return 404, "InvalidAccessKeyId.NotFound"
        if abs((self._now() - _moment(headers["x-acs-date"])).total_seconds()) > 15 * 60:
            return 400, "InvalidTimeStamp.Expired"
        if headers["authorization"] != signature(request, self.key_id, self.key_secret):
            return 400, "SignatureDoesNotMatch"
        if headers["x-acs-signature-nonce"] in self.nonces:
            return 400, "SignatureNonceUsed"
        self.nonces.add(headers["x-acs-signature-nonce"])
        return None

    def _service(self, asked) -> str:
        phone = asked.get("PhoneNumbers", "")
        if not (phone.isdigit() and len(phone) == 11 and phone.startswith("1")):
            return "isv.MOBILE_NUMBER_ILLEGAL"
        if asked.get("SignName") != self.sign_name:
            return "isv.SMS_SIGNATURE_ILLEGAL"
        if asked.get("TemplateCode") not in self.templates:
            return "isv.SMS_TEMPLATE_ILLEGAL"
        if asked["TemplateCode"] == "SMS_300" and "code" not in json.loads(asked.get("TemplateParam", "{}")):
            return "isv.TEMPLATE_MISSING_PARAMETERS"
        return ""

    def _now(self) -> datetime:
        return self.now or datetime.now(UTC)


def signature(request: Request, key_id: str, key_secret: str) -> str:
    """The Authorization header this request ought to carry, step by step as the document has it."""
    names = sorted(
        name for name in request.headers if name.startswith("x-acs-") or name in ("host", "content-type")
    )
    pairs = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in request.parameters.items()
    )
    canonical_request = (
        f"{request.method}\n"
        f"{request.path}\n"
        f"{'&'.join(f'{name}={value}' for name, value in pairs)}\n"
        f"{''.join(f'{name}:{request.headers[name].strip()}' + chr(10) for name in names)}\n"
        f"{';'.join(names)}\n"
        f"{sha256(request.body).hexdigest()}"
    )
    assert request.headers["x-acs-content-sha256"] == sha256(request.body).hexdigest()
    string_to_sign = "ACS3-HMAC-SHA256\n" + sha256(canonical_request.encode("utf-8")).hexdigest()
    mac = hmac.digest(key_secret.encode("utf-8"), string_to_sign.encode("utf-8"), "sha256").hex()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={';'.join(names)},Signature={mac}"


def _answer(code: str, **more) -> dict:
    return {"RequestId": "873043ac-bcda-44db-9052-2e204c6ed20f", "Code": code, **more}


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@dataclass
class Wechat(Provider):
    """A service account: stable_token, template messages, web authorisation (developers.weixin.qq.com/doc/service)."""

    app_id: str = "wx-test"
    app_secret: str = "secret-of-the-test"
    token: str = "TOKEN-1"
    lasts: int = 7200
    followers: tuple[str, ...] = ("openid-wang",)
    templates: tuple[str, ...] = ("TPL-1", "TPL-2")
    codes: dict[str, str] = field(default_factory=dict)  # code -> openid, each good once
    asks: str = "openid-wang"  # who looks at the authorisation page; empty: they say no
    used: set[str] = field(default_factory=set)
    sent: list[dict] = field(default_factory=list)

    def answer(self, request):
        """By address, as the real one."""
        asked = json.loads(request.body) if request.body else request.parameters
        match request.method, request.path:
            case "POST", "/cgi-bin/stable_token":
                return 200, self._token(asked)
            case "POST", "/cgi-bin/message/template/send":
                return 200, self._send(request.parameters.get("access_token"), asked)
            case "GET", "/sns/oauth2/access_token":
                return 200, self._openid(asked)
            case "GET", "/connect/oauth2/authorize":
                return self._authorise(request)
        return 404, {"errcode": 404, "errmsg": "not found"}

    def _token(self, asked):
        if asked.get("grant_type") != "client_credential" or asked.get("appid") != self.app_id:
            return _error(40013, "invalid appid")
        if asked.get("secret") != self.app_secret:
            return _error(40125, "invalid appsecret")
        return {"access_token": self.token, "expires_in": self.lasts}

    def _send(self, token, asked):
        if token != self.token:
            return _error(40001, "invalid credential, access_token is invalid or not latest")
        if asked["template_id"] not in self.templates:
            return _error(40037, "invalid template_id")
        if not asked["touser"].startswith("openid-"):
            return _error(40003, f"invalid openid {asked['touser']}")
        if asked["touser"] not in self.followers:
            return _error(43004, f"require subscribe {asked['touser']}")
        self.sent.append(asked)
        return {"errcode": 0, "errmsg": "ok", "msgid": 200228332 + len(self.sent)}

    def _openid(self, asked):
        if asked.get("appid") != self.app_id or asked.get("secret") != self.app_secret:
            return _error(40125, "invalid appsecret")
        code = asked.get("code", "")
        if code in self.used:
            return _error(40163, "code been used")
        if code not in self.codes:
            return _error(40029, "invalid code")
        self.used.add(code)
        return {
            "access_token": "OF-THE-WEB",
            "expires_in": 7200,
            "openid": self.codes[code],
            "scope": "snsapi_base",
        }

    def _authorise(self, request):
        asked = request.parameters
        names = [pair.partition("=")[0] for pair in request.query.split("&")]
        assert names == ["appid", "redirect_uri", "response_type", "scope", "state"]  # it matches the text
        assert (asked["appid"], asked["response_type"]) == (self.app_id, "code")
        assert asked["scope"] == "snsapi_base"
        back = asked["redirect_uri"]
        if not self.asks:
            return 302, f"{back}?state={asked['state']}"
        code = f"CODE-{len(self.codes) + 1}"
        self.codes[code] = self.asks
        return 302, f"{back}?code={code}&state={asked['state']}"


def _error(number: int, words: str) -> dict:
    return {"errcode": number, "errmsg": f"{words} rid: 6385c6c1-0fcadca1-22c1fc91"}
