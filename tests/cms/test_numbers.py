"""Numbers in addresses that no row has."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.library import Library

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "works/{}",
        "works/{}/a-slug",
        "works/{}/files/1",
        "works/1/files/{}",
        "works/{}/reader/question",
        "works/{}/reader/helped",
        "search/inside/{}",
    ],
)
@pytest.mark.parametrize("number", ["999999999", "99999999999999999999"])
def test_one_too_large_is_not_found(
    library: Library, client: Client, address: str, number: str
) -> None:
    response = client.get("/en/" + address.format(number), follow=True)
    assert response.status_code == 404
