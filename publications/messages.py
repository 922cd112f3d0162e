"""What editors are told about a file: why it was refused, what became of reading it."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from publications.extraction import Refused

Text = str | Promise

ALLOWED_TYPES = "PDF, DOCX, PPTX, ODT, HTML, TXT, MD"

_REFUSALS: dict[str, Text] = {
    "empty": _("This file is empty. Check it on your computer and choose it again."),
    "not_allowed": _("This is not a type of file the library takes. It takes %(types)s."),
    "name_disagrees": _(
        "The name of this file and its content disagree. Save it again under the right type."
    ),
    "not_text": _("This file is named as text, but it holds something else."),
}

_STATES: dict[str, Text] = {
    "waiting": _("Waiting to be read. The text can be searched in a few moments."),
    "reading": _("Being read now."),
    "read": _("Read: its text can be searched."),
    "no_text": _(
        "No text was found: the pages are images (a scan). The file can be downloaded, but not "
        "searched. If you have the original document, upload that instead; or let the text be "
        "recognised."
    ),
    "locked": _(
        "Locked with a password, so its text cannot be searched. Save a copy without the password "
        "and upload that."
    ),
    "damaged": _(
        "The file could not be read: it seems damaged or incomplete. Open it on your computer, "
        "save it again and upload the new copy."
    ),
    "too_large": _(
        "The file is too large to be read within the limits. Split it into parts and upload those."
    ),
}

_RECOGNITION_STATES: dict[str, Text] = {
    "waiting": _("Its text is being recognised in the page images, some pages at a time."),
    "reading": _("Its text is being recognised in the page images, some pages at a time."),
    "read": _(
        "Its text was recognised in the page images (OCR) and can be searched. It may have faults."
    ),
}
"""What is said instead of a scan whose text is recognised."""

_DETAILS: dict[str, Text] = {
    "unreadable_characters": _("Its fonts do not say which letters they show."),
    "empty_document": _("There is nothing to read in it."),
    "xml_entities": _("It contains declarations that office files never have."),
    "crashed": _("The program that reads files stopped on it."),
    "time": _("Reading it took longer than allowed."),
    "memory": _("Reading it needed more memory than allowed."),
    "unpacked_size": _("It unpacks to far more than its size."),
    "pages": _("Only the first pages were read, as many as allowed."),
    "characters": _("Only its beginning was read, as much as allowed."),
    "pages_damaged": _("Some of its pages could not be read."),
    "nothing_recognised": _("Its images were looked through: no text was recognised in them."),
    "recognition_failed": _(
        "The programs that recognise text stopped on it. Try it with other languages, or scan the "
        "pages again."
    ),
    "letters_turned": _(
        "Its Arabic lines stood the wrong way round and were turned. Look over the text."
    ),
    "letters_reversed": _(
        "Its Arabic words seem to be spelt backwards, so that they are not found. Save the "
        "original document as PDF again, or scan it and let the text be recognised."
    ),
}


def refusal_message(refused: Refused) -> str:
    """Why a file is not taken in, and what to do."""
    return str(_REFUSALS[str(refused.reason_code)]) % {"types": ALLOWED_TYPES}


def state_message(reading: Any) -> str:
    """What became of reading a file, and what to do about it."""
    recognition = getattr(reading, "recognition", "")  # what is read on import has none
    states = _RECOGNITION_STATES if recognition else {}
    state = states.get(reading.state) or _STATES[reading.state]
    parts = [state, _DETAILS.get(reading.detail, "")]
    return " ".join(str(part) for part in parts if part)
