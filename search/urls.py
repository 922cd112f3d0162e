"""Addresses of the results page, below ``/<language>/search/``."""

from __future__ import annotations

from django.urls import path

from search import views

urlpatterns = [
    path("", views.results, name="search"),
    path("suggest", views.suggest, name="search_suggest"),
]
