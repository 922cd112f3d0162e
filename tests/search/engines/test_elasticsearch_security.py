"""A node with TLS and passwords, asked with the rights that ``deploy/`` gives the library."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import certifi
import pytest
from django.test import Client
from elasticsearch import Elasticsearch

from scripts.elasticsearch_node import Node
from search.engines.base import EngineUnavailable
from search.engines.elasticsearch import Connection, ElasticsearchEngine
from search.indexing.drain import drain
from search.indexing.rebuild import rebuild
from search.plan import Plan
from search.ranking.statistics import Statistics
from tests.conftest import ROOT
from tests.library import Library
from tests.search.engines.contract_meaning import KIND, WASTE, found, text
from tests.search.engines.contract_meaning import ask as look_for
from tests.search.engines.load import ask
from tests.search.engines.making import make_edition, make_record, works
from tests.search.indexing.processes import wait_until

ROLE: dict[str, Any] = json.loads((ROOT / "deploy/elasticsearch/role.json").read_text())
PRIVILEGES: list[str] = ROLE["indices"][0]["privileges"]
PASSWORD = secrets.token_urlsafe(16)
PREFIX = f"reslog-test-{secrets.token_hex(4)}"
"""The documented role is for indexes whose names begin with ``reslog-``."""

PATIENT_SECONDS = 60.0


@pytest.fixture(scope="module")
def superuser(secure_elasticsearch_node: Node) -> Iterator[Elasticsearch]:
    """Makes roles, users and keys; the library never is this user."""
    security = secure_elasticsearch_node.security
    assert security is not None
    with Elasticsearch(
        secure_elasticsearch_node.url,
        ca_certs=str(security.ca),
        basic_auth=("elastic", security.password),
        request_timeout=60,
    ) as client:
        client.security.put_role(name="library", cluster=ROLE["cluster"], indices=ROLE["indices"])
        client.security.put_user(username="library", password=PASSWORD, roles=["library"])
        yield client


@pytest.fixture
def as_user(secure_elasticsearch_node: Node, superuser: Elasticsearch) -> Connection:
    """As the user that ``rights.sh`` makes."""
    security = secure_elasticsearch_node.security
    assert security is not None
    return Connection(
        (secure_elasticsearch_node.url,),
        ca=str(security.ca),
        user="library",
        password=PASSWORD,
        search_seconds=PATIENT_SECONDS,
    )


def as_key(connection: Connection, superuser: Elasticsearch, privileges: list[str]) -> Connection:
    """With an API key that has some of the role's privileges."""
    index = {**ROLE["indices"][0], "privileges": privileges}
    role = {**ROLE, "indices": [index]}
    key = superuser.security.create_api_key(name="library", role_descriptors={"library": role})
    return replace(connection, user=None, password=None, api_key=key["encoded"])


def do_everything(connection: Connection, prefix: str) -> None:
    """All that a site asks of an engine."""
    engine = ElasticsearchEngine(connection, index_prefix=prefix)
    for _ in range(2):  # the second removes the index of the first
        fresh = engine.new_index(KIND)
        fresh.write([make_record(1, make_edition(title="Lighthouses"))])
        fresh.describe(Statistics(KIND.encoder, floor=0.4))
        fresh.swap()
    engine.new_index().discard()
    engine.write([make_record(2, make_edition(title="Lighthouses and harbours"))])
    assert sorted(works(engine, "lighthouses")) == [1, 2]
    engine.write([text(3, "Beacons", "en", WASTE)])
    engine.describe(Statistics(KIND.encoder, floor=0.5))
    assert found(look_for(engine, "lamps", WASTE)) == [3]
    assert engine.meaning_of(3, Plan(now=1))
    engine.write([make_record(3, version=2)])
    public = frozenset({"public"})
    assert engine.suggest("lighth", language="en", audiences=public, now=1)
    assert engine.spell(["lighthousse"])
    assert dict(engine.versions()) == {1: 1, 2: 1}
    assert engine.status().works == 2


def test_documented_rights_are_enough_for_a_user(as_user: Connection) -> None:
    do_everything(as_user, f"{PREFIX}-user")


def test_documented_rights_are_enough_for_a_key(
    as_user: Connection, superuser: Elasticsearch
) -> None:
    do_everything(as_key(as_user, superuser, PRIVILEGES), f"{PREFIX}-key")


@pytest.mark.parametrize("left_out", PRIVILEGES)
def test_none_of_the_documented_rights_is_too_much(
    left_out: str, as_user: Connection, superuser: Elasticsearch
) -> None:
    fewer = [privilege for privilege in PRIVILEGES if privilege != left_out]
    with pytest.raises(EngineUnavailable, match="lacks a right"):
        do_everything(as_key(as_user, superuser, fewer), f"{PREFIX}-without-{left_out}")


def test_indexes_of_others_are_out_of_reach(as_user: Connection) -> None:
    with pytest.raises(EngineUnavailable, match="lacks a right"):
        ElasticsearchEngine(as_user, index_prefix="other").new_index()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "wrong"}, "refuses the user, password or API key"),
        ({"user": None, "password": None, "api_key": "d3Jvbmc6d3Jvbmc="}, "refuses the user"),
        ({"ca": certifi.where()}, "CERTIFICATE_VERIFY_FAILED|certificate verify failed"),
    ],
    ids=["password", "key", "authority"],
)
def test_wrong_secrets_and_authorities_are_told_as_unavailable(
    wrong: dict[str, Any], said: str, as_user: Connection
) -> None:
    engine = ElasticsearchEngine(replace(as_user, **wrong), index_prefix=PREFIX)
    for attempt in (
        engine.status,
        lambda: works(engine, "lighthouses"),
        lambda: engine.write([make_record(1, make_edition(title="Lighthouses"))]),
    ):
        with pytest.raises(EngineUnavailable, match=said):
            attempt()


def test_site_is_pointed_to_a_secure_node_by_its_settings(
    as_user: Connection, library: Library, client: Client, settings: Any
) -> None:
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.ELASTICSEARCH_URL = list(as_user.urls)
    settings.ELASTICSEARCH_CA = as_user.ca
    settings.ELASTICSEARCH_USER, settings.ELASTICSEARCH_PASSWORD = "library", PASSWORD
    settings.ELASTICSEARCH_INDEX_PREFIX = f"{PREFIX}-site"
    rebuild()
    edition = library.edition("Lighthouses")
    drain()
    wait_until(lambda: not ask(client, "lighthouses").resting)
    assert ask(client, "lighthouses").works == (edition.work_id,)

    settings.ELASTICSEARCH_PASSWORD = "wrong"
    answer = ask(client, "lighthouses")
    assert (answer.status, answer.resting, answer.works) == (200, True, (edition.work_id,))
