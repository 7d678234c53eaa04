"""Alibaba Cloud's V3 request signature, ACS3-HMAC-SHA256, for interfaces of the RPC kind.

Source: https://help.aliyun.com/document_detail/2593177.html, whose worked example is one of the tests.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"
_NO_BODY = hashlib.sha256(b"").hexdigest()


def query_string(parameters: Mapping[str, str]) -> str:
    """Parameters in their canonical order and writing (RFC 3986), as they are signed and sent."""
    return "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(parameters.items()))


def headers(
    *,
    action: str,
    version: str,
    host: str,
    query: str,
    key_id: str,
    key_secret: str,
    at: datetime,
    nonce: str,
) -> dict[str, str]:
    """The headers of a POST without a body to "/?query", Authorization included."""
    signed = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": _NO_BODY,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    names = ";".join(signed)
    canonical = "\n".join(["POST", "/", query, lines, names, _NO_BODY])
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    authorization = f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    return {**signed, "Authorization": authorization}
