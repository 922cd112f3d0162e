"""Suggestions read from a file, each with where it comes from.

Each module finds one kind of fact and gives `Found` values; `suggest` asks them all. Nothing here
decides anything: an editor does.
"""

from intake.suggesting.found import FIELDS, Found
from intake.suggesting.suggest import suggest
from intake.suggesting.text import FileText, Part, file_text

__all__ = ["FIELDS", "FileText", "Found", "Part", "file_text", "suggest"]
