"""Typed reading of the environment: every setting an operator may give, in one place.

An optional ``.env`` file beside ``manage.py`` is read first; the environment wins.
"""

from __future__ import annotations

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env(
    ALLOWED_HOSTS=(list, []),
    CSRF_TRUSTED_ORIGINS=(list, []),
    DATABASE_URL=(str, ""),
    DEFAULT_FROM_EMAIL=(str, "library@localhost"),
    ELASTICSEARCH_API_KEY=(str, ""),
    ELASTICSEARCH_CA=(str, ""),
    ELASTICSEARCH_INDEX_PREFIX=(str, "reslog"),
    ELASTICSEARCH_PASSWORD=(str, ""),
    ELASTICSEARCH_URL=(list, []),
    ELASTICSEARCH_USER=(str, ""),
    EMAIL_URL=(str, "consolemail://"),
    INSIGHT=(bool, True),
    LIBRETRANSLATE_KEY=(str, ""),
    LIBRETRANSLATE_SECONDS=(int, 60),
    LIBRETRANSLATE_URL=(str, ""),
    LINK_CHECKS=(bool, True),
    MACHINE_TRANSLATOR=(str, ""),
    PROXIES=(int, 0),
    READING_MAX_MEGABYTES=(int, 100),
    READING_MAX_PAGES=(int, 3000),
    READING_MAX_MEMORY_MEGABYTES=(int, 1024),
    READING_MAX_SECONDS=(int, 300),
    READING_MAX_UNPACKED_MEGABYTES=(int, 200),
    SEARCH_ENCODER=(str, "onnx"),
    SEARCH_ENCODER_BATCH=(int, 32),
    SEARCH_ENCODER_DIMENSIONS=(int, 0),
    SEARCH_ENCODER_INPUT_TYPES=(list, []),
    SEARCH_ENCODER_KEY=(str, ""),
    SEARCH_ENCODER_MODEL=(str, ""),
    SEARCH_ENCODER_PASSAGE_PREFIX=(str, "auto"),
    SEARCH_ENCODER_QUERY_PREFIX=(str, "auto"),
    SEARCH_ENCODER_SECONDS=(int, 60),
    SEARCH_ENCODER_THREADS=(int, 0),
    SEARCH_ENCODER_URL=(str, ""),
    SEARCH_ENGINE=(str, "embedded"),
    SEARCH_QUERY_BUDGET_MS=(int, 100),
    SECRET_KEY=(str, ""),
    SECURE_SSL_REDIRECT=(bool, True),
    SITE_URL=(str, "http://127.0.0.1:8000"),
    TRUSTED_PROXIES=(int, 0),
    VAR_DIR=(str, ""),
    X_ACCEL_PREFIX=(str, ""),
)

environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env("VAR_DIR") or BASE_DIR / "var")
