"""A bucket that goes away in the middle, keeps its answers, or gives back other bytes: nothing half-stored counts."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from bucket_proxy import FLIP_GIVEN, FLIP_SENT, HOLD, LOSE, PASS, REFUSE, between
from buckets import running_bucket_server

from gateway.domain.errors import StoreUnavailableError
from gateway.services.ports.evidence import SealedFile
from gateway.storage.bucket_calls import Bucket
from gateway.storage.bucket_upload import BLOCK_BYTES, Keys
from gateway.storage.byte_locks import ByteLocks
from gateway.storage.evidence_bucket import EvidenceBucket

CONTENT = os.urandom(2 * BLOCK_BYTES + 1_000)
MIB = 1 << 20


@pytest.fixture(scope="module")
def server():
    with running_bucket_server() as running:
        yield running


@pytest.fixture(scope="module")
def line(server):
    with between(server.port) as found:
        yield found


class Disturbed:
    """One bucket, by a line that a test disturbs, and directly."""

    def __init__(self, server, line, folder):
        self.server, self.line, self.name = server, line, server.new_bucket()
        self.direct, self.locks = Bucket(server.place(self.name)), ByteLocks(folder / "lock")
        self.store = EvidenceBucket(self.direct, self.locks)
        self.disturbed = EvidenceBucket(Bucket(server.place(self.name, line.endpoint)), self.locks)

    def bring(self, store, content, file):
        with store.upload(file) as upload:
            for at in range(upload.received, len(content), MIB):
                upload.append(content[at : at + MIB])
            return upload.finish()


@pytest.fixture
def kept(server, line, tmp_path):
    line.set(lambda *_: PASS)
    yield Disturbed(server, line, tmp_path)
    line.set(lambda *_: PASS)


def file_of(content=CONTENT, case="YS-1"):
    return SealedFile(case, hashlib.sha256(content).hexdigest(), len(content))


def kind_of(call):
    with pytest.raises(StoreUnavailableError) as failed:
        call()
    return failed.value.metadata.get("kind")


@pytest.mark.parametrize("how", [REFUSE, LOSE])
def test_wherever_the_bucket_goes_away_nothing_is_whole_that_is_not_and_it_goes_on(kept, how):
    content = CONTENT[: BLOCK_BYTES + 1_000]
    assert kept.bring(kept.disturbed, content, file_of(content, "YS-undisturbed"))
    requests = len(kept.line.seen)
    assert requests > 8
    for number in range(1, requests + 1):
        file = file_of(content, f"YS-{number}")
        kept.line.set(lambda at, *_, last=number: how if at >= last else PASS)
        kind_of(lambda file=file: kept.bring(kept.disturbed, content, file))
        kept.line.set(lambda *_: PASS)
        if kept.store.has(file):
            assert b"".join(kept.store.read(file, 0)) == content
            continue
        there = kept.store.received(file)
        assert 0 <= there <= file.size
        with kept.store.upload(file) as upload:
            assert upload.received == there
        assert kept.bring(kept.store, content, file), number
        assert b"".join(kept.store.read(file, 0)) == content


def test_what_is_on_record_as_there_is_there_once_the_bucket_is_back(kept):
    with kept.disturbed.upload(file_of()) as upload:
        upload.append(CONTENT[: BLOCK_BYTES + 10])
    kept.line.set(lambda *_: REFUSE)
    kind_of(lambda: kept.disturbed.received(file_of()))
    kept.line.set(lambda *_: PASS)
    assert kept.disturbed.received(file_of()) == BLOCK_BYTES + 10


@pytest.mark.parametrize("place", [0, BLOCK_BYTES - 1, BLOCK_BYTES, 2 * BLOCK_BYTES + 500])
def test_no_byte_of_a_block_that_was_changed_is_given(kept, place):
    assert kept.bring(kept.store, CONTENT, file_of())
    changed = bytearray(CONTENT)
    changed[place] ^= 1
    kept.direct.put(Keys.of(file_of()).whole, bytes(changed))
    begins = place // BLOCK_BYTES * BLOCK_BYTES
    for offset in (0, begins, place):
        given = []
        assert kind_of(lambda offset=offset, given=given: given.extend(kept.store.read(file_of(), offset))) == "CHANGED"
        assert b"".join(given) == CONTENT[offset:begins]
    after = begins + BLOCK_BYTES
    if after < len(CONTENT):
        assert b"".join(kept.store.read(file_of(), after)) == CONTENT[after:]


def test_a_file_that_was_exchanged_together_with_its_hashes_is_not_given_whole(kept):
    assert kept.bring(kept.store, CONTENT, file_of())
    other = os.urandom(len(CONTENT))
    hashes = b"".join(hashlib.sha256(other[at : at + BLOCK_BYTES]).digest() for at in range(0, len(other), BLOCK_BYTES))
    kept.direct.put(Keys.of(file_of()).whole, other)
    kept.direct.put(Keys.of(file_of()).blocks, hashes)
    given = []
    assert kind_of(lambda: given.extend(kept.store.read(file_of(), 0))) == "CHANGED"
    assert len(b"".join(given)) == 2 * BLOCK_BYTES


@pytest.mark.parametrize("lost", ["whole", "blocks"])
def test_a_file_of_which_something_was_lost_is_not_given(kept, lost):
    assert kept.bring(kept.store, CONTENT[:1_000], file_of(CONTENT[:1_000]))
    kept.direct.delete(getattr(Keys.of(file_of(CONTENT[:1_000])), lost))
    assert kind_of(lambda: list(kept.store.read(file_of(CONTENT[:1_000]), 0))) in {"LOST", "NoSuchKey"}


def test_bytes_that_were_changed_on_the_way_into_the_bucket_are_never_kept_and_the_sender_is_not_blamed(kept):
    parts = [number for number, (method, path) in enumerate(_requests(kept), 1) if method == "PUT" and "partN" in path]
    assert len(parts) == 3
    for number in parts:
        file = file_of(case=f"YS-sent-{number}")
        kept.line.set(lambda at, *_, wanted=number: FLIP_SENT if at == wanted else PASS)
        kind_of(lambda file=file: kept.bring(kept.disturbed, CONTENT, file))
        assert not kept.store.has(file)
        kept.line.set(lambda *_: PASS)
        assert kept.bring(kept.store, CONTENT, file)


def test_a_bucket_that_gives_back_other_bytes_than_were_written_keeps_nothing(kept):
    requests = _requests(kept)
    back = [number for number, (method, path) in enumerate(requests, 1) if method == "GET" and _upload(path)]
    assert len(back) == 3
    for number in back:
        file = file_of(case=f"YS-back-{number}")
        kept.line.set(lambda at, *_, wanted=number: FLIP_GIVEN if at == wanted else PASS)
        assert kind_of(lambda file=file: kept.bring(kept.disturbed, CONTENT, file)) == "CHANGED"
        assert (kept.store.has(file), kept.store.received(file)) == (False, 0)


def test_what_was_exchanged_after_it_was_read_back_is_not_made_whole(kept):
    file = file_of(CONTENT[:1_000])
    kept.line.set(lambda _at, method, path: HOLD if method == "PUT" and "/whole/" in path else PASS)
    kept.line.released.clear()
    with ThreadPoolExecutor(1) as thread:
        bringing = thread.submit(kept.bring, kept.disturbed, CONTENT[:1_000], file)
        assert kept.line.held.acquire(timeout=30)
        kept.direct.put(Keys.of(file).upload, os.urandom(1_000))
        kept.line.released.set()
        assert kind_of(bringing.result) == "PreconditionFailed"
    assert not kept.store.has(file)
    assert not kept.bring(kept.store, CONTENT[:1_000], file), "what lies there is another content"
    assert kept.bring(kept.store, CONTENT[:1_000], file)


def test_what_somebody_put_into_the_bucket_by_himself_is_held_to_its_hash(kept):
    wrong = os.urandom(1_000)
    file = file_of(CONTENT[:1_000])
    kept.direct.put(Keys.of(file).upload, wrong)
    assert kept.store.received(file) == 1_000
    with kept.store.upload(file) as upload:
        assert not upload.finish()
    assert (kept.store.has(file), kept.store.received(file)) == (False, 0)


def test_a_machine_that_finishes_late_goes_over_a_whole_file_with_nothing_else(kept, tmp_path):
    elsewhere = EvidenceBucket(kept.direct, ByteLocks(tmp_path / "of another machine"))
    with kept.store.upload(file_of()) as begun:
        begun.append(CONTENT[:10])
    with elsewhere.upload(file_of()) as late:
        assert kept.bring(kept.store, CONTENT, file_of())
        late.append(os.urandom(len(CONTENT) - 10))
        assert not late.finish()
    assert b"".join(kept.store.read(file_of(), 0)) == CONTENT


def _requests(kept):
    kept.line.set(lambda *_: PASS)
    assert kept.bring(kept.disturbed, CONTENT, file_of(case="YS-as-it-should-be"))
    return list(kept.line.seen)


def _upload(path):
    return "/uploads/" in path and "?" not in path
