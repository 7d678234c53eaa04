"""The chapters that this layer adds to the story of 柳溪村."""

from workflows.demo import CHAPTERS


def plan(story) -> None:
    """Plan all of them; imported here, for a server that starts tells no stories."""
    from appeals.demo import closed_cases, corrected, desk, open_cases, repaired

    for chapter in (
        closed_cases.plan, repaired.plan_past, corrected.plan, desk.plan, open_cases.plan, repaired.plan_open,
    ):  # fmt: skip
        chapter(story)


def register() -> None:
    """Let the story below tell them."""
    CHAPTERS.append(plan)
