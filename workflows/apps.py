from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = "月评和季亮晒"

    def ready(self):
        from workflows import timers  # noqa: F401 -- registers what happens when deadlines pass
