"""``compose.yaml`` as compose would read it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<default>[^}]*))?\}")
"""``${NAME}``, ``${NAME:-default}`` or ``${NAME:?}``."""


def read_settings(text: str) -> dict[str, str]:
    """The variables of a file like ``.env``."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def read_compose(settings: dict[str, str]) -> dict[str, Any]:
    """``compose.yaml`` with these values; one that it demands and that is empty is an error."""

    def value(match: re.Match[str]) -> str:
        found = settings.get(match["name"], "")
        if match["kind"] == "?" and not found:
            raise ValueError(f"{match['name']} is not set")
        return found or match["default"] or ""

    def filled(node: Any) -> Any:
        # In the texts of the document read, as compose does: an empty value is an empty text.
        if isinstance(node, dict):
            return {name: filled(part) for name, part in node.items()}
        if isinstance(node, list):
            return [filled(part) for part in node]
        return VARIABLE.sub(value, node) if isinstance(node, str) else node

    return filled(yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8")))


def variables() -> set[str]:
    """The names that ``compose.yaml`` asks for."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    return {match["name"] for match in VARIABLE.finditer(text)}
