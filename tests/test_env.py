"""Settings from the environment: what is missing is said, what is made is kept."""

import json
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env, mail


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch, tmp_path):
    """No setting is given, and the secrets file is nobody's."""
    for setting in env.DECLARED:
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setattr(env, "SECRETS_FILE", tmp_path / "var" / "secrets.json")


@pytest.mark.parametrize("name", [setting.name for setting in env.DECLARED if setting.secret])
def test_production_does_not_start_without_a_secret_and_says_which(name):
    with pytest.raises(ImproperlyConfigured, match=rf"缺少环境变量 {name}：.*docs/settings\.md"):
        env.text(name)
    assert not env.SECRETS_FILE.exists()


def test_a_demo_makes_its_secrets_once_and_keeps_them_to_itself(monkeypatch):
    monkeypatch.setenv("DEBUG", "1")
    names = [setting.name for setting in env.DECLARED if setting.secret]
    made = {name: env.text(name) for name in names}
    assert {name: env.text(name) for name in names} == made
    assert len(set(made.values())) == len(names)
    assert stat.S_IMODE(env.SECRETS_FILE.stat().st_mode) == 0o600


def test_secrets_made_for_a_demo_can_be_used(monkeypatch):
    monkeypatch.setenv("DEBUG", "1")
    from governance.crypto import Keyring, parse_key

    keys = {key_id: parse_key(key_id, key) for key_id, key in json.loads(env.text("FIELD_KEYS")).items()}
    index_key = parse_key("BLIND_INDEX_KEY", env.text("BLIND_INDEX_KEY"))
    assert Keyring(keys, next(iter(keys)), index_key).blind_index("王芳", "member.name")
    assert len(env.text("SECRET_KEY")) >= 50


def test_a_given_value_wins_over_the_default(monkeypatch):
    assert env.text("TIME_ZONE") == "Asia/Shanghai"
    monkeypatch.setenv("TIME_ZONE", "Asia/Urumqi")
    assert env.text("TIME_ZONE") == "Asia/Urumqi"


def test_a_value_left_blank_counts_as_not_given(monkeypatch):
    monkeypatch.setenv("CONN_MAX_AGE", "")
    assert env.text("CONN_MAX_AGE") == "60"


def test_a_setting_that_is_not_declared_cannot_be_read(monkeypatch):
    monkeypatch.setenv("UNDOCUMENTED", "1")
    with pytest.raises(KeyError):
        env.text("UNDOCUMENTED")


@pytest.mark.parametrize(
    ("written", "on"), [("1", True), ("True", True), ("on", True), ("0", False), ("no", False)]
)
def test_a_flag_is_on_when_it_says_so(monkeypatch, written, on):
    monkeypatch.setenv("DEBUG", written)
    assert env.flag("DEBUG") is on


def test_a_list_loses_its_blanks(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example, b.example,,")
    assert env.words("ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_what_a_choice_needs_is_asked_for_with_it():
    assert env.text("SMS_ALIYUN_KEY_SECRET") == ""
    with pytest.raises(
        ImproperlyConfigured, match=r"缺少环境变量 SMS_ALIYUN_KEY_SECRET：.*用了 SMS_BACKEND=aliyun"
    ):
        env.needed("SMS_ALIYUN_KEY_SECRET")


def test_a_choice_that_there_is_not_is_refused_with_those_there_are(monkeypatch):
    monkeypatch.setenv("SMS_BACKEND", "twilio")
    with pytest.raises(ImproperlyConfigured, match="SMS_BACKEND 只能是 console、aliyun，现在写的是“twilio”"):
        env.one_of("SMS_BACKEND", "console", "aliyun")


@pytest.mark.parametrize(("written", "said"), [("{", "不是JSON"), ('{"default": "SMS_1"}', "少了 code")])
def test_templates_that_would_fail_at_the_first_message_fail_at_the_start(monkeypatch, written, said):
    monkeypatch.setenv("SMS_TEMPLATES", written)
    with pytest.raises(ImproperlyConfigured, match=said):
        env.templates("SMS_TEMPLATES", "default", "code")


def test_a_mail_server_is_one_address_with_its_encryption():
    found = mail.connection("smtps://post%40village:p%3Aw@mail.example")
    assert (found["host"], found["port"], found["username"]) == ("mail.example", 465, "post@village")
    assert (found["password"], found["use_ssl"]) == ("p:w", True)
    assert mail.connection("smtp://mail.example")["use_tls"]
    assert "use_tls" not in mail.connection("smtp+plain://localhost:2525")


@pytest.mark.parametrize("url", ["mail.example", "http://a:geheim@b", "smtp://a:geheim@b:port"])
def test_an_unreadable_mail_address_is_refused_without_repeating_the_password(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL 读不懂") as caught:
        mail.connection(url)
    assert "geheim" not in str(caught.value)
