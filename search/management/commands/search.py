"""A search from the command line, as an anonymous reader."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import translation

from cms.languages import DEFAULT_LANGUAGE, INTERFACE_CODES
from publications.access import Reader
from search.address import Address
from search.asking import ask
from search.engine import get_engine
from search.engines.base import EngineUnavailable, FoundPassage, Hit, Results

ENCODER_SECONDS = 30.0
"""How long the meaning of the question is waited for: the encoder is loaded for this one."""


class Command(BaseCommand):
    """``search "words"``."""

    help = "Search the library as a reader who is not logged in."

    def add_arguments(self, parser: CommandParser) -> None:
        """The words, and how to answer."""
        parser.add_argument("words", help="What a reader would type.")
        parser.add_argument(
            "--language",
            choices=INTERFACE_CODES,
            default=DEFAULT_LANGUAGE,
            help="The language of the address (default: %(default)s).",
        )
        parser.add_argument("--limit", type=int, default=10, help="How many hits (default: 10).")
        parser.add_argument("--json", action="store_true", help="Answer as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the hits."""
        asking = ask(Address(options["words"]), options["language"], Reader(), ENCODER_SECONDS)
        try:
            results = get_engine().search(replace(asking.plan, size=max(options["limit"], 0)))
        except EngineUnavailable as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_dict(results), ensure_ascii=False, indent=2))
        else:
            self._print(results)

    def _print(self, results: Results) -> None:
        at_least = "at least " if results.at_least else ""
        self.stdout.write(f"{at_least}{results.total} works")
        for number, hit in enumerate(results.hits, start=1):
            self.stdout.write(f"\n{number}. {hit.title} [{hit.language}]\n   {_url(hit)}")
            for passage in hit.passages:
                self.stdout.write(f"   {_place(passage)}: {' '.join(passage.text.split())[:200]}")


def _as_dict(results: Results) -> dict[str, Any]:
    """The results in the form that scripts rely on."""
    return {
        "total": results.total,
        "hits": [
            {
                "work": hit.work,
                "title": hit.title,
                "language": hit.language,
                "url": _url(hit),
                "passages": [
                    {
                        "file": passage.file,
                        "page": passage.locator,
                        "language": passage.language,
                        "text": passage.text,
                    }
                    for passage in hit.passages
                ],
            }
            for hit in results.hits
        ],
    }


def _url(hit: Hit) -> str:
    """The work's permanent address, in the language of the hit."""
    with translation.override(hit.language):
        return reverse("work", args=[hit.work, hit.slug])


def _place(passage: FoundPassage) -> str:
    if passage.file is None:
        return f"page text ({passage.language})"
    return f"file {passage.file}, {passage.locator_kind} {passage.locator} ({passage.language})"
