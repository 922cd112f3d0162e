"""Which files and images an editor may have.

Being let into the admin is not enough: unions share it. A file or image may be had by those who
may change or choose it in its collection, and by those who may change a page that it stands on.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from publications.access import pages_using
from publications.models.files import LibraryDocument

ANY = ["change", "choose", "delete"]


def may_edit_document(document: LibraryDocument, user: Any) -> bool:
    """Whether an editor may have a document, published or not."""
    policy = policy_registry.get_by_type(LibraryDocument)
    if policy.user_has_any_permission_for_instance(user, ANY, document):
        return True
    pages = [file.edition for file in document.edition_files.select_related("edition")]
    return _may_edit_any(pages, user) or _may_edit_any(pages_using(document), user)


def may_edit_image(image: Any, user: Any) -> bool:
    """Whether an editor may have an image, published or not."""
    policy = policy_registry.get_by_type(get_image_model())
    if policy.user_has_any_permission_for_instance(user, ANY, image):
        return True
    covered = Page.objects.filter(Q(edition__cover=image))
    return _may_edit_any(covered, user) or _may_edit_any(pages_using(image), user)


def _may_edit_any(pages: Any, user: Any) -> bool:
    return any(page.permissions_for_user(user).can_edit() for page in pages)
