"""From what a reader typed to a plan: `parse` reads the syntax, `build_plan` the words."""

from search.query.build import build_plan
from search.query.parser import MAX_LENGTH, MAX_WORDS, ParsedClause, ParsedQuery, parse, plain_query

__all__ = [
    "MAX_LENGTH",
    "MAX_WORDS",
    "ParsedClause",
    "ParsedQuery",
    "build_plan",
    "parse",
    "plain_query",
]
