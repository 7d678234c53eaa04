"""Settings from the environment, each declared once: docs/settings.md is generated from this list."""

import json
import os
import secrets
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
SECRETS_FILE = ROOT / "var" / "secrets.json"


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, its default as text, and what it does."""

    name: str
    default: str
    says: str
    secret: bool = False


DECLARED = [
    Setting(
        "DEBUG",
        "0",
        "1 for a demo or development: demo accounts on the sign-in page, own secrets made and kept",
    ),
    Setting("SECRET_KEY", "", "Django's signing key; at least 50 characters", secret=True),
    Setting("FIELD_KEYS", "", "JSON {key id: base64 of 32 bytes} for encrypted fields", secret=True),
    Setting(
        "FIELD_KEY_PRIMARY",
        "",
        "the key id that new values are encrypted under; default: the last of FIELD_KEYS",
    ),
    Setting("BLIND_INDEX_KEY", "", "base64 of 32 bytes for exact search over encrypted fields", secret=True),
    Setting("ALLOWED_HOSTS", "", "host names, comma-separated; in DEBUG 127.0.0.1 and localhost"),
    Setting("CSRF_TRUSTED_ORIGINS", "", "origins with scheme, comma-separated, when behind a proxy"),
    Setting("DATABASE_URL", "sqlite:///var/lianping.sqlite3", "postgres://… in production"),
    Setting("CONN_MAX_AGE", "60", "seconds a PostgreSQL connection is kept"),
    Setting(
        "LOCK_SECONDS",
        "6",
        "how long a request waits for a row somebody else is working on, then answers 409",
    ),
    Setting("REDIS_URL", "", "cache and Celery broker; empty: in memory, tasks run inline"),
    Setting("MEDIA_ROOT", "var/uploads", "folder of evidence and minutes; never served directly"),
    Setting("LOG_ORIGIN", "lianping.example", "name of the record log, printed on notices"),
    Setting("STAFF_TOTP", "", "1: staff must use a second factor; default 1 in production, 0 in DEBUG"),
    Setting("SMS_BACKEND", "console", "console or inbox: where phone codes go"),
    Setting("TIME_ZONE", "Asia/Shanghai", "time zone of dates on screen and of deadlines"),
]
_by_name = {setting.name: setting for setting in DECLARED}


def text(name: str) -> str:
    """Value of a declared setting; a secret missing in production stops the start.

    Raises ImproperlyConfigured with a sentence that says which variable to set.
    """
    setting = _by_name[name]
    value = os.environ.get(name) or setting.default
    if value or not setting.secret:
        return value
    if not flag("DEBUG"):
        raise ImproperlyConfigured(
            f"缺少环境变量 {name}：{setting.says}。正式环境必须设置，见 docs/settings.md。"
        )
    return _kept_secret(name)


def flag(name: str) -> bool:
    """A setting that is on when it reads 1, true, yes or on."""
    return text(name).lower() in {"1", "true", "yes", "on"}


def words(name: str) -> list[str]:
    """A comma-separated setting as a list without blanks."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def _make(name: str) -> str:
    key = b64encode(secrets.token_bytes(32)).decode()
    return {"SECRET_KEY": secrets.token_urlsafe(50), "FIELD_KEYS": json.dumps({"demo": key})}.get(name, key)


def _kept_secret(name: str) -> str:
    """Demo secrets are made once and kept in an ignored file, so that data stays readable after a restart."""
    kept = json.loads(SECRETS_FILE.read_text()) if SECRETS_FILE.exists() else {}
    if name not in kept:
        kept[name] = _make(name)
        SECRETS_FILE.parent.mkdir(exist_ok=True)
        SECRETS_FILE.touch(mode=0o600)
        SECRETS_FILE.write_text(json.dumps(kept, indent=1))
    return kept[name]
