"""The project's settings as they answer in production, over plain HTTP on the loopback."""

from config.settings import *  # noqa: F403

DEBUG = False  # Django keeps every query in memory while it is on


class _FromModels:
    """Tables are made from the models: the steps that led to them take a minute and change nothing here."""

    def __contains__(self, app):
        return True

    def __getitem__(self, app):
        return None


MIGRATION_MODULES = _FromModels()
