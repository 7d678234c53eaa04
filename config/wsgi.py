"""WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# What is loaded by now stays: collecting garbage need not walk it on every page, nor as often as a small script.
gc.freeze()
gc.set_threshold(50_000, 20, 50)
