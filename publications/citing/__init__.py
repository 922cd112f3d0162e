"""How a work is cited: as text in three styles, and as files for reference managers."""

from publications.citing.exports import FORMATS, export
from publications.citing.items import Item, build_item
from publications.citing.rendering import Citation, cite

__all__ = ["FORMATS", "Citation", "Item", "build_item", "cite", "export"]
