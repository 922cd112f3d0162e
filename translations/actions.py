"""What the board's buttons do: begin a translation, ask for one, accept it, say it is right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.models import Locale
from wagtail_localize.operations import translate_object

from cms.labels import language_label
from cms.languages import INTERFACE_CODES
from publications.models import Edition
from translations import requests
from translations.access import Translators
from translations.editor import field_names
from translations.locks import may_take_back
from translations.machine import accept_draft
from translations.moderating import say_problems
from translations.requests import ask_for, withdrawable
from translations.sending import may_send, send_to_moderation
from translations.states import find_rows
from translations.texts import confirm_text, find_translation, waiting_segments


@require_POST
def begin(request: HttpRequest, work: int, language: str) -> HttpResponse:
    """Make the edition of a work in a language, as a draft to translate, and go there."""
    translators = Translators(request.user)
    locale = get_object_or_404(Locale, language_code=language)
    row = find_rows([work])[work]
    if row.original is None:
        raise Http404
    original = _visible(translators, row.original.key)
    there = row.cells[language].edition if language in row.cells else None
    if there is None:
        if translators.place_for(original, locale) is None:
            raise PermissionDenied
        translate_object(original, [locale], user=request.user)
        made = Edition.objects.real().filter(work_id=work, locale=locale)
        made.update(owner=request.user)
        there_key = made.values_list("pk", flat=True).first()
    else:
        there_key = there.key
    if there_key is None:
        messages.error(request, _("The translation could not be begun: the original is not valid."))
        return _back(request)
    return redirect("wagtailadmin_pages:edit", there_key)


@require_POST
def ask(request: HttpRequest, work: int, language: str) -> HttpResponse:
    """Ask for a work in a language."""
    if language not in INTERFACE_CODES:
        raise Http404
    editions = Translators(request.user).visible_editions().filter(work_id=work)
    if not editions.exists():
        raise Http404
    ask_for(work, language, user=request.user)
    text = _("Asked for a translation into %(language)s.")
    messages.success(request, text % {"language": language_label(language)})
    return _back(request)


@require_POST
def withdraw(request: HttpRequest, work: int, language: str) -> HttpResponse:
    """Take back that somebody asked for a work in a language."""
    if not Translators(request.user).visible_editions().filter(work_id=work).exists():
        raise Http404
    if (work, language) not in withdrawable([work], request.user):
        raise PermissionDenied
    requests.withdraw(work, language)
    text = _("The request for a translation into %(language)s is withdrawn.")
    messages.success(request, text % {"language": language_label(language)})
    return _back(request)


@require_POST
def accept(request: HttpRequest, edition: int) -> HttpResponse:
    """Accept what a machine translated: a person has read it. Where readers see it, publishing."""
    page = _visible(Translators(request.user), edition)
    may = page.permissions_for_user(request.user)
    if not may.can_edit() or (page.live and not may.can_publish()):
        raise PermissionDenied
    if accept_draft(page, request.user):
        messages.success(request, _("The machine translation is accepted."))
    return _back(request)


@require_POST
def confirm(request: HttpRequest, edition: int) -> HttpResponse:
    """Say that a translation needs no change though its original has changed."""
    page = _visible(Translators(request.user), edition)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    confirm_text(page)
    messages.success(request, _("The translation counts as up to date."))
    return _back(request)


@require_POST
def send(request: HttpRequest, edition: int) -> HttpResponse:
    """Send a translation to the moderators; where parts of it are left, after asking."""
    page = _visible(Translators(request.user), edition)
    translation = find_translation(page)
    if translation is None or not may_send(page, request.user):
        raise PermissionDenied
    waiting = waiting_segments(translation)
    if waiting and "anyway" not in request.POST:
        return _ask_before_sending(request, page, waiting)
    try:
        sent = send_to_moderation(page, request.user)
    except ValidationError as error:
        say_problems(request, error)
        return _back(request)
    if not sent:
        raise PermissionDenied
    text = _("“%(title)s” was sent to moderation. You will get mail when it is decided.")
    messages.success(request, text % {"title": _latest_title(page)})
    return _back(request)


@require_POST
def take_back(request: HttpRequest, edition: int) -> HttpResponse:
    """End the moderation of a translation, so that who sent it may change it again."""
    page = _visible(Translators(request.user), edition)
    if not may_take_back(page, request.user):
        raise PermissionDenied
    page.current_workflow_state.cancel(user=request.user)
    text = _("“%(title)s” is taken back from moderation. Send it again when it is ready.")
    messages.success(request, text % {"title": _latest_title(page)})
    return _back(request)


def _ask_before_sending(request: HttpRequest, page: Edition, waiting: list[Any]) -> HttpResponse:
    """How much is left, and in which fields."""
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    context = {
        "page_title": _("Send to moderation"),
        "page_subtitle": page.get_admin_display_title(),
        "header_icon": "wagtail-localize-language",
        "edition": page,
        "count": len(waiting),
        "fields": field_names(page, waiting),
        "next": get_valid_next_url_from_request(request) or edit,
        "edit_url": edit,
    }
    return TemplateResponse(request, "translations/admin/send.html", context)


def _latest_title(page: Edition) -> str:
    """The title of the newest draft, which may be newer than the page at hand knows."""
    return str(type(page).objects.get(pk=page.pk).get_latest_revision_as_object().title)


def _visible(translators: Translators, edition: int) -> Edition:
    """An edition that the user may know of; no other is told from one that is not there."""
    return get_object_or_404(translators.visible_editions(), pk=edition).specific


def _back(request: HttpRequest) -> Any:
    url = get_valid_next_url_from_request(request)
    return redirect(url or reverse("translation_board"))
