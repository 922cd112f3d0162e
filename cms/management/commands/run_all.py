"""Web, worker and scheduler together, for one machine."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentTypeError
from contextlib import suppress
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

HOST = "127.0.0.1"
STOP_SECONDS = 10.0
"""How long the three may take to finish what they do; whatever is left is taken up next time."""

_POLL_SECONDS = 0.2
_PR_SET_PDEATHSIG = 1


class Command(BaseCommand):
    """``run_all``: starts the three, and stops all of them when one ends or when asked to."""

    help = "Serve the library: web, worker and scheduler, stopped together."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to serve."""
        parser.add_argument(
            "--port",
            type=_port,
            default=os.environ.get("PORT") or "8000",
            help="Port on 127.0.0.1 (default: PORT, or 8000).",
        )

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        """Run until told to stop; fails if one of the three ended by itself."""
        _check_free(port)
        self._stop = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        children: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name, command in _commands(port).items():
                children[name] = _start(command)
            ended = self._watch(children, port)
        finally:
            _stop_all(children)
        if ended:
            code = children[ended].returncode
            raise CommandError(f"The {ended} ended by itself (code {code}); all were stopped.")

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop = True

    def _watch(self, children: dict[str, subprocess.Popen[bytes]], port: int) -> str:
        """Wait until asked to stop, or until one has ended, whose name is given."""
        announced = False
        while not self._stop:
            for name, child in children.items():
                if child.poll() is not None:
                    return name
            if not announced and _answers(port):
                self.stdout.write(f"\nThe library is at http://{HOST}:{port}/ (Ctrl-C stops it)\n")
                self.stdout.flush()
                announced = True
            time.sleep(_POLL_SECONDS)
        return ""


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). Choose another: PORT={port + 1}"
            ) from error


def _commands(port: int) -> dict[str, list[str]]:
    web = ["gunicorn", "cms.wsgi", "--workers=1", "--threads=4", f"--bind={HOST}:{port}"]
    manage = str(settings.BASE_DIR / "manage.py")
    return {
        "web": [sys.executable, "-m", *web, "--graceful-timeout=5", "--log-level=warning"],
        "worker": [sys.executable, manage, "run_worker"],
        "scheduler": [sys.executable, manage, "run_scheduler"],
    }


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own: a Ctrl-C reaches it through us alone."""
    return subprocess.Popen(  # noqa: S603 - our own commands
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        cwd=settings.BASE_DIR,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )


def _die_with_parent() -> None:
    """On Linux a child is told to stop even when we are killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/health/live", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _stop_all(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask all to stop, wait, and end what is left together with its own children."""
    for child in children.values():
        _signal(child, signal.SIGTERM, group=False)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children.values():
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(deadline - time.monotonic(), 0.1))
        _signal(child, signal.SIGKILL, group=True)
        child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals, *, group: bool) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if group:
            os.killpg(child.pid, number)
        elif child.poll() is None:
            child.send_signal(number)
