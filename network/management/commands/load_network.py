"""Load the network from the repository's files."""

from __future__ import annotations

from collections.abc import Mapping

from cms.loading import LoadCommand, Loaded
from network.loading import load_network


class Command(LoadCommand):
    """``manage.py load_network [--update]``"""

    help = "Load countries, places, organisations and activities; those that exist stay."

    def load(self, update: bool) -> Mapping[str, Loaded]:
        """Load the files."""
        return load_network(update=update)
