"""EMAIL_URL, read into what Django's mail connection takes."""

from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TIMEOUT = 10  # seconds a mail server may take for each answer
SCHEMES = {
    "smtp": ({"use_tls": True}, 587),
    "smtps": ({"use_ssl": True}, 465),
    "smtp+plain": ({}, 25),
}


def connection(url: str) -> dict:
    """Arguments of django.core.mail.get_connection. Raises ImproperlyConfigured that never repeats the password."""
    try:
        found = urlsplit(url)
        encryption, port = SCHEMES[found.scheme]
        return {
            "backend": "django.core.mail.backends.smtp.EmailBackend",
            "host": found.hostname or "",
            "port": found.port or port,
            "username": unquote(found.username or ""),
            "password": unquote(found.password or ""),
            "timeout": TIMEOUT,
            **encryption,
        }
    except (KeyError, ValueError) as error:
        raise ImproperlyConfigured(
            "EMAIL_URL 读不懂。要写成 smtp://用户:密码@主机:587 或 smtps://用户:密码@主机:465。"
        ) from error
