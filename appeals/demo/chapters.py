"""The chapters that this layer adds to the story of 柳溪村."""

from appeals.demo import closed_cases, corrected, desk, open_cases, repaired
from workflows.demo.story import CHAPTERS


def register() -> None:
    """Let the story below tell them."""
    CHAPTERS.extend(
        (
            closed_cases.plan,
            repaired.plan_past,
            corrected.plan,
            desk.plan,
            open_cases.plan,
            repaired.plan_open,
        )
    )
