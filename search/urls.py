"""Addresses of the results page, below ``/<language>/search/``."""

from __future__ import annotations

from django.urls import path

from search import views
from search.feed import feed
from search.inside import inside

urlpatterns = [
    path("", views.results, name="search"),
    path("suggest", views.suggest, name="search_suggest"),
    path("feed", feed, name="search_feed"),
    path("inside/<number:work>", inside, name="search_inside"),
]
