"""JSON over HTTP to a provider, by the standard library: encrypted, no redirects, and errors that repeat no number.

The address of a request and the words of an answer may hold a phone number or a secret, so an error here says
only which host, and what kind of trouble.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from notifications.channels.base import SendError

TIMEOUT = 8  # seconds a provider may take for each answer; SendSms asks for 1 at least
LIMIT = 64 * 1024
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class _NoRedirects(HTTPRedirectHandler):
    """Interfaces do not move; who answers so is a captive portal or a proxy."""

    def redirect_request(self, *args, **kwargs):
        return None


_OPENER = build_opener(_NoRedirects)


def call(
    method: str,
    url: str,
    *,
    body: dict | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
) -> dict:
    """The JSON object a provider answers, with whatever status. Raises SendError when there is no such answer."""
    host = urlsplit(url).hostname or ""
    if urlsplit(url).scheme != "https" and host not in LOOPBACK:
        raise SendError(f"{host}：不是https，没有发")
    headers = dict(headers or {})
    data = None
    if body is not None:
        data = json.dumps(body, ensure_ascii=False).encode()
        headers["Content-Type"] = "application/json; charset=utf-8"
    try:
        return _object(_answer(Request(url, data, headers, method=method), timeout), host)
    except (OSError, HTTPException) as error:
        raise SendError(f"{host}：{_kind(error)}") from None


def _answer(request: Request, timeout: float):
    """Whatever the status: what a provider refuses, it explains in the same words."""
    try:
        return _OPENER.open(request, timeout=timeout)
    except HTTPError as error:
        return error


def _object(answer, host: str) -> dict:
    with answer:
        status = answer.status
        try:
            found = json.loads(answer.read(LIMIT))
        except ValueError:
            found = None
    if not isinstance(found, dict) or status >= 500:
        raise SendError(f"{host}：HTTP {status}")
    return found


def _kind(error: Exception) -> str:
    """The name of what went wrong: URLError only wraps it."""
    reason = getattr(error, "reason", error)
    return type(reason if isinstance(reason, Exception) else error).__name__
