"""SMS by Alibaba Cloud: Dysmsapi 2017-05-25, SendSms, by signed HTTP (https://help.aliyun.com/document_detail/55284.html).

SendSms knows no idempotence: OutId comes back in the receipt but does not stop a second SMS. So whoever tries again
after a timeout may send twice; a villager told twice is better off than one not told.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

from django.utils import timezone

from notifications.channels import aliyun_signature
from notifications.channels.base import AddressError, Letter, SendError
from notifications.channels.http import TIMEOUT, call
from notifications.channels.templates import filled

ACTION, VERSION = "SendSms", "2017-05-25"
# The number, the signature or the template is refused (https://help.aliyun.com/document_detail/101346.html):
# the same request will not be taken later either. All else, money and limits and keys too, an operator can mend.
REFUSED = {
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.BLACK_KEY_CONTROL_LIMIT",
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED",
    "isv.SMS_SIGNATURE_ILLEGAL",
    "isv.SMS_SIGN_ILLEGAL",
    "isv.SIGN_STATE_ILLEGAL",
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
    "isv.SMS_TEMPLATE_ILLEGAL",
    "isv.TEMPLATE_MISSING_PARAMETERS",
    "isv.TEMPLATE_PARAMS_ILLEGAL",
    "isv.INVALID_PARAMETERS",
    "isv.INVALID_JSON_PARAM",
    "isv.PARAM_LENGTH_LIMIT",
    "isv.PARAM_NOT_SUPPORT_URL",
    "isv.SMS_CONTENT_ILLEGAL",
}
_CODE = re.compile(r"[\w.-]{1,60}", re.ASCII)


@dataclass(frozen=True)
class Aliyun:
    """Sends by templates that were approved there; `templates` is SMS_TEMPLATES."""

    key_id: str
    key_secret: str = field(repr=False)
    sign_name: str
    templates: dict[str, str | dict]
    endpoint: str
    timeout: float = TIMEOUT

    def send(self, letter: Letter) -> str:
        """Send one SMS; returns Aliyun's BizId. Raises AddressError (see REFUSED) or SendError."""
        query = aliyun_signature.query_string(self._parameters(letter))
        headers = aliyun_signature.headers(
            action=ACTION, version=VERSION, host=urlsplit(self.endpoint).netloc, query=query,
            key_id=self.key_id, key_secret=self.key_secret, at=timezone.now(), nonce=uuid4().hex,
        )  # fmt: skip
        return _accepted(call("POST", f"{self.endpoint}/?{query}", headers=headers, timeout=self.timeout))

    def _parameters(self, letter: Letter) -> dict[str, str]:
        number, values = filled(self.templates, letter)
        found = {
            "PhoneNumbers": letter.to,
            "SignName": self.sign_name,
            "TemplateCode": number,
            "OutId": letter.reference,
        }
        if values:
            found["TemplateParam"] = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        return found


def _accepted(answer: dict) -> str:
    """The number of what was taken on; an error keeps the code only, its words may repeat the phone number."""
    code = str(answer.get("Code", ""))
    if code == "OK":
        return str(answer.get("BizId", ""))
    said = code if _CODE.fullmatch(code) else "没有说为什么"
    raise (AddressError if code in REFUSED else SendError)(f"短信服务商没有收：{said}")
