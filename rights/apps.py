from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "rights"
    verbose_name = "住户的权利"

    def ready(self):
        from rights import demo, queues, timers  # noqa: F401 -- timers register themselves

        for module in (queues, demo):
            module.register()
