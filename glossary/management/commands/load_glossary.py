"""Load the glossary from the repository's files."""

from __future__ import annotations

from collections.abc import Mapping

from cms.loading import LoadCommand, Loaded
from glossary.loading import load_glossary


class Command(LoadCommand):
    """``manage.py load_glossary [--update]``"""

    help = "Load themes and concepts; those that exist stay as editors have them."

    def load(self, update: bool) -> Mapping[str, Loaded]:
        """Load the files."""
        return load_glossary(update=update)
