"""Addresses of very many things of one kind."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from cms.paths import path_maker, slug_paths


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("slug", ["waste", "a_b-c", "eurovoc/a.b"])
def test_a_path_is_what_the_site_calls_it(language: str, slug: str) -> None:
    with translation.override(language):
        assert slug_paths("term")(slug) == reverse("term", args=[slug])


def test_a_path_of_two_arguments_has_letters_of_every_script() -> None:
    with translation.override("tr"):
        path = path_maker("work", 987654321, "example")
        assert path(35, "خطة-göç") == reverse("work", args=[35, "خطة-göç"])
        assert path(3, "plan") == "/tr/works/3/plan"
