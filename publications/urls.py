"""Permanent addresses of works and their files, below ``/<language>/works/``."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import SlugConverter

import cms.numbers  # noqa: F401 - registers "row"
from publications import views


class PageSlugConverter(SlugConverter):
    """A page's own slug. Wagtail makes it of a title's letters, of whatever script."""

    regex = r"[-\w]+"


register_converter(PageSlugConverter, "page_slug")

urlpatterns = [
    path("<row:work>", views.work, {"slug": ""}, name="work_number"),
    path("<row:work>/files/cover", views.work_cover, name="work_cover"),
    path("<row:work>/cite.<slug:extension>", views.work_citation, name="work_citation"),
    path("<row:work>/files/<row:number>", views.file_start, name="file"),
    path("<row:work>/files/<row:number>/download", views.file_download, name="file_download"),
    path("<row:work>/files/<row:number>/cover", views.file_cover, name="file_cover"),
    path("<row:work>/files/<row:number>/<row:locator>", views.file_section, name="file_section"),
    path("<row:work>/files/<row:number>/<row:locator>/image", views.page_image, name="page_image"),
    path("<row:work>/files/<row:number>/<row:locator>/text", views.page_text, name="page_text"),
    path("<row:work>/<page_slug:slug>", views.work, name="work"),
]
