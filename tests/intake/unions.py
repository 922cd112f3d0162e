"""Two unions with a section, a collection and an editor each, and what an editor does."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from intake.looking import look_at_due_file
from intake.models import IncomingFile
from network.models import Organisation
from publications.models import SectionPage
from publications.reading import read_due_document
from publications.tree import SectionSpec, ensure_collection, ensure_section
from tests.library import make_user


@dataclass
class Union:
    """A union with its section's pages by language and its collection."""

    organisation: Organisation
    sections: dict[str, SectionPage]
    collection: Collection

    @classmethod
    def build(cls, slug: str) -> Union:
        organisation = Organisation.objects.create(
            slug=slug, kind="union", names={"en": f"Union of {slug.title()}"}
        )
        spec = SectionSpec(organisation)
        return cls(organisation, ensure_section(spec), ensure_collection(spec))

    def editor(self, name: str, *, facts: bool = True) -> User:
        """Somebody who may add and change pages, files and images of this union alone."""
        group = Group.objects.create(name=name)
        names = ["access_admin", *(["change_work"] if facts else [])]
        group.permissions.set(Permission.objects.filter(codename__in=names))
        for page in self.sections.values():
            for codename in ("add_page", "change_page"):
                GroupPagePermission.objects.create(
                    group=group, page=page, permission=permission(codename)
                )
        for codename in (
            "add_document",
            "change_document",
            "add_image",
            "change_image",
        ):
            row = permission(codename)
            GroupCollectionPermission.objects.create(
                group=group, collection=self.collection, permission=row
            )
        return make_user(name, group)


def permission(codename: str) -> Permission:
    labels = ["wagtailcore", "wagtailimages", "wagtaildocs"]
    return Permission.objects.get(codename=codename, content_type__app_label__in=labels)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def upload(
    client: Client,
    section: SectionPage,
    *files: tuple[str, bytes],
    script: bool = True,
    **data: Any,
) -> Any:
    """Send files as the page does: one by one for the script, all at once without."""
    data.setdefault("batch", uuid.uuid4())
    data.setdefault("kind", "publication")
    headers = {"x-requested-with": "XMLHttpRequest"} if script else {}
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(
        reverse("intake_add"),
        {"section": section.pk, "files[]": uploads, **data},
        headers=headers,
    )


def drop(client: Client, section: SectionPage, *paths: Path) -> list[IncomingFile]:
    """Drop files of the disk together, and let the worker read and look through them."""
    batch = uuid.uuid4()
    for path in paths:
        answer = upload(client, section, (path.name, path.read_bytes()), batch=batch)
        assert answer.json()["success"], answer.json()
    return work_off(batch)


def work_off(batch: uuid.UUID) -> list[IncomingFile]:
    """What the worker does with a batch."""
    for file in IncomingFile.objects.filter(batch=batch).order_by("pk"):
        assert file.document_id is not None
        read_due_document(file.document_id)
        look_at_due_file(file.pk)
    return list(IncomingFile.objects.filter(batch=batch).order_by("pk"))


def review_url(file: IncomingFile) -> str:
    file.refresh_from_db()
    return reverse("intake_review", args=[file.batch_id, file.work_key])


def shown_form(client: Client, file: IncomingFile) -> dict[str, Any]:
    """What the browser would send back of a review's page, unchanged."""
    form = client.get(review_url(file)).context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if value is True:
            data[bound.name] = "on"
        elif value not in (None, False):
            data[bound.name] = value
    return data
