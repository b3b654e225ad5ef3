"""The WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hitl.settings")

application = get_wsgi_application()

# What was loaded stays; a batch of 1,000 items makes so many short-lived objects that all of it was searched again.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
