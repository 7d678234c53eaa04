"""Settings from the environment: what is missing is said, what is made is kept."""

import json
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


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
