"""Vectors of texts of incoming files: from the cache, else made now; none without an encoder."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from search.encoder import get_encoder
from search.encoders.base import EncoderUnavailable, Vectors
from search.vectors import encode_missing, vectors_of

logger = logging.getLogger(__name__)


def encoded(texts: Sequence[str]) -> dict[str, Vectors]:
    """The vectors of texts, float32 of length 1; those that could not be made are left out.

    For background tasks: encoding a hundred words takes tens of milliseconds.
    """
    if get_encoder() is None:
        return {}
    try:
        encode_missing(texts)
    except EncoderUnavailable as error:
        logger.warning("Incoming files are compared without their meaning: %s", error)
    return vectors_of(texts)
