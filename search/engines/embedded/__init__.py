"""The embedded engine: tantivy for words, SQLite and numpy for all else, in one folder.

How it keeps its word. A *generation* is a folder with two tantivy indexes and a SQLite file;
the file ``current`` names the one that serves. tantivy only knows words and numbers: its
documents carry ordinals that are never used again. What an ordinal stands for, who may see it
and all that is shown comes from SQLite, and one SQLite commit is the moment a change happens:
new documents are in tantivy before it, old ones leave tantivy after it, and an ordinal that
SQLite does not name is ignored. So a change is seen whole or not at all, also when the
process is killed in the middle of it.
"""

from search.engines.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
