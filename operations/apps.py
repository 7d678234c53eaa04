from django.apps import AppConfig
from django.conf import settings


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = "运维"

    def ready(self):
        from operations import tasks
        from operations.health import beats  # noqa: F401 -- the worker says that it lives
        from operations.logs import tasks as _  # noqa: F401 -- its signals connect themselves
        from workflows import ticker

        ticker.ALSO.append(tasks.tick)
        if settings.SENTRY_DSN:
            from operations import reports

            reports.begin(settings.SENTRY_DSN, settings.SENTRY_ENVIRONMENT)
