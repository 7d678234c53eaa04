from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "oversight"
    verbose_name = "监督"

    def ready(self):
        from oversight import opening
        from oversight.changes import long_table  # noqa: F401 -- its job registers itself
        from oversight.demo import chapters
        from oversight.stuck import lag, missed, orphans, steps
        from oversight.stuck import waiting as stuck_waiting
        from oversight.stuck.registry import register
        from oversight.watch import waiting as watch_waiting

        opening.register()
        for source in (steps.Steps, missed.Missed, orphans.Unmanned, orphans.Vacant, lag.Lag, lag.Unsigned):
            register(source())
        stuck_waiting.register()
        watch_waiting.register()
        chapters.register()
