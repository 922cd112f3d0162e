"""Addresses of the site."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms import admin_scripts, health
from contributions import urls as contribution_urls
from contributions.accounts import AdminLoginView
from home import sitemap
from publications import views as publication_views

urlpatterns: list[URLPattern | URLResolver] = [
    # Before Wagtail's own at the same addresses.
    path("admin/jsi18n/", admin_scripts.texts),
    path("admin/login/", AdminLoginView.as_view()),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("sitemap.xml", sitemap.sitemap_index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap.sitemap_section, name="sitemap_section"),
    path("robots.txt", sitemap.robots, name="robots"),
    path(f"{settings.MEDIA_URL.strip('/')}/<path:name>", publication_views.stored_image),
]

urlpatterns += i18n_patterns(
    path("search/", include("search.urls")),
    path("account/", include(contribution_urls.account_urls)),
    path("practices/", include(contribution_urls.practice_urls)),
    path("works/", include(contribution_urls.work_urls)),
    path("works/", include("publications.urls")),
    path("", include("browse.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
