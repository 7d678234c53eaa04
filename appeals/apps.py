from django.apps import AppConfig


class AppealsConfig(AppConfig):
    name = "appeals"
    verbose_name = "异议和修复"

    def ready(self):
        from appeals import (
            assignments,
            clock,
            corrections,
            overtaken,
            papers,
            repair_stories,
            sight,
            stories,
            waiting,
        )
        from appeals import timers as _  # noqa: F401 -- timers register themselves
        from appeals.demo import chapters
        from appeals.objections import cases, open_cases
        from governance import appointments
        from governance.stories import CASES, OPEN_CASES

        CASES["objection"] = cases
        OPEN_CASES.append(open_cases)
        appointments.ON_ENDED.append(assignments.give_back)
        for module in (
            chapters,
            clock,
            corrections,
            overtaken,
            papers,
            repair_stories,
            sight,
            stories,
            waiting,
        ):
            module.register()
