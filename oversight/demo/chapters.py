"""The chapters that this layer adds to the story of 柳溪村."""

from workflows.demo import CHAPTERS


def plan(story) -> None:
    """Plan all of them; imported here, for a server that starts tells no stories."""
    from oversight.demo import watched

    watched.plan(story)


def register() -> None:
    """Let the story below tell them."""
    CHAPTERS.append(plan)
