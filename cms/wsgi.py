"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")
# Before numpy is loaded. Readers are answered side by side already; a second thread of one answer
# waits for a processor, and keeps it busy for milliseconds after each product of vectors.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

application = get_wsgi_application()

from cms.memory import keep_loaded  # noqa: E402 - needs the apps
from search.query_vectors import warm_up  # noqa: E402 - needs the apps

warm_up()
keep_loaded()
