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
    """One environment variable: its name, its default as text, and what it does.

    A `secret` is always needed; `needed_with` names the choice that makes this one needed ("SMS_BACKEND=aliyun").
    """

    name: str
    default: str
    says: str
    secret: bool = False
    needed_with: str = ""


_ALIYUN, _WECHAT = "SMS_BACKEND=aliyun", "WECHAT_APP_ID"
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
    Setting(
        "PROXY_COUNT",
        "0",
        "proxies in front that each append the address they were asked from to X-Forwarded-For; sign-in counts tries by "
        "it. 1 behind the handbook's nginx; with 0 the header is not believed",
    ),
    Setting("DATABASE_URL", "sqlite:///var/lianping.sqlite3", "postgres://… in production"),
    Setting("CONN_MAX_AGE", "60", "seconds a PostgreSQL connection is kept"),
    Setting(
        "LOCK_SECONDS",
        "6",
        "how long a request waits for a row somebody else is working on, then answers 409",
    ),
    Setting("REDIS_URL", "", "cache and Celery broker; empty: in memory, tasks run inline"),
    Setting(
        "REDIS_SENTINELS",
        "",
        "host:port of the sentinels, comma-separated: they say where Redis is; of REDIS_URL then only password and "
        "database number count",
    ),
    Setting("REDIS_SENTINEL_MASTER", "mymaster", "the name under which the sentinels watch it"),
    Setting(
        "MEDIA_ROOT",
        "var/uploads",
        "folder of evidence and minutes; never served directly. Outside the program's own folder nobody makes it: "
        "while it is not there /readyz answers 503",
    ),
    Setting("LOG_ORIGIN", "lianping.example", "name of the record log, printed on notices"),
    Setting(
        "LOG_SIGNING_KEY",
        "",
        "key that signs the record logs: base64 of 32 bytes or PRIVATE+KEY+…; "
        "several, comma-separated, while one replaces another",
        secret=True,
    ),
    Setting(
        "LOG_SIGNED_DIR",
        "",
        "folder where the signer remembers what it signed last; never restored with the database. "
        "Default: beside the SQLite file, with PostgreSQL var/signed",
    ),
    Setting(
        "LOG_WITNESSES", "", "public keys (vkey) of witnesses whose cosignatures are kept, comma-separated"
    ),
    Setting("STAFF_TOTP", "", "1: staff must use a second factor; default 1 in production, 0 in DEBUG"),
    Setting(
        "SITE_URL",
        "",
        "where people open the site, https://…, for the links in messages; "
        "default: the first of ALLOWED_HOSTS, in DEBUG http://127.0.0.1:8000",
    ),
    Setting(
        "SMS_BACKEND",
        "console",
        "how SMS and phone codes leave: aliyun; console writes a log line instead, inbox keeps them in memory",
    ),
    Setting(
        "SMS_ALIYUN_KEY_ID", "", "AccessKey ID of a RAM user that may dysms:SendSms", needed_with=_ALIYUN
    ),
    Setting("SMS_ALIYUN_KEY_SECRET", "", "its AccessKey secret; keep it secret", needed_with=_ALIYUN),
    Setting("SMS_SIGN_NAME", "", "approved signature (签名) under which SMS are sent", needed_with=_ALIYUN),
    Setting(
        "SMS_TEMPLATES",
        "",
        'JSON {what: number of an approved template, or {"id": its number, "data": {its variable: '
        "subject, text, title or count}}}; what: default, digest, code (variable `code`), unknown (for a number "
        "that is not registered), or the name of a message",
        needed_with=_ALIYUN,
    ),
    Setting("SMS_ENDPOINT", "https://dysmsapi.aliyuncs.com", "address of the SMS service"),
    Setting(
        "EMAIL_URL",
        "",
        "smtp://user:password@host:587 (STARTTLS) or smtps://…:465, user and password percent-encoded; "
        "smtp+plain:// does without encryption, for a relay on the same machine; empty: no e-mail",
    ),
    Setting("EMAIL_FROM", "", "sender of e-mail, 联评 <lianping@…>", needed_with="EMAIL_URL"),
    Setting("WECHAT_APP_ID", "", "AppID of the WeChat service account (服务号); empty: no WeChat"),
    Setting("WECHAT_APP_SECRET", "", "its AppSecret; keep it secret", needed_with=_WECHAT),
    Setting(
        "WECHAT_TEMPLATES",
        "",
        "as SMS_TEMPLATES: default, digest, or the name of a message; a `thing` is cut to 20 characters",
        needed_with=_WECHAT,
    ),
    Setting("WECHAT_API_URL", "https://api.weixin.qq.com", "address of WeChat's interface"),
    Setting("WECHAT_OPEN_URL", "https://open.weixin.qq.com", "address of WeChat's authorisation page"),
    Setting(
        "DISK_FREE_MB", "500", "room that must be left where MEDIA_ROOT is; with less /readyz answers 503"
    ),
    Setting(
        "BACKUP_STAMP",
        "var/last_backup.json",
        'file in which `manage.py backup` notes {"at": moment} of the last one; the operators\' page reads it',
    ),
    Setting(
        "BACKUP_HOURS",
        "26",
        "a last backup older than this is shown as a fault; 0: backups are made elsewhere",
    ),
    Setting(
        "METRICS_TOKEN",
        "",
        "who scrapes /metrics sends it as Bearer; empty: only from this machine, not through a proxy",
    ),
    Setting("LOG_FORMAT", "", "json or text; default json in production, text in DEBUG"),
    Setting("LOG_LEVEL", "INFO", "the least that is logged: DEBUG, INFO, WARNING, ERROR"),
    Setting("SENTRY_DSN", "", "where errors are reported, without data of people; empty: nowhere"),
    Setting("SENTRY_ENVIRONMENT", "production", "name of this installation in Sentry"),
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


def needed(name: str) -> str:
    """Value of a setting that another choice makes necessary. Raises ImproperlyConfigured that says which."""
    if value := text(name):
        return value
    setting = _by_name[name]
    raise ImproperlyConfigured(
        f"缺少环境变量 {name}：{setting.says}。用了 {setting.needed_with} 就必须设置，见 docs/settings.md。"
    )


def one_of(name: str, *choices: str) -> str:
    """Value of a setting with few values; raises ImproperlyConfigured that names them."""
    if (value := text(name)) not in choices:
        raise ImproperlyConfigured(f"环境变量 {name} 只能是 {'、'.join(choices)}，现在写的是“{value}”。")
    return value


def templates(name: str, *kinds: str) -> dict:
    """A needed setting that is JSON by kind of message; raises ImproperlyConfigured when one of `kinds` is missing."""
    try:
        found = json.loads(needed(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"环境变量 {name} 不是JSON：{error}") from error
    if missing := [kind for kind in kinds if kind not in found]:
        raise ImproperlyConfigured(f"环境变量 {name} 里少了 {'、'.join(missing)}，见 docs/settings.md。")
    return found


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
