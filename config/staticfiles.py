"""Static files without viewflow's own: we show none of its pages, and its style sheet names missing fonts."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """What collectstatic leaves out."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "viewflow"]
