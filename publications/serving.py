"""Sending stored files: with the type of their content, and never as anything that could run."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from publications.extraction import FileType
from publications.models import LibraryDocument, Reading

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
PDF_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; plugin-types application/pdf"
)
INLINE_IMAGES = {
    ".webp": "image/webp",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".avif": "image/avif",
}


def send_document(document: LibraryDocument) -> HttpResponseBase:
    """A document: a PDF that was verified as one inline, anything else as an attachment."""
    reading: Reading | None = getattr(document, "reading", None)
    file_type = _file_type(reading)
    inline = file_type is FileType.PDF and reading is not None and reading.is_final
    response = _send(
        document.file.name, file_type.mime if file_type else "application/octet-stream"
    )
    response.headers["Content-Disposition"] = (
        content_disposition_header(not inline, document.filename) or "attachment"
    )
    response.headers["Content-Security-Policy"] = PDF_POLICY if inline else SANDBOX
    return response


def _file_type(reading: Reading | None) -> FileType | None:
    if reading is None or not reading.file_type:
        return None
    return FileType.from_code(reading.file_type)


def send_image(name: str) -> HttpResponseBase:
    """An image of the storage; what is no raster image goes as an attachment."""
    mime = INLINE_IMAGES.get(PurePosixPath(name).suffix.lower())
    response = _send(name, mime or "application/octet-stream")
    if mime is None:
        response.headers["Content-Disposition"] = "attachment"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _send(name: str, mime: str) -> HttpResponseBase:
    """The bytes of a stored file: by the web server where it can, otherwise by Django."""
    response: HttpResponseBase
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse(content_type=mime)
        response.headers["X-Accel-Redirect"] = (
            settings.X_ACCEL_PREFIX.rstrip("/") + "/" + quote(name)
        )
    else:
        response = FileResponse(default_storage.open(name), content_type=mime)
        response.headers["Content-Length"] = str(default_storage.size(name))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
