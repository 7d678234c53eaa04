"""What an operator should know before people rely on being told; shown by `manage.py check --deploy`."""

from django.conf import settings
from django.core.checks import Info, register

SENDS = {"aliyun"}


@register(deploy=True)
def nobody_gets_an_sms(app_configs, **kwargs):
    """Phone codes that end in a log let nobody in."""
    if settings.SMS_BACKEND in SENDS:
        return []
    hint = "要真的发短信，设置 SMS_BACKEND=aliyun 和 SMS_ALIYUN_…，见 docs/settings.md。"
    return [
        Info(
            f"SMS_BACKEND={settings.SMS_BACKEND}：短信验证码和短信通知谁也收不到。",
            hint=hint,
            id="lianping.I001",
        )
    ]
