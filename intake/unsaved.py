"""What an editor has written in a review and made no draft of yet.

Joining files, taking that back and refusing a proposal each lead to another page. What stands in
the review goes along in the editor's own session, file by file, as the files may come together
otherwise on the page that follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from intake.models import IncomingFile

Unsaved = Mapping[str, Any]
"""Of a file: its inputs by their names, what of it is taken, and the facts as they were left."""

_PLACE = "intake_unsaved"
MAX_FILES = 50
"""Files whose inputs one session holds; those kept first go first."""


def keep(session: Any, inputs: Mapping[int, Unsaved]) -> None:
    """Keep the inputs of some files, by their keys, in place of what was kept of them before."""
    new = {str(key): value for key, value in inputs.items()}
    old = {key: value for key, value in session.get(_PLACE, {}).items() if key not in new}
    session[_PLACE] = dict([*old.items(), *new.items()][-MAX_FILES:])


def kept(session: Any, files: Iterable[IncomingFile]) -> dict[int, Unsaved]:
    """What is kept of some files, by their keys."""
    there = session.get(_PLACE, {})
    return {file.pk: there[str(file.pk)] for file in files if str(file.pk) in there}


def forget(session: Any, files: Iterable[IncomingFile]) -> None:
    """The files are decided about."""
    gone = {str(file.pk) for file in files}
    if _PLACE in session:
        session[_PLACE] = {key: row for key, row in session[_PLACE].items() if key not in gone}
