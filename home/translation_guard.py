"""Who may ask for translations, and see which there are.

wagtail-localize asks for one permission that holds for the whole site. Its views are narrowed
here to the pages that a user may change: editors to their own section, translators to their
language; and nobody publishes by them who may not publish.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from wagtail.models import Locale, Page
from wagtail.permissions import policy_registry
from wagtail_localize.models import Translation, TranslationSource
from wagtail_localize.views.convert import convert_to_alias
from wagtail_localize.views.report import TranslationsReportView
from wagtail_localize.views.submit_translations import (
    SubmitPageTranslationView,
    SubmitSnippetTranslationView,
)
from wagtail_localize.views.update_translations import UpdateTranslationsView


def may_edit(user: Any, instance: Any) -> bool:
    """Whether a user may change a page, or a row of another kind."""
    if isinstance(instance, Page):
        return bool(instance.permissions_for_user(user).can_edit())
    policy = policy_registry.get_by_type(type(instance))
    return bool(policy.user_has_permission(user, "change"))


def may_publish(user: Any, instance: Any) -> bool:
    """Whether a user may publish a page; other rows are published as they are changed."""
    if isinstance(instance, Page):
        return bool(instance.permissions_for_user(user).can_publish())
    return may_edit(user, instance)


def locales_to_translate_into(user: Any, page: Page) -> list[int]:
    """The locales in which a user may change what stands where this page's translation would."""
    parents = page.get_parent().get_translations(inclusive=True).select_related("locale")
    return [parent.locale_id for parent in parents if may_edit(user, parent)]


class OwnPageTranslationView(SubmitPageTranslationView):
    """Begin the translation of a page that one may change, or that is published."""

    def get_object(self) -> Page:
        """The page; a translator sees no other's drafts."""
        page: Page = super().get_object()
        user = self.request.user
        known = page.live or may_edit(user, page)
        if not known or not (user.is_superuser or locales_to_translate_into(user, page)):
            raise PermissionDenied
        return page

    def get_form(self) -> Any:
        """Only the languages that this user may translate into, one page at a time."""
        form = super().get_form()
        if not self.request.user.is_superuser:
            locales = form.fields["locales"]
            own = locales_to_translate_into(self.request.user, self.object)
            locales.queryset = Locale.objects.filter(
                pk__in=own, id__in=locales.queryset.values("pk")
            )
            form.fields["include_subtree"].disabled = True
        return form


class OwnSnippetTranslationView(SubmitSnippetTranslationView):
    """Begin the translation of a row that one may change."""

    def get_object(self) -> Any:
        """The row."""
        instance = super().get_object()
        if not may_edit(self.request.user, instance):
            raise PermissionDenied
        return instance


class OwnTranslationsUpdateView(UpdateTranslationsView):
    """Bring the translations of a page in step with it; publish them only where one may."""

    def get_object(self) -> TranslationSource:
        """The source, if the user may change it or one of its translations."""
        source: TranslationSource = super().get_object()
        instances = [source.get_source_instance(), *_targets(source)]
        if not any(may_edit(self.request.user, instance) for instance in instances):
            raise PermissionDenied
        return source

    def get_form(self) -> Any:
        """Without publishing, unless the user may publish every translation."""
        form = super().get_form()
        if not all(may_publish(self.request.user, row) for row in _targets(self.object)):
            form.fields["publish_translations"].disabled = True
        return form


def _targets(source: TranslationSource) -> list[Any]:
    """The translations that there are of a source; one may have been deleted since."""
    found = []
    for row in source.translations.filter(enabled=True).select_related("target_locale"):
        with suppress(ObjectDoesNotExist):
            found.append(row.get_target_instance())
    return found


class OwnTranslationsReport(TranslationsReportView):
    """The translations of, and into, pages that this user may change."""

    def get_queryset(self) -> QuerySet[Translation]:
        """Administrators see all; the newest first."""
        rows: QuerySet[Translation] = super().get_queryset().order_by("-pk")
        user = self.request.user
        if user.is_superuser:
            return rows
        policy = policy_registry.get_by_type(Page)
        pages = policy.instances_user_has_permission_for(user, "change")
        same = pages.filter(translation_key=OuterRef("source__object_id"))
        return rows.filter(
            Exists(same.filter(locale_id=OuterRef("target_locale_id")))
            | Exists(same.filter(locale_id=OuterRef("source__locale_id")))
        )


def convert_own_to_alias(request: HttpRequest, page_id: int) -> HttpResponse:
    """Make a page show another language's: what readers see changes, so one must publish."""
    page = get_object_or_404(Page, pk=page_id)
    if not may_publish(request.user, page):
        raise PermissionDenied
    response: HttpResponse = convert_to_alias(request, page_id)
    return response


GUARDED_URLS = [
    path("localize/page/<int:page_id>/convert_to_alias/", convert_own_to_alias),
    path("localize/submit/page/<int:page_id>/", OwnPageTranslationView.as_view()),
    path(
        "localize/submit/snippet/<slug:app_label>/<slug:model_name>/<str:pk>/",
        OwnSnippetTranslationView.as_view(),
    ),
    path("localize/update/<int:translation_source_id>/", OwnTranslationsUpdateView.as_view()),
    path("localize/reports/translations/", OwnTranslationsReport.as_view()),
    path(
        "localize/reports/translations/results/", OwnTranslationsReport.as_view(results_only=True)
    ),
]
"""The same addresses as wagtail-localize's, found first."""
