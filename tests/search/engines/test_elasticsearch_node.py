"""The development node: what it needs, how it starts and stops, what its plugin does."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import AuthorizationException, BadRequestError, Elasticsearch
from modelsearch.backends.elasticsearch9 import SearchBackend

from scripts.elasticsearch_node import (
    Distribution,
    Node,
    NodeError,
    NotAvailable,
    distribution,
    free_port,
    places,
    plugin,
    programs,
)
from scripts.elasticsearch_node.__main__ import main
from tests.search.engines import elasticsearch_node as nodes_of_tests


def jdk(folder: Path, version: str, *, compiler: bool = True) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    if compiler:
        (folder / "bin" / "javac").touch()
    return folder


@pytest.fixture
def no_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No Java anywhere; the folder where some may be put."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("ES_JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(programs, "JVMS", tmp_path / "jvm")
    return tmp_path / "jvm"


def test_missing_jdk_is_asked_for_by_name(no_java: Path) -> None:
    with pytest.raises(NotAvailable, match=r"JDK 21 or newer[\s\S]*openjdk-21-jdk-headless"):
        programs.find_jdk()


def test_java_too_old_or_without_compiler_is_no_jdk(no_java: Path) -> None:
    jdk(no_java / "old", "17.0.15")
    jdk(no_java / "runtime", "25.0.1", compiler=False)
    with pytest.raises(NotAvailable):
        programs.find_jdk()


def test_newest_installed_jdk_is_taken(no_java: Path) -> None:
    jdk(no_java / "z21", "21.0.1")
    newest = jdk(no_java / "a25", "25")
    assert programs.find_jdk() == newest


def test_named_jdk_comes_before_installed_ones(
    no_java: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    jdk(no_java / "25", "25.0.1")
    named = jdk(tmp_path / "mine", "21.0.1")
    monkeypatch.setenv("JAVA_HOME", str(named))
    assert programs.find_jdk() == named


def test_missing_maven_is_asked_for_by_name(no_java: Path) -> None:
    with pytest.raises(NotAvailable, match="apt-get install maven"):
        programs.find_maven()


def test_plugin_is_another_version_when_its_source_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin, "SOURCE", tmp_path)
    (tmp_path / "A.java").write_text("class A {}")
    first = plugin.source_version()
    assert plugin.source_version() == first
    (tmp_path / "A.java").write_text("class A { }")
    assert plugin.source_version() != first


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Maven that does what its script says, in the folder it is to put the archive in."""
    program = tmp_path / "mvn"
    monkeypatch.setattr(distribution, "find_maven", lambda: str(program))
    return program


def script(program: Path, commands: str) -> None:
    program.write_text(f"#!/bin/sh\n{commands}\n")
    program.chmod(0o755)


def test_distribution_that_is_not_the_one_tried_is_refused(maven: Path, tmp_path: Path) -> None:
    script(maven, "echo something else > elasticsearch.zip")
    with pytest.raises(NodeError, match="SHA-256"):
        distribution.fetch(tmp_path, tmp_path)


def test_failed_fetch_says_what_maven_said(maven: Path, tmp_path: Path) -> None:
    script(maven, "echo no network today; exit 1")
    with pytest.raises(NotAvailable, match="no network today"):
        distribution.fetch(tmp_path, tmp_path)


@pytest.fixture
def root_in_private_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """We are root, and the checkout is in a folder that no other user can enter."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    monkeypatch.setattr(places, "ROOT", private / "checkout")
    monkeypatch.setattr(places.os, "geteuid", lambda: 0)
    monkeypatch.delenv("ELASTICSEARCH_HOME", raising=False)


@pytest.mark.usefixtures("root_in_private_checkout")
def test_node_of_root_is_kept_where_its_user_can_reach_it() -> None:
    assert places.home().is_relative_to("/var/lib/reslog-elasticsearch")


@pytest.mark.usefixtures("root_in_private_checkout")
def test_named_home_out_of_reach_of_the_nodes_user_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELASTICSEARCH_HOME", str(tmp_path / "private" / "mine"))
    with pytest.raises(NodeError, match="cannot reach"):
        places.home()


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a node in it."""
    monkeypatch.setattr(places, "home", lambda: tmp_path)
    return tmp_path


@pytest.mark.usefixtures("empty_home")
def test_number_of_another_program_is_not_taken_for_the_node() -> None:
    node = Node("other", 1)
    node.folder.mkdir(parents=True)
    (node.folder / "node.pid").write_text(str(os.getpid()))
    assert node.process() is None
    assert not node.stop()


@pytest.mark.usefixtures("empty_home")
def test_commands_tell_of_a_node_that_does_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 1
    assert main(["stop"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Elasticsearch is not running.",
        "Elasticsearch was not running.",
    ]


def test_nodes_of_a_run_that_goes_on_stay_and_those_of_a_killed_one_go(
    empty_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes_of_tests, "home", lambda: empty_home)
    killed = Node("test-plain-killed", 0).folder
    killed.mkdir(parents=True)
    killed.with_name(f"{killed.name}.lock").touch()
    with nodes_of_tests.own_name("plain") as name, nodes_of_tests.own_name("plain") as other:
        assert name != other
        running = Node(name, 0).folder
        running.mkdir()
        nodes_of_tests.remove_abandoned_nodes()
        assert [path for path in killed.parent.iterdir() if path.is_dir()] == [running]
        nodes_of_tests.remove_abandoned_nodes()
        assert running.exists()
    assert not list(killed.parent.glob("*.lock"))


@pytest.fixture(scope="module")
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url, request_timeout=30) as client:
        yield client


def test_running_node_is_left_as_it_is(elasticsearch_node: Node) -> None:
    before = elasticsearch_node.process()
    elasticsearch_node.start(Distribution.provide())
    assert before is not None
    assert elasticsearch_node.process() == before
    assert elasticsearch_node.last_port() == elasticsearch_node.port


def test_taken_port_is_told(elasticsearch_node: Node) -> None:
    second = Node(f"{elasticsearch_node.name}-second", elasticsearch_node.port)
    try:
        with pytest.raises(NodeError, match=f"Port {second.port} is taken"):
            second.start(Distribution.provide())
    finally:
        second.remove()


def test_node_that_runs_at_another_port_is_told(elasticsearch_node: Node) -> None:
    moved = replace(elasticsearch_node, port=free_port())
    with pytest.raises(NodeError, match=f"runs already, at port {elasticsearch_node.port}"):
        moved.start(Distribution.provide())


def test_frozen_node_does_not_answer_and_keeps_running(
    elasticsearch_node: Node,
) -> None:
    number = elasticsearch_node.process()
    assert number is not None
    os.kill(number, signal.SIGSTOP)
    try:
        assert elasticsearch_node.answers("/_cluster/health") is None
        assert elasticsearch_node.process() == number
    finally:
        os.kill(number, signal.SIGCONT)
    elasticsearch_node.wait(30)


def terms(client: Elasticsearch, text: str, **analysis: Any) -> list[str]:
    return [token["token"] for token in client.indices.analyze(text=text, **analysis)["tokens"]]


@pytest.mark.parametrize(
    ("analyzer", "text", "expected"),
    [
        ("arabic", "والبلديات في المدينة", ["بلد", "مدين"]),
        ("english", "the municipalities' plans", ["municip", "plan"]),
        ("french", "l'école des réfugiés", ["ecol", "refug"]),
        ("swedish", "kommunerna och vägarna", ["kommun", "väg"]),
        ("turkish", "İstanbul'da ve IĞDIR'da", ["istanbul", "ık"]),
    ],
)
def test_language_analyzers_stem_and_drop_stop_words(
    client: Elasticsearch, analyzer: str, text: str, expected: list[str]
) -> None:
    assert terms(client, text, analyzer=analyzer) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("english", "generalizations", "gener"),
        ("porter2", "generalizations", "general"),
        ("light_english", "generalizations", "generalization"),
        ("minimal_english", "generalizations", "generalization"),
        ("possessive_english", "city's", "city"),
        ("french", "continuellement", "continuel"),
        ("light_french", "continuellement", "continuel"),
        ("minimal_french", "chevaux", "cheval"),
        ("swedish", "jaktkarlarne", "jaktkarl"),
        ("light_swedish", "flickorna", "flick"),
        ("turkish", "evlerimizden", "ev"),
        ("arabic", "والحسن", "حسن"),
    ],
)
def test_stemmers_go_by_their_stock_names(
    client: Elasticsearch, language: str, text: str, expected: str
) -> None:
    stemmer = {"type": "stemmer", "language": language}
    assert terms(client, text, tokenizer="standard", filter=[stemmer]) == [expected]


@pytest.mark.parametrize(
    ("filters", "text", "expected"),
    [
        (["lowercase", "asciifolding"], "ÅTGÄRD Straße", ["atgard", "strasse"]),
        ([{"type": "asciifolding", "preserve_original": True}], "göç", ["goc", "göç"]),
        ([{"type": "edge_ngram", "min_gram": 2, "max_gram": 3}], "göçler", ["gö", "göç"]),
        (["elision"], "l'eau qu'elle", ["eau", "elle"]),
        ([{"type": "unique"}], "a b a", ["a", "b"]),
        (["keyword_repeat", "stemmer", "remove_duplicates"], "cities", ["cities", "citi"]),
        (
            [
                {
                    "type": "pattern_replace",
                    "pattern": "A",
                    "replacement": "o",
                    "flags": "CASE_INSENSITIVE",
                }
            ],
            "banana",
            ["bonono"],
        ),
        (
            [{"type": "pattern_replace", "pattern": "a", "replacement": "o", "all": False}],
            "banana",
            ["bonana"],
        ),
        (
            [
                {
                    "type": "dictionary_decompounder",
                    "word_list": ["dagvatten", "vatten", "hantering"],
                }
            ],
            "dagvattenhantering",
            ["dagvattenhantering", "dagvatten", "vatten", "hantering"],
        ),
        (
            [
                {
                    "type": "dictionary_decompounder",
                    "word_list": ["dagvatten", "vatten", "hantering"],
                    "only_longest_match": True,
                }
            ],
            "dagvattenhantering",
            ["dagvattenhantering", "dagvatten", "hantering"],
        ),
    ],
)
def test_token_filters_heed_their_stock_settings(
    client: Elasticsearch, filters: list[Any], text: str, expected: list[str]
) -> None:
    assert terms(client, text, tokenizer="standard", filter=filters) == expected


@pytest.mark.parametrize(
    ("char_filter", "text", "expected"),
    [
        ("html_strip", "<p>göç &amp; afet</p>", ["göç", "afet"]),
        (
            {"type": "mapping", "mappings": ["\\u0026 => ve", "\\\\ => "]},
            "a & b\\c",
            ["a", "ve", "bc"],
        ),
        (
            {"type": "pattern_replace", "pattern": "(\\d)-(\\d)", "replacement": "$1_$2"},
            "1-2",
            ["1_2"],
        ),
    ],
)
def test_char_filters_heed_their_stock_settings(
    client: Elasticsearch, char_filter: Any, text: str, expected: list[str]
) -> None:
    assert terms(client, text, tokenizer="standard", char_filter=[char_filter]) == expected


@pytest.mark.parametrize(
    ("kind", "definition", "problem"),
    [
        ("filter", {"type": "keyword_repeat"}, "Unknown filter type"),
        ("filter", {"type": "apostrophe", "ends": "all"}, "settings unknown.*ends"),
        ("filter", {"type": "stemmer", "language": "klingon"}, "klingon"),
        ("filter", {"type": "lowercase", "language": "klingon"}, "klingon"),
        ("filter", {"type": "stemmer_override", "rules": ["a -> b"]}, "not .word, word => stem"),
        ("filter", {"type": "stemmer_override"}, "rules_path"),
        ("filter", {"type": "edge_ngram", "side": "back"}, "side"),
        ("filter", {"type": "ngram", "min_gram": 1, "max_gram": 9}, "max_ngram_diff"),
        ("filter", {"type": "elision"}, "articles"),
        ("filter", {"type": "synonym_graph", "synonyms_set": "mine"}, "synonyms_path"),
        ("filter", {"type": "synonym_graph", "synonyms": ["a"], "format": "wordnet"}, "format"),
        ("filter", {"type": "dictionary_decompounder", "word_list": ["a"], "x": 1}, "unknown.*x"),
        ("char_filter", {"type": "mapping", "mappings": ["a > b"]}, "from => to"),
        ("char_filter", {"type": "mapping", "mappings": ["\\u12 => b"]}, "escape"),
        ("char_filter", {"type": "html_strip", "tags": ["b"]}, "unknown.*tags"),
        ("tokenizer", {"type": "edge_ngram", "token_chars": ["letter"]}, "unknown.*token_chars"),
        ("analyzer", {"type": "turkish", "stemming": False}, "unknown.*stemming"),
    ],
)
def test_what_the_plugin_cannot_do_is_refused(
    client: Elasticsearch, kind: str, definition: dict[str, Any], problem: str
) -> None:
    analysis: dict[str, Any] = {kind: {"tried": definition}}
    if kind in ("filter", "char_filter"):
        analysis["analyzer"] = {"using": {"tokenizer": "standard", kind: ["tried"]}}
    with pytest.raises(BadRequestError, match=problem):
        client.indices.create(index="reslog-test-refused", settings={"analysis": analysis})


@pytest.fixture
def index(client: Elasticsearch) -> Iterator[str]:
    """The name of an index to make, removed afterwards."""
    yield "reslog-test-plugin"
    client.options(ignore_status=404).indices.delete(index="reslog-test-plugin")


def test_keyword_normalizers_fold(client: Elasticsearch, index: str) -> None:
    analysis = {
        "char_filter": {"and": {"type": "mapping", "mappings": ["& => and"]}},
        "filter": {"lower": {"type": "lowercase", "language": "turkish"}},
        "normalizer": {"folded": {"char_filter": ["and"], "filter": ["lower", "asciifolding"]}},
    }
    properties = {"place": {"type": "keyword", "normalizer": "folded"}}
    client.indices.create(
        index=index, settings={"analysis": analysis}, mappings={"properties": properties}
    )
    client.index(index=index, document={"place": "ŞİŞLİ & Beşiktaş"}, refresh=True)
    assert client.count(index=index, query={"term": {"place": "Şişli and BEŞİKTAŞ"}})["count"] == 1


SYNONYMS = "analysis/synonyms.txt"


def test_synonyms_of_a_search_analyzer_are_read_again(
    client: Elasticsearch,
    elasticsearch_node: Node,
    index: str,
) -> None:
    rules = elasticsearch_node.folder / "config" / SYNONYMS
    rules.parent.mkdir(exist_ok=True)
    rules.parent.chmod(0o755)
    rules.write_text("göç ana planı, migration master plan\n… => nothing\n", encoding="utf-8")
    rules.chmod(0o644)
    synonyms = {"type": "synonym_graph", "synonyms_path": SYNONYMS, "updateable": True}
    asking = {"tokenizer": "standard", "filter": ["lowercase", "concepts"]}
    client.indices.create(
        index=index,
        settings={"analysis": {"filter": {"concepts": synonyms}, "analyzer": {"asking": asking}}},
        mappings={"properties": {"text": {"type": "text", "search_analyzer": "asking"}}},
    )
    client.index(index=index, document={"text": "a Migration Master Plan for all"}, refresh=True)

    def found(text: str) -> int:
        query = {"match_phrase": {"text": text}}
        return int(client.count(index=index, query=query)["count"])

    assert found("göç ana planı") == 1
    assert found("göç planı") == 0
    rules.write_text("göç planı, migration master plan\n", encoding="utf-8")
    client.indices.reload_search_analyzers(index=index)
    client.indices.clear_cache(index=index, request=True)
    assert found("göç ana planı") == 0
    assert found("göç planı") == 1


def test_index_of_wagtails_own_backend_can_be_made(client: Elasticsearch, index: str) -> None:
    settings = SearchBackend.settings["settings"]
    client.indices.create(index=index, settings=settings)
    assert terms(client, "Göç", index=index, analyzer="edgengram_analyzer") == ["g", "go", "goc"]


def test_secure_node_lets_in_by_key_and_only_to_what_it_allows(
    secure_elasticsearch_node: Node,
) -> None:
    security = secure_elasticsearch_node.security
    assert security is not None
    url, ca = secure_elasticsearch_node.url, str(security.ca)
    with Elasticsearch(url, ca_certs=ca, basic_auth=("elastic", security.password)) as client:
        rights = {"index": [{"names": ["reslog-*"], "privileges": ["all"]}]}
        key = client.security.create_api_key(name="library", role_descriptors={"library": rights})
    with Elasticsearch(url, ca_certs=ca, api_key=key["encoded"]) as client:
        client.indices.create(index="reslog-works")
        with pytest.raises(AuthorizationException):
            client.indices.create(index="other")
    assert secure_elasticsearch_node.answers("/_cluster/health") is not None
