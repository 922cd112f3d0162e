"""Translations in Wagtail's admin: the board, reports, the editor's notices, the editors' home."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail_localize.models import Translation
from wagtail_localize.views.edit_translation import (
    edit_override,
    edit_string_translation,
    edit_translation,
    upload_pofile,
)

from publications.models import Edition
from translations import actions, localize
from translations.board import ANY_PAGE_PERMISSION, TranslationBoard
from translations.editor import actions_for, board_url, notices
from translations.elsewhere_report import AnsweredElsewhereReport
from translations.keeping import differs_from_record
from translations.locks import lock_for, say_locked, unless_locked
from translations.moderating import DecideView, complete, say_problems
from translations.panels import build_panels
from translations.privacy import own_restrictions_kept
from translations.sending import said_by_segments
from translations.texts import find_translation

ICON = "wagtail-localize-language"

BEFORE_LOCALIZE = -10
"""The order of a hook that runs before wagtail-localize's own."""


class TranslationsMenuItem(MenuItem):
    """The board in the menu, for who has a permission on some page."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the user may open it."""
        policy = PagePermissionPolicy()
        return bool(policy.user_has_any_permission(request.user, ANY_PAGE_PERMISSION))


@hooks.register("register_admin_menu_item")
def register_board() -> MenuItem:
    """The board's place in the menu."""
    return TranslationsMenuItem(
        gettext_lazy("Translations"),
        reverse("translation_board"),
        name="translations",
        icon_name=ICON,
        order=250,
    )


@hooks.register("register_reports_menu_item")
def register_elsewhere_report() -> MenuItem:
    """The report's place in the menu."""
    return TranslationsMenuItem(
        gettext_lazy("Answered only in another language"),
        reverse("answered_elsewhere"),
        name="answered-elsewhere",
        icon_name=ICON,
        order=60,
    )


@hooks.register("register_admin_urls", order=BEFORE_LOCALIZE)
def register_admin_urls() -> list[Any]:
    """The board, its actions, and wagtail-localize's views with their permissions checked."""
    board, report = TranslationBoard, AnsweredElsewhereReport
    listed = localize.TranslationsReport
    return [
        path("translations/", board.as_view(), name="translation_board"),
        path(
            "translations/results/",
            board.as_view(results_only=True),
            name="translation_board_results",
        ),
        path(
            "translations/begin/<int:work>/<slug:language>/",
            actions.begin,
            name="translation_begin",
        ),
        path("translations/ask/<int:work>/<slug:language>/", actions.ask, name="translation_ask"),
        path(
            "translations/withdraw/<int:work>/<slug:language>/",
            actions.withdraw,
            name="translation_withdraw",
        ),
        path("translations/accept/<int:edition>/", actions.accept, name="translation_accept"),
        path("translations/confirm/<int:edition>/", actions.confirm, name="translation_confirm"),
        path("translations/send/<int:edition>/", actions.send, name="translation_send"),
        path(
            "translations/take-back/<int:edition>/",
            actions.take_back,
            name="translation_take_back",
        ),
        path(
            "translations/decide/<int:page_id>/<slug:action_name>/<int:task_state_id>/",
            DecideView.as_view(),
            name="translation_decide",
        ),
        path("reports/answered-elsewhere/", report.as_view(), name="answered_elsewhere"),
        path(
            "reports/answered-elsewhere/results/",
            report.as_view(results_only=True),
            name="answered_elsewhere_results",
        ),
        path("localize/submit/page/<int:page_id>/", localize.SubmitPage.as_view()),
        path(
            "localize/submit/snippet/<slug:app_label>/<slug:model_name>/<str:pk>/",
            localize.SubmitSnippet.as_view(),
        ),
        path("localize/update/<int:translation_source_id>/", localize.UpdateTranslations.as_view()),
        *_segment_urls(),
        path("localize/page/<int:page_id>/convert_to_alias/", localize.convert_page),
        path("localize/reports/translations/", listed.as_view()),
        path("localize/reports/translations/results/", listed.as_view(results_only=True)),
    ]


def _segment_urls() -> list[Any]:
    """Wagtail-localize's views that change a translation, which keep the locks of its page."""
    views = {
        "strings/<int:string_segment_id>/edit/": edit_string_translation,
        "overrides/<int:overridable_segment_id>/edit/": edit_override,
        "pofile/upload/": upload_pofile,
        "machine_translate/": localize.translate_by_machine,
        "disable/": localize.stop_segments,
    }
    base = "localize/translate/<int:translation_id>/"
    return [path(base + rest, unless_locked(view)) for rest, view in views.items()]


@hooks.register("before_edit_page", order=BEFORE_LOCALIZE)
def before_edit_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Say what a translator must know of an edition; keep what was written by hand."""
    if not isinstance(page, Edition) or page.alias_of_id:
        return None
    if request.method == "POST" and "localize-restart-translation" in request.POST:
        return _refuse_restart(request, page)
    if request.method == "POST" and request.POST.get("action") == "publish":
        return _publish_translation(request, page)
    if request.method == "GET":
        for notice in notices(page):
            messages.warning(request, notice)
    return None


def _publish_translation(request: HttpRequest, page: Edition) -> HttpResponse | None:
    """Wagtail-localize publishes its translations; what is edited as a page is not its affair.

    Publishing one that waits for a moderator is approving it, for who may do both; nobody else
    publishes it then.
    """
    translation = find_translation(page)
    if translation is None:
        return None
    lock = lock_for(page, request.user)
    if lock is not None:
        say_locked(request, lock)
        return redirect("wagtailadmin_pages:edit", page.pk)
    if page.permissions_for_user(request.user).can_publish() and _settle(
        request, page, translation
    ):
        return redirect("wagtailadmin_pages:edit", page.pk)
    with own_restrictions_kept([page.pk]):
        return edit_translation(request, translation, page)


def _settle(request: HttpRequest, page: Edition, translation: Translation) -> bool:
    """Whether publishing was approving, or cannot be."""
    try:
        # Wagtail-localize knows what is wrong with a field, but not what Wagtail asks of titles.
        said_by_segments(translation).minimal_clean()
        if not complete(page, request.user):
            return False
    except ValidationError as error:
        say_problems(request, error)
    else:
        text = _("“%(title)s” is approved and published.")
        messages.success(request, text % {"title": type(page).objects.get(pk=page.pk).title})
    return True


def _refuse_restart(request: HttpRequest, page: Edition) -> HttpResponse | None:
    """Translating segment by segment may go on only where nothing else was written since."""
    stopped = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=False
    ).select_related("source", "target_locale")
    translation = stopped.first()
    latest = page.get_latest_revision_as_object()
    if translation is None or not differs_from_record(latest, translation):
        return None
    messages.error(
        request,
        _(
            "This edition was written by hand since. Translating it segment by segment again "
            "would overwrite that, and is not begun."
        ),
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("construct_page_action_menu")
def construct_page_action_menu(
    menu_items: list[Any], request: HttpRequest, context: dict[str, Any]
) -> None:
    """No way to an alias for who may not go it."""
    page = context.get("page")
    if page is None or localize.may_convert(request.user, page):
        return
    menu_items[:] = [item for item in menu_items if item.name != "localize-convert-to-alias"]


@hooks.register("register_page_header_buttons")
def register_page_header_buttons(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """In the header of an edition: its row on the board, what can be asked for or accepted."""
    edition = page.specific_deferred
    if view_name != "edit" or not isinstance(edition, Edition) or edition.alias_of_id:
        return
    yield Button(
        _("Translations of this work"), url=board_url(edition), icon_name=ICON, priority=70
    )
    back = urlencode({"next": reverse("wagtailadmin_pages:edit", args=[page.pk])})
    for action in actions_for(edition, user):
        # Wagtail's own script sends it as a POST.
        attrs = {
            "data-controller": "w-action",
            "data-action": "w-action#post",
            "data-w-action-url-value": f"{action.url}?{back}",
        }
        yield Button(action.name, icon_name=ICON, attrs=attrs, priority=71)


@hooks.register("construct_homepage_panels")
def add_panels(request: HttpRequest, panels: list[Any]) -> None:
    """The translations that wait for this user."""
    panels.extend(build_panels(request.user))
