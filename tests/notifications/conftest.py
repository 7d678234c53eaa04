"""Providers that run on this machine for one test, and the settings that lead to them."""

import pytest

from config import mail
from tests.notifications.postbox import Postbox
from tests.notifications.provider import Aliyun, Wechat
from tests.notifications.senders import nobody_sends, senders  # noqa: F401

SMS_TEMPLATES = {
    "default": "SMS_100",
    "digest": {"id": "SMS_200", "data": {"n": "count"}},
    "code": "SMS_300",
    "unknown": "SMS_400",
}
WECHAT_TEMPLATES = {
    "default": {"id": "TPL-1", "data": {"thing1": "subject", "const2": "text", "time3": "day"}},
    "digest": {"id": "TPL-2", "data": {"thing1": "text"}},
}


@pytest.fixture
def aliyun(settings):
    """An SMS service that this installation is configured for."""
    with Aliyun().running() as provider:
        settings.SMS_BACKEND = "aliyun"
        settings.SMS_ALIYUN = {
            "key_id": provider.key_id,
            "key_secret": provider.key_secret,
            "sign_name": provider.sign_name,
            "templates": SMS_TEMPLATES,
            "endpoint": provider.url,
            "timeout": 0.5,
        }
        yield provider


@pytest.fixture
def weixin(settings):
    """WeChat, with a service account that this installation is configured for."""
    with Wechat().running() as provider:
        settings.WECHAT = {
            "app_id": provider.app_id,
            "app_secret": provider.app_secret,
            "templates": WECHAT_TEMPLATES,
            "api_url": provider.url,
            "open_url": provider.url,
            "timeout": 0.5,
        }
        yield provider


@pytest.fixture
def postbox(settings):
    """A mail server that this installation is configured for."""
    box = Postbox()
    with box.running() as (host, port):
        settings.SITE_URL = "https://lianping.example"
        settings.EMAIL = {
            "connection": mail.connection(f"smtp+plain://{host}:{port}") | {"timeout": 5},
            "sender": "联评 <lianping@village.example>",
        }
        yield box
