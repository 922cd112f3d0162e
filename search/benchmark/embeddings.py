"""A server of embeddings in a process of its own, to be stopped: it tells its port and answers."""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DIMENSIONS = 8


class _Handler(BaseHTTPRequestHandler):
    """Answers every text with the same vector: what counts is when."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer as OpenAI's ``/v1/embeddings`` does."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rows = [{"index": at, "embedding": [1.0] * DIMENSIONS} for at in range(len(asked["input"]))]
        body = json.dumps({"data": rows}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _serve() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    _serve()
