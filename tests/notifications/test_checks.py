"""What an operator is told before people rely on being told."""

from notifications.checks import nobody_gets_an_sms


def test_an_operator_hears_that_codes_go_nowhere(settings):
    settings.SMS_BACKEND = "console"
    [said] = nobody_gets_an_sms(None)
    assert "谁也收不到" in said.msg
    settings.SMS_BACKEND = "aliyun"
    assert nobody_gets_an_sms(None) == []
