"""The broker of these tests: what was published waits until it is delivered, or is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.test import override_settings
from due_work_harness.integrations.celery import Publication, held_publications

from config.celery import app
from governance import broker


@dataclass
class Queue:
    """Celery, and a worker that reads it when told to. `recover` is what beat has done each minute."""

    name: str
    recover: Callable[[], object]

    @contextmanager
    def session(self) -> Iterator[Session]:
        """For one history: no task runs where it is asked for, and the broker is there."""
        broker.forget_trouble()
        with override_settings(CELERY_TASK_ALWAYS_EAGER=False), held_publications() as held:
            yield Session(held, self.recover)


@dataclass
class Session:
    """The messages of one history."""

    held: list[Publication]
    recover: Callable[[], object]
    can_lose = True

    def deliver(self) -> None:
        """Let the worker do what was published, and what that publishes."""
        while self.held:
            message = self.held.pop(0)
            app.tasks[message.task](*message.args, **message.kwargs)

    def lose(self) -> None:
        """The broker lost everything."""
        self.held.clear()
