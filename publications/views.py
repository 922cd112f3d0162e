"""The addresses of works and files. Every view checks the reader against the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.files.storage import default_storage
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.images import get_image_model

from cms.languages import DEFAULT_LANGUAGE
from publications.access import (
    Reader,
    find_file,
    may_see_edition,
    may_see_image,
)
from publications.citing import FORMATS, build_item, export
from publications.editor_access import may_edit_image
from publications.former_addresses import follow_moves, split_off_edition
from publications.models import Edition, EditionFile, ReadSection
from publications.nearest import nearest_edition
from publications.page_images import page_image_path
from publications.presentation import (
    ShownFile,
    cover_name,
    other_editions,
    shown_files,
    thumbnail_name,
)
from publications.reading_page import Asked, section_context, text_on_image
from publications.serving import send_document, send_image

MAX_PAGE_DIGITS = 6


def _edition_or_404(request: HttpRequest, work: int) -> Edition:
    edition = nearest_edition(work, Reader.of(request.user), get_language() or DEFAULT_LANGUAGE)
    if edition is None:
        raise Http404
    return edition


@require_safe
@follow_moves
def work(request: HttpRequest, work: int, slug: str) -> HttpResponseBase:
    """A work: its edition in the language of the address, or the nearest that there is."""
    edition = _edition_or_404(request, work)
    if slug != edition.slug and (parted := split_off_edition(work, slug, get_language() or "")):
        return HttpResponsePermanentRedirect(parted.permanent_path())
    response = _serve_as_wagtail_does(edition, request, slug)
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _serve_as_wagtail_does(edition: Edition, request: HttpRequest, slug: str) -> HttpResponseBase:
    """Through the hooks of ``wagtail.views.serve``, which guard restricted pages.

    The redirect to the true slug stands behind the guard: a slug says what a work is about.
    """

    def show(page: Edition, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponseBase:
        if slug != page.slug:
            return redirect(page.permanent_path(get_language()))
        return page.serve(request, *args, permanent=True, **kwargs)

    chain: Any = show
    for hook in reversed(hooks.get_hooks("on_serve_page")):
        chain = hook(chain)
    for hook in hooks.get_hooks("before_serve_page"):
        response = hook(edition, request, [], {})
        if isinstance(response, HttpResponse):
            return response
    return chain(edition, request, [], {})


def _file_or_404(request: HttpRequest, work: int, number: int) -> EditionFile:
    file = find_file(work, number, Reader.of(request.user))
    if file is None:
        raise Http404
    return file


@require_safe
@follow_moves
def file_start(request: HttpRequest, work: int, number: int) -> HttpResponseBase:
    """A file's page or section of ``?page=``, or its first; the download if none was read.

    A number that the file has not leads to the nearest page there is.
    """
    file = _file_or_404(request, work, number)
    reading = getattr(file.document, "reading", None)
    numbers = list(reading.sections.values_list("number", flat=True)) if reading else []
    if not numbers:
        return redirect("file_download", work=work, number=number)
    wanted = _page_number(request.GET.get("page", ""))
    nearest = min(numbers, key=lambda locator: abs(locator - wanted))
    url = reverse("file_section", args=[work, number, nearest])
    return redirect(Asked.read(request).on(url))


def _page_number(text: str) -> int:
    """A number as typed, in any digits; 1 for what is none."""
    try:
        return int(text[:MAX_PAGE_DIGITS])
    except ValueError:
        return 1


@require_safe
@follow_moves
def work_citation(request: HttpRequest, work: int, extension: str) -> HttpResponse:
    """A work as a file for reference managers: BibTeX, RIS or CSL-JSON."""
    edition = _edition_or_404(request, work)
    if extension not in FORMATS or not may_see_edition(edition, Reader.of(request.user)):
        raise Http404
    url = request.build_absolute_uri(edition.number_path())
    text, media_type = export(build_item(edition, url, timezone.localdate()), extension)
    response = HttpResponse(text, content_type=media_type)
    name = f"reslog-{work}-{edition.language}.{extension}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
@follow_moves
def file_download(request: HttpRequest, work: int, number: int) -> HttpResponseBase:
    """The file itself."""
    return send_document(_file_or_404(request, work, number).document)


@require_safe
@follow_moves
def file_section(request: HttpRequest, work: int, number: int, locator: int) -> HttpResponseBase:
    """One page or section of a file: its text with the words of ``?q=`` marked."""
    file = _file_or_404(request, work, number)
    reading = getattr(file.document, "reading", None)
    section = get_object_or_404(ReadSection, reading=reading, number=locator)
    context = section_context(file, section, request)
    response = TemplateResponse(request, "publications/file_section.html", context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
@follow_moves
def page_text(request: HttpRequest, work: int, number: int, locator: int) -> HttpResponse:
    """The text to lay over a PDF page's image, as SVG; none where the image was not made."""
    file = _file_or_404(request, work, number)
    reading = getattr(file.document, "reading", None)
    section = get_object_or_404(ReadSection, reading=reading, number=locator)
    text = text_on_image(file, section, Asked.read(request).q)
    if text is None:
        raise Http404
    response = render(
        request,
        "publications/includes/page_text.html",
        {"page_text": text},
        content_type="image/svg+xml",
    )
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
@follow_moves
def page_image(request: HttpRequest, work: int, number: int, locator: int) -> HttpResponseBase:
    """The image of a PDF's page, made when first asked for."""
    file = _file_or_404(request, work, number)
    name = page_image_path(file.document, locator)
    if name is None:
        raise Http404
    return send_image(name)


@require_safe
@follow_moves
def file_cover(request: HttpRequest, work: int, number: int) -> HttpResponseBase:
    """The image of a file's first page."""
    file = _file_or_404(request, work, number)
    reading = getattr(file.document, "reading", None)
    if reading is None or not reading.cover:
        raise Http404
    return send_image(reading.cover.name)


@require_safe
@follow_moves
def work_cover(request: HttpRequest, work: int) -> HttpResponseBase:
    """The cover of a work, of what the reader may see of it."""
    return _send_cover(request, work, cover_name)


@require_safe
@follow_moves
def work_thumbnail(request: HttpRequest, work: int) -> HttpResponseBase:
    """The same cover, small, for lists."""
    return _send_cover(request, work, thumbnail_name)


def _send_cover(
    request: HttpRequest,
    work: int,
    find: Callable[[Iterable[Edition], Iterable[ShownFile]], str | None],
) -> HttpResponseBase:
    edition = _edition_or_404(request, work)
    reader = Reader.of(request.user)
    if not may_see_edition(edition, reader):
        raise Http404
    visible = [edition, *other_editions(edition, reader)]
    name = find(visible, shown_files(visible, reader))
    if name is None:
        raise Http404
    return send_image(name)


def _may_see_image(request: HttpRequest, image: Any) -> bool:
    """Editors see what they may edit; readers what stands on published pages they may see."""
    if request.user.has_perm("wagtailadmin.access_admin") and may_edit_image(image, request.user):
        return True
    return may_see_image(image, Reader.of(request.user))


@require_safe
def stored_image(request: HttpRequest, name: str) -> HttpResponseBase:
    """A chosen image or its rendition. Nothing else of the storage has an address."""
    model = get_image_model()
    rendition = (
        model.get_rendition_model().objects.filter(file=name).select_related("image").first()
    )
    image = rendition.image if rendition else model.objects.filter(file=name).first()
    if image is None or not default_storage.exists(name) or not _may_see_image(request, image):
        raise Http404
    return send_image(name)
