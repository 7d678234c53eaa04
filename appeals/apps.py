from django.apps import AppConfig


class AppealsConfig(AppConfig):
    name = "appeals"
    verbose_name = "异议"

    def ready(self):
        from appeals import objections

        objections.register()
