"""Wagtail-localize's views, kept within what a user may do on the pages they concern.

Its permission to submit translations is one for the whole site, and some of its views ask for
nothing else. These stand at the same addresses, before the originals.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

import requests
from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.snippets.permissions import user_can_edit_snippet_type
from wagtail_localize.models import Translation
from wagtail_localize.views.convert import convert_to_alias
from wagtail_localize.views.edit_translation import (
    machine_translate,
    stop_translation,
    user_can_edit_instance,
)
from wagtail_localize.views.report import TranslationsReportView
from wagtail_localize.views.submit_translations import (
    SubmitPageTranslationView,
    SubmitSnippetTranslationView,
)
from wagtail_localize.views.update_translations import UpdateTranslationsView

from publications.models import Edition
from translations.access import Translators
from translations.locks import lock_for
from translations.privacy import own_restrictions_kept

logger = logging.getLogger(__name__)

FAILURES = (requests.RequestException, KeyError, ValueError)
"""A server that does not answer, refuses, or answers something else than translations."""


class SubmitPage(SubmitPageTranslationView):
    """Submit a page for translation into the languages in which the user may make it."""

    def get_object(self) -> Page:
        """The page, if the user may know of it."""
        page = super().get_object()
        if not _may_know(self.request.user, page):
            raise PermissionDenied
        return page

    def get_form(self) -> Any:
        """The form with the locales that are the user's.

        A whole tree of works is not submitted: that would write over editions made by hand.
        """
        form = super().get_form()
        translators = Translators(self.request.user)
        locales = form.fields["locales"]
        mine = [row.pk for row in locales.queryset if translators.place_for(self.object, row)]
        locales.queryset = locales.queryset.filter(pk__in=mine)
        if Edition.objects.descendant_of(self.object).exists():
            form.fields["include_subtree"].disabled = True
            form.fields["include_subtree"].widget = forms.HiddenInput()
        return form


class SubmitSnippet(SubmitSnippetTranslationView):
    """Submit a snippet of a kind that the user may change."""

    def get_object(self) -> Any:
        """The snippet, if the user may change its kind."""
        snippet = super().get_object()
        if not user_can_edit_snippet_type(self.request.user, type(snippet)):
            raise PermissionDenied
        return snippet


class UpdateTranslations(UpdateTranslationsView):
    """Bring the record of an original up to date; what else this touches must be the user's."""

    def get_object(self) -> Any:
        """The source, if the user may change its page or one of its translations."""
        source = super().get_object()
        rows = [source.get_source_instance(), *_targets(source)]
        if not any(user_can_edit_instance(self.request.user, row) for row in rows):
            raise PermissionDenied
        return source

    def form_valid(self, form: Any) -> HttpResponse:
        """Publish only what the user may publish."""
        if form.cleaned_data["publish_translations"] and not all(
            _may_publish(self.request.user, row) for row in _targets(self.object)
        ):
            raise PermissionDenied
        pages = [row.pk for row in _targets(self.object) if isinstance(row, Page)]
        try:
            with own_restrictions_kept(pages):
                return super().form_valid(form)
        except FAILURES as error:
            if not form.cleaned_data.get("use_machine_translation"):
                raise
            return _machine_failed(self.request, error)


class TranslationsReport(TranslationsReportView):
    """The translations whose pages the user may know of in the admin."""

    def get_queryset(self) -> QuerySet[Translation]:
        """Those between pages of theirs, and snippets."""
        rows = super().get_queryset().order_by("source__object_repr", "pk")
        if self.request.user.is_superuser:
            return rows
        pages = PagePermissionPolicy().instances_user_has_any_permission_for(
            self.request.user, {"add", "change", "publish", "lock", "unlock"}
        )
        return rows.filter(source__object_id__in=pages.values("translation_key"))


def may_end(user: Any, page: Page) -> bool:
    """Whether a user may end what a translation is, as an alias or a page by itself.

    That is for who may also make pages in its place, which a translator may not.
    """
    return bool(page.get_parent().permissions_for_user(user).can_add_subpage())


def may_convert(user: Any, page: Page) -> bool:
    """Whether a user may put an alias in the place of a page, which readers see at once."""
    may_publish = bool(page.permissions_for_user(user).can_publish())
    return may_publish and lock_for(page, user) is None and may_end(user, page)


def convert_page(request: HttpRequest, page_id: int) -> HttpResponse:
    """Put an alias in the place of a translation."""
    page = get_object_or_404(Page, pk=page_id)
    if not may_convert(request.user, page):
        raise PermissionDenied
    return convert_to_alias(request, page_id)


def stop_segments(request: HttpRequest, translation_id: int) -> HttpResponse:
    """End translating a page segment by segment: from then on it is edited as a page."""
    translation = get_object_or_404(Translation, pk=translation_id)
    page = translation.get_target_instance()
    if isinstance(page, Page) and not may_end(request.user, page):
        raise PermissionDenied
    return stop_translation(request, translation_id)


def translate_by_machine(request: HttpRequest, translation_id: int) -> HttpResponse:
    """Have the rest of a translation made by the machine; say so where it does not answer."""
    try:
        return machine_translate(request, translation_id)
    except FAILURES as error:
        return _machine_failed(request, error)


def _machine_failed(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.warning("The machine translator failed: %s", error)
    messages.error(
        request,
        _("The machine translator does not answer. Try again later, or tell an operator."),
    )
    return redirect(get_valid_next_url_from_request(request) or "wagtailadmin_home")


def _may_know(user: Any, page: Page) -> bool:
    """Whether a user may know of a page: it is theirs in the admin, or everybody's."""
    if isinstance(page, Edition):
        return Translators(user).may_see(page)
    own = page.permissions_for_user(user)
    return bool(own.can_edit() or (page.live and not page.get_view_restrictions().exists()))


def _targets(source: Any) -> list[Any]:
    rows = source.translations.filter(enabled=True).select_related("source", "target_locale")
    found = []
    for row in rows:
        with suppress(ObjectDoesNotExist):  # somebody may have deleted it since
            found.append(row.get_target_instance())
    return found


def _may_publish(user: Any, instance: Any) -> bool:
    if lock_for(instance, user) is not None:
        return False
    if isinstance(instance, Page):
        return bool(instance.permissions_for_user(user).can_publish())
    return bool(user_can_edit_instance(user, instance))
