"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")

application = get_wsgi_application()

from cms.memory import keep_loaded  # noqa: E402 - needs the apps
from search.query_vectors import warm_up  # noqa: E402 - needs the apps

warm_up()
keep_loaded()
