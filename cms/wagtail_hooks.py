"""What the admin as a whole needs to be usable in every language."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail_localize.wagtail_hooks import TranslationsReportMenuItem


@hooks.register("insert_global_admin_css")
def admin_style() -> str:
    """Text in the direction of its own script, whatever the language of the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("construct_reports_menu")
def name_the_report_of_translations(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """The library names it once, in the language of whoever comes first."""
    for item in menu_items:
        if isinstance(item, TranslationsReportMenuItem):
            item.label = _("Translations")


@hooks.register("construct_help_menu")
def leave_release_notes_out(request: HttpRequest, menu_items: list[MenuItem]) -> None:
    """What is new in a version of Wagtail concerns operators, and is in English."""
    menu_items[:] = [item for item in menu_items if not item.name.startswith("whats-new")]
