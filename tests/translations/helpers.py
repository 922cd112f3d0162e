"""Translators, and wagtail-localize's records, for tests of translations."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from wagtail.models import GroupPagePermission, Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.operations import translate_object

from publications.models import Edition
from tests.library import Library, make_user

EDIT = ("add_page", "change_page")
PUBLISH = (*EDIT, "publish_page")


def admin_group(name: str) -> Group:
    """A group that may enter the admin and submit translations, which is one right for all."""
    group = Group.objects.create(name=name)
    group.permissions.add(
        Permission.objects.get(codename="access_admin"),
        Permission.objects.get(codename="submit_translation"),
    )
    return group


def translator(library: Library, *languages: str, may: tuple[str, ...] = PUBLISH) -> User:
    """A user with permissions on the library of some languages."""
    group = admin_group(f"Translators {'-'.join(languages)} {len(may)}")
    for language in languages:
        for codename in may:
            GroupPagePermission.objects.create(
                group=group,
                page=library.sections[language].get_parent(),
                permission=Permission.objects.get(
                    codename=codename, content_type__app_label="wagtailcore"
                ),
            )
    return make_user(f"translator-{'-'.join(languages)}-{len(may)}", group)


def translate(edition: Edition, language: str, user: Any = None) -> Translation:
    """Submit an edition for translation with wagtail-localize, as its own view does."""
    locale = Locale.objects.get(language_code=language)
    translate_object(edition, [locale], user=user)
    return Translation.objects.get(source__object_id=edition.translation_key, target_locale=locale)


def target(translation: Translation) -> Any:
    """The edition that a record translates into, fresh."""
    return translation.get_target_instance().specific


def say(translation: Translation, words: dict[str, str], **fields: Any) -> None:
    """Translate segments by hand, by their text in the original."""
    for original, text in words.items():
        segments = StringSegment.objects.filter(source=translation.source, string__data=original)
        for segment in segments:
            StringTranslation.objects.update_or_create(
                translation_of_id=segment.string_id,
                context_id=segment.context_id,
                locale_id=translation.target_locale_id,
                defaults={
                    "data": text,
                    "translation_type": "manual",
                    "tool_name": "",
                    "has_error": False,
                    **fields,
                },
            )


def publish(page: Any, **fields: Any) -> Any:
    """Change fields of a page and publish it; gives the page, fresh."""
    page = type(page).objects.get(pk=page.pk)
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)
