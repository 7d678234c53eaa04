"""The project's settings as they answer in production, over plain HTTP on the loopback."""

from config.settings import *  # noqa: F403

DEBUG = False  # Django keeps every query in memory while it is on
