from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = "月评和季亮晒"

    def ready(self):
        from viewflow.workflow.signals import task_failed

        from workflows import (  # noqa: F401 -- timers and jobs register
            failed,
            handover,
            publications,
            second_ratings,
            settling,
            signed_items,
            stories,
            timers,
            why_papers,
        )

        task_failed.connect(failed.strip, dispatch_uid="workflows.failed.strip")
        handover.register()
        second_ratings.register()
        stories.register()
        publications.register()
        signed_items.register()
        self._do_jobs_at_each_tick()

    @staticmethod
    def _do_jobs_at_each_tick():
        from governance import jobs
        from workflows import ticker

        ticker.ALSO.append(jobs.sweep)
