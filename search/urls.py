"""Addresses of the results page, below ``/<language>/search/``."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
