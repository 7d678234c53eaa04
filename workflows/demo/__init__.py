"""The demo village 柳溪村: invented people and facts, told through the same services that a real village uses."""

from collections.abc import Callable

# Layers above tell more of it: chapter(story) plans scenes and facts (see story.Story.plan and .see).
CHAPTERS: list[Callable] = []
# And what follows from all of it: ending(story), when everything was told.
ENDINGS: list[Callable] = []
