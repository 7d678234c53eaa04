"""Every kind of message, made by the real services, leads whoever is told to a page that opens for them then."""

import pytest

from notifications import kinds
from tests.notifications.stories import cases, households, months, repairs

# Not played below; each leads to the page of a kind that is.
ELSEWHERE = {
    "subject.merged",  # as subject.split
    "settlement.published",  # for whoever has no card of their own: nobody in this village
    "second.passed_on",  # as second.drawn
}  # fmt: skip
TOLD: set[str] = set()


@pytest.mark.parametrize(
    "story",
    months.STORIES + cases.STORIES + repairs.STORIES + households.STORIES,
    ids=lambda story: story.__name__,
)
def test_every_page_that_somebody_is_led_to_opens(world, story):
    opened = story(world)
    TOLD.update(opened.told)
    assert opened.shut == []


def test_the_stories_tell_everything_there_is():
    """Runs after them; alone it has nothing to say."""
    if TOLD:
        assert kinds.BY_NAME.keys() - TOLD <= ELSEWHERE
