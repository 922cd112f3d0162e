"""Permanent addresses of works and their files, below ``/<language>/works/``."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import SlugConverter

from publications import views


class PageSlugConverter(SlugConverter):
    """A page's own slug. Wagtail makes it of a title's letters, of whatever script."""

    regex = r"[-\w]+"


register_converter(PageSlugConverter, "page_slug")

urlpatterns = [
    path("<number:work>", views.work, {"slug": ""}, name="work_number"),
    path("<number:work>/files/cover", views.work_cover, name="work_cover"),
    path("<number:work>/files/thumbnail", views.work_thumbnail, name="work_thumbnail"),
    path("<number:work>/cite.<slug:extension>", views.work_citation, name="work_citation"),
    path("<number:work>/files/<number:number>", views.file_start, name="file"),
    path("<number:work>/files/<number:number>/download", views.file_download, name="file_download"),
    path("<number:work>/files/<number:number>/cover", views.file_cover, name="file_cover"),
    path(
        "<number:work>/files/<number:number>/<number:locator>",
        views.file_section,
        name="file_section",
    ),
    path(
        "<number:work>/files/<number:number>/<number:locator>/image",
        views.page_image,
        name="page_image",
    ),
    path(
        "<number:work>/files/<number:number>/<number:locator>/text",
        views.page_text,
        name="page_text",
    ),
    path("<number:work>/<page_slug:slug>", views.work, name="work"),
]
