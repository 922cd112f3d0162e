"""Addresses of the browsing pages, below ``/<language>/``."""

from __future__ import annotations

from django.urls import path

from browse import views

urlpatterns = [
    path("browse/", views.browse, name="browse"),
    path("browse/themes", views.themes, name="themes"),
    path("browse/places/<slug:slug>", views.place, name="place"),
    path("network/", views.network, name="network"),
    path("network/<slug:slug>", views.organisation, name="organisation"),
    path("activities/", views.activities, name="activities"),
    path("activities/<slug:slug>", views.activity, name="activity"),
    path("terms/", views.terms, name="terms"),
    path("terms/<path:slug>", views.term, name="term"),
]
