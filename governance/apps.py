from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "村务"

    def ready(self):
        # Their deadlines and jobs register themselves.
        from governance import guards, imports, roster_job, rulebooks  # noqa: F401

        # SQLite drops triggers when Django rebuilds a table, so they are made again after every migrate.
        post_migrate.connect(guards.install, sender=self, dispatch_uid="governance.guards")
