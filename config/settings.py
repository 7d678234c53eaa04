"""Django settings; every value that differs between places comes from config.env."""

import json
from pathlib import Path
from urllib.parse import urlparse

import dj_database_url
from bootstrap_wrapper import get_bootstrap_css_dir

from config import env, mail
from governance.redis_links import CONNECT_SECONDS, broker_url
from operations.logs.config import logging_config

BASE_DIR = env.ROOT
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or (["127.0.0.1", "localhost"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

FIELD_KEYS = json.loads(env.text("FIELD_KEYS"))
FIELD_KEY_PRIMARY = env.text("FIELD_KEY_PRIMARY") or list(FIELD_KEYS)[-1]
BLIND_INDEX_KEY = env.text("BLIND_INDEX_KEY")
LOG_ORIGIN = env.text("LOG_ORIGIN")
LOG_SIGNING_KEY = env.text("LOG_SIGNING_KEY")
LOG_WITNESSES = env.words("LOG_WITNESSES")
STAFF_TOTP = env.flag("STAFF_TOTP") if env.text("STAFF_TOTP") else not DEBUG

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "config.staticfiles.StaticFiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "simple_history",
    "viewflow",
    "viewflow.workflow",
    "transparency",
    "governance",
    "workflows",
    "appeals",
    "oversight",
    "rights",
    "notifications",
    "operations",
]

MIDDLEWARE = [
    "operations.middleware.probes",
    "operations.logs.middleware.logged",
    "operations.metrics.requests.timed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "governance.middleware.answers",
    "governance.middleware.second_factor",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "governance.context.shell",
                "notifications.context.unread",
                "workflows.demo.accounts.demo_accounts",
            ],
        },
    },
]
LIANPING_MENU = "config.menu.menu_for"

# -- data ---------------------------------------------------------------------
_url = env.text("DATABASE_URL")
if _url == "sqlite:///var/lianping.sqlite3":
    _url = f"sqlite:///{BASE_DIR / 'var' / 'lianping.sqlite3'}"
DATABASES = {
    # A kept connection is asked before it is used: PostgreSQL may have been started anew.
    "default": dj_database_url.parse(
        _url, conn_max_age=int(env.text("CONN_MAX_AGE")), conn_health_checks=True
    )
}
LOG_SIGNED_DIR = BASE_DIR / (env.text("LOG_SIGNED_DIR") or "var/signed")
LOCK_SECONDS = int(env.text("LOCK_SECONDS"))
if urlparse(_url).scheme.startswith("postgres"):
    # Parallel workers take 5 ms to start, as long as a page's questions together: for long work only.
    _options = f"-c lock_timeout={LOCK_SECONDS}s -c parallel_setup_cost=100000"
    DATABASES["default"].setdefault("OPTIONS", {})
    DATABASES["default"]["OPTIONS"] |= {"options": _options, "connect_timeout": 5}
if urlparse(_url).scheme == "sqlite":
    (BASE_DIR / "var").mkdir(exist_ok=True)
    _file = DATABASES["default"]["NAME"]
    if _file != ":memory:" and not env.text("LOG_SIGNED_DIR"):
        LOG_SIGNED_DIR = Path(f"{_file}.signed")
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    # IMMEDIATE: a writer waits for its turn at BEGIN, so reads inside an action see what it will change.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": max(LOCK_SECONDS, 20),
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_DATE_INDEX = "composite"
MEDIA_ROOT = BASE_DIR / env.text("MEDIA_ROOT")
if MEDIA_ROOT.is_relative_to(BASE_DIR):  # elsewhere it is made by hand: missing, a disk is missing
    MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
DISK_FREE_MB = int(env.text("DISK_FREE_MB"))
BACKUP_STAMP = BASE_DIR / env.text("BACKUP_STAMP")
BACKUP_HOURS = int(env.text("BACKUP_HOURS"))
METRICS_TOKEN = env.text("METRICS_TOKEN")
SENTRY_DSN, SENTRY_ENVIRONMENT = env.text("SENTRY_DSN"), env.text("SENTRY_ENVIRONMENT")

REDIS_URL = env.text("REDIS_URL")
REDIS_SENTINELS = env.words("REDIS_SENTINELS")
REDIS_SENTINEL_MASTER = env.text("REDIS_SENTINEL_MASTER")
REDIS_IS_USED = bool(REDIS_URL or REDIS_SENTINELS)
if REDIS_IS_USED:
    CACHES = {"default": {"BACKEND": "governance.cache.ForgivingCache", "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = broker_url(REDIS_URL, REDIS_SENTINELS) if REDIS_IS_USED else "memory://"
CELERY_TASK_ALWAYS_EAGER = not REDIS_IS_USED
# Long jobs wait for each other, never deadlines, messages and sweeps for them. Each may have a worker of its own.
CELERY_TASK_QUEUES = {"celery": {}, "jobs": {}}
CELERY_TASK_ROUTES = {"governance.run_job": {"queue": "jobs"}}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
# A task that a worker took and did not finish comes to another one after an hour at most; none takes that long.
CELERY_TASK_TIME_LIMIT, CELERY_TASK_SOFT_TIME_LIMIT = 3000, 2700
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP, CELERY_BROKER_CONNECTION_MAX_RETRIES = True, None  # for ever
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": CONNECT_SECONDS,
    "socket_timeout": 3,  # longer than the worker's blocking reads of a second
    "socket_keepalive": True,
    "master_name": REDIS_SENTINEL_MASTER,
    "sentinel_kwargs": {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": 2},
    # What a page hands over is tried once: the sweep finds what did not arrive.
    "max_retries": 0,
    "interval_start": 0,
}
CELERY_TIMEZONE = env.text("TIME_ZONE")

# -- who ----------------------------------------------------------------------
AUTH_USER_MODEL = "governance.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "governance.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "phone", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# Six figures, as people know them and as SMS templates for codes take them; as long as the SMS says.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PHONE_VERIFICATION_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = int(env.text("PROXY_COUNT"))  # a Unix socket tells no address
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "联评"
MFA_ADAPTER = "governance.accounts.SecondFactor"

# -- ways out of the house (notifications.channels) --------------------------------
SITE_URL = env.text("SITE_URL").rstrip("/") or (
    "http://127.0.0.1:8000" if DEBUG else f"https://{next(iter(ALLOWED_HOSTS), 'localhost').lstrip('.')}"
)
SMS_BACKEND = env.one_of("SMS_BACKEND", "console", "inbox", "aliyun")
# How the layers below send a phone code: a function (phone, text, *, template, values).
SMS_SENDER = "notifications.channels.sms.send_now"
SMS_ALIYUN = {}
if SMS_BACKEND == "aliyun":
    SMS_ALIYUN = {
        "key_id": env.needed("SMS_ALIYUN_KEY_ID"),
        "key_secret": env.needed("SMS_ALIYUN_KEY_SECRET"),
        "sign_name": env.needed("SMS_SIGN_NAME"),
        "templates": env.templates("SMS_TEMPLATES", "default", "digest", "code", "unknown"),
        "endpoint": env.text("SMS_ENDPOINT"),
    }
EMAIL = {}
if env.text("EMAIL_URL"):
    EMAIL = {"connection": mail.connection(env.text("EMAIL_URL")), "sender": env.needed("EMAIL_FROM")}
WECHAT = {}
if env.text("WECHAT_APP_ID"):
    WECHAT = {
        "app_id": env.text("WECHAT_APP_ID"),
        "app_secret": env.needed("WECHAT_APP_SECRET"),
        "templates": env.templates("WECHAT_TEMPLATES", "default", "digest"),
        "api_url": env.text("WECHAT_API_URL"),
        "open_url": env.text("WECHAT_OPEN_URL"),
    }

# -- language and time ----------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = env.text("TIME_ZONE")
USE_TZ = True

# -- static and security ---------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a folder that is not there
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap/css", get_bootstrap_css_dir())]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static_storage.ReleaseStatic"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY = {"camera": ["self"], "geolocation": [], "microphone": []}
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "governance.views.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
if not DEBUG:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|metrics)$"]
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING = logging_config(
    as_json=(env.text("LOG_FORMAT") or ("text" if DEBUG else "json")) == "json", level=env.text("LOG_LEVEL")
)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
