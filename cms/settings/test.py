"""Settings for the tests: a data folder of their own, quick passwords, tasks seen in the test."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cms.settings.base import *  # noqa: F403
from cms.settings.env import env

_FOLDER = tempfile.TemporaryDirectory(prefix="reslog-test-")  # removed when the run ends
VAR_DIR = Path(_FOLDER.name)
SECRET_KEY = "tests-only"  # noqa: S105
ALLOWED_HOSTS = ["*"]
MEDIA_ROOT = VAR_DIR / "files"
SEARCH_FOLDER = VAR_DIR / "search"
SEARCH_ENCODER = "none"  # tests of search by meaning name the encoder they need
SEARCH_ENCODER_FOLDER = VAR_DIR / "encoder"
STATIC_ROOT = VAR_DIR / "static"
if not env("DATABASE_URL"):
    DATABASES["default"]["NAME"] = str(VAR_DIR / "library.sqlite3")  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": False}
STATIC_ROOT.mkdir()
