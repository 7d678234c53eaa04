"""A provider on this machine that takes SMS by the real protocol and keeps under which number it was asked."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass

from tests.notifications.provider import Aliyun

SECONDS = 0.02  # as long as a near provider takes


@dataclass
class Post(Aliyun):
    """Aliyun's, as the tests have it, with the time a real one takes."""

    def answer(self, request):
        """After a while."""
        time.sleep(SECONDS)
        return super().answer(request)

    @property
    def settings(self) -> dict[str, str]:
        """What the installation must know to send through it."""
        templates = {"default": "SMS_100", "digest": "SMS_200", "code": "SMS_300", "unknown": "SMS_400"}
        return {
            "SMS_BACKEND": "aliyun", "SMS_ALIYUN_KEY_ID": self.key_id, "SMS_ALIYUN_KEY_SECRET": self.key_secret,
            "SMS_SIGN_NAME": self.sign_name, "SMS_TEMPLATES": json.dumps(templates), "SMS_ENDPOINT": self.url,
        }  # fmt: skip

    def taken(self) -> Counter:
        """How often each delivery was taken, by the number we gave it."""
        return Counter(asked.get("OutId", "") for asked in self.sent)
