"""Where people open this installation."""

from django.conf import settings


def absolute(path: str) -> str:
    """The address of a page from outside, for links in what leaves the house."""
    return settings.SITE_URL + path
