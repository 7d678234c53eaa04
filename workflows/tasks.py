"""Background work: what happens without a person at the screen."""

from celery import shared_task
from django.utils import timezone

from governance import deadlines
from transparency import signing
from workflows import notice_files, rounds


@shared_task(name="workflows.tick")
def tick() -> int:
    """Open the months whose day has come, fire every deadline that is due, sign the day's logs; return how many
    months and deadlines.

    Safe to run anywhere, any number of times at once. Raises an ExceptionGroup after everything else was done when
    something failed: that stays open for the next tick.
    """
    done, errors = run(timezone.now())
    if errors:
        raise ExceptionGroup(f"{len(errors)} parts of the tick failed", errors)
    return len(done["opened"]) + len(done["fired"])


def run(at) -> tuple[dict[str, list], list[Exception]]:
    """The parts of a tick, each whatever becomes of the others: what each did, and what failed.

    A month that cannot be opened stops no deadline, and neither stops the signing.
    """
    parts = {
        "opened": rounds.open_due, "fired": deadlines.fire_due, "signed": signing.sign_due,
        "to_print": notice_files.ask_for_missing,
    }  # fmt: skip
    done, errors = {}, []
    for name, part in parts.items():
        try:
            done[name] = part(at)
        except Exception as error:
            done[name] = []
            errors.append(error)
    return done, errors
