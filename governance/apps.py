from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "村务"

    def ready(self):
        from governance import guards, imports, rulebooks  # noqa: F401 -- their deadlines register themselves

        # SQLite drops triggers when Django rebuilds a table, so they are made again after every migrate.
        post_migrate.connect(guards.install, dispatch_uid="governance.guards")
