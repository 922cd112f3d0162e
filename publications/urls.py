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
    path("<int:work>", views.work, {"slug": ""}, name="work_number"),
    path("<int:work>/files/cover", views.work_cover, name="work_cover"),
    path("<int:work>/cite.<slug:extension>", views.work_citation, name="work_citation"),
    path("<int:work>/files/<int:number>", views.file_start, name="file"),
    path("<int:work>/files/<int:number>/download", views.file_download, name="file_download"),
    path("<int:work>/files/<int:number>/cover", views.file_cover, name="file_cover"),
    path("<int:work>/files/<int:number>/<int:locator>", views.file_section, name="file_section"),
    path("<int:work>/files/<int:number>/<int:locator>/image", views.page_image, name="page_image"),
    path("<int:work>/files/<int:number>/<int:locator>/text", views.page_text, name="page_text"),
    path("<int:work>/<page_slug:slug>", views.work, name="work"),
]
