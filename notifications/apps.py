from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "通知"

    def ready(self):
        from governance.events import ON_RECORDED
        from notifications import checks, demo, forgetting, stuck, tasks, waiting  # noqa: F401 -- checks registers itself
        from workflows import ticker

        ON_RECORDED.append(tasks.nudge)
        ticker.ALSO.append(tasks.tick)
        for module in (forgetting, stuck, waiting, demo):
            module.register()
