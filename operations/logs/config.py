"""The logging configuration: JSON lines in production, one readable line in DEBUG. Everything goes to stderr."""


def logging_config(*, as_json: bool, level: str) -> dict:
    """A dictConfig. weasyprint and fontTools warn of every style sheet, so only their errors are kept."""
    formatters = {
        "text": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "operations.logs.lines.JsonLines"},
    }
    quiet = {"level": "ERROR"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "json" if as_json else "text"}
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "weasyprint": quiet,
            "fontTools": quiet,
            # lianping.task says it once.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            # Django's own handlers would say it twice, and its mail to admins holds every value of a frame.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        },
    }
