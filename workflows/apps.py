from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = "月评和季亮晒"

    def ready(self):
        from workflows import handover, stories, timers  # noqa: F401 -- timers register themselves

        handover.register()
        stories.register()
