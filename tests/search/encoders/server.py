"""An embeddings server of its own process, as OpenAI's API is: for tests of encoders behind HTTP.

``python -m tests.search.encoders.server PORT [DIMENSIONS]`` answers with a vector that depends on
the text alone. In its model's name it can be told to misbehave.
"""

from __future__ import annotations

import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np


def vector(text: str, dimensions: int) -> list[float]:
    """What the server answers for a text."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    return [float(number) for number in np.random.default_rng(seed).normal(size=dimensions)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    dimensions = 8

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/embeddings":
            return self.answer(404, {"error": {"message": "no such route"}})
        if self.headers.get("Authorization") not in (None, "Bearer right"):
            return self.answer(401, {"error": {"message": "this key is not known"}})
        return self.answer(200, self.embeddings(question))

    def embeddings(self, question: dict[str, Any]) -> Any:
        said = [question.get("input_type", "") + text for text in question["input"]]
        data = [{"index": at, "embedding": vector(t, self.dimensions)} for at, t in enumerate(said)]
        match question["model"]:
            case "backwards":
                data.reverse()
            case "too few":
                data.pop()
            case "nonsense":
                data[0]["embedding"] = ["one", "two"]
            case "not a number":
                data[0]["embedding"][0] = float("nan")
            case "zeros":
                data[0]["embedding"] = [0.0] * self.dimensions
            case "endless":
                data[0]["embedding"] *= 100_000
            case "a list":
                return data
        return {"object": "list", "data": data}

    def answer(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


if __name__ == "__main__":
    Handler.dimensions = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    sys.stdout.write(f"ready {server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
