"""A local server that speaks LibreTranslate's protocol: ``POST /translate`` with JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "a-key"


@dataclass
class Server:
    """The running server: its address, what it was asked, and how it translates."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    translate: Callable[[str, str], str] = lambda text, target: f"{text} [{target}]"
    status: int = 200


@contextmanager
def running() -> Iterator[Server]:
    """Serve at a free port of this machine until the end of the block."""
    server = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append(asked)
            status, answer = self._answer(asked)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _answer(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
            if self.path != "/translate" or server.status != 200:
                return server.status if server.status != 200 else 404, {"error": "Not now"}
            if asked["api_key"] != KEY:
                return 403, {"error": "Invalid API key"}
            texts = [server.translate(text, asked["target"]) for text in asked["q"]]
            return 200, {"translatedText": texts}

        def log_message(self, *_args: Any) -> None:
            """Keep the tests' output clean."""

    return Handler
