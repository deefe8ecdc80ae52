"""Sealed evidence in a folder and in a bucket: the same promises, held by each, and to whoever opens it anew."""

from __future__ import annotations

import hashlib
import os
import random

import pytest
from buckets import running_bucket_server

from gateway.domain.errors import StateError, StoreUnavailableError
from gateway.services.ports.evidence import SealedFile
from gateway.storage.bucket_calls import Bucket
from gateway.storage.bucket_upkeep import BucketUpkeep
from gateway.storage.bucket_upload import BLOCK_BYTES
from gateway.storage.byte_locks import ByteLocks
from gateway.storage.evidence import EvidenceFolder
from gateway.storage.evidence_bucket import EvidenceBucket
from gateway.storage.evidence_upkeep import FolderUpkeep

LARGE = os.urandom(2 * BLOCK_BYTES + 7)
SIZES = [1, 70_000, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES, 2 * BLOCK_BYTES + 7]
MIB = 1 << 20


@pytest.fixture(scope="module")
def bucket_server():
    with running_bucket_server() as server:
        yield server


class InFolder:
    """A folder, opened as often as a test wants."""

    def __init__(self, folder):
        self.folder = folder / "evidence"

    def open(self):
        return EvidenceFolder(self.folder)

    def upkeep(self):
        return FolderUpkeep(self.folder)

    def change(self, file, place):
        """Turn a bit of a whole file over, behind the store's back."""
        (path,) = [each for each in self.folder.rglob(file.sha256) if each.is_file()]
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(content)


class InBucket:
    """A bucket, opened as often as a test wants."""

    def __init__(self, folder, server):
        self.server, self.name, self.folder = server, server.new_bucket(), folder
        self.bucket = Bucket(server.place(self.name))  # knows nothing of what was asked before, and takes long to make

    def open(self):
        return EvidenceBucket(self.bucket, ByteLocks(self.folder / "lock"))

    def upkeep(self):
        return BucketUpkeep(self.bucket, ByteLocks(self.folder / "lock"))

    def change(self, file, place):
        (key,) = [each for each in self.server.keys(self.name) if each.startswith("whole/") and file.sha256 in each]
        client = self.server.client()
        content = bytearray(client.get_object(Bucket=self.name, Key=key)["Body"].read())
        content[place] ^= 1
        client.put_object(Bucket=self.name, Key=key, Body=bytes(content))


@pytest.fixture(params=["folder", "bucket"])
def kept(request, tmp_path):
    if request.param == "folder":
        return InFolder(tmp_path)
    return InBucket(tmp_path, request.getfixturevalue("bucket_server"))


def file_of(content, case="YS-1"):
    return SealedFile(case, hashlib.sha256(content).hexdigest(), len(content))


def brought(store, content, case="YS-1"):
    file = file_of(content, case)
    with store.upload(file) as upload:
        for at in range(upload.received, len(content), MIB):
            upload.append(content[at : at + MIB])
        assert upload.finish()
    return file


@pytest.mark.parametrize("size", SIZES)
def test_what_was_brought_is_read_from_every_offset_and_counts_once_it_is_whole(kept, size):
    content, store = LARGE[:size], kept.open()
    file = file_of(content)
    assert (store.has(file), store.received(file)) == (False, 0)
    with pytest.raises(StoreUnavailableError):
        list(store.read(file, 0))
    brought(store, content)

    again = kept.open()
    assert (again.has(file), again.received(file)) == (True, size)
    for offset in {0, 1, size // 2, BLOCK_BYTES - 1, BLOCK_BYTES, size - 1, size}:
        if offset <= size:
            parts = list(again.read(file, offset))
            assert b"".join(parts) == content[offset:]
            assert all(0 < len(part) <= MIB for part in parts)
    assert [(each.case, each.sha256, each.size) for each in kept.upkeep().whole()] == [
        (kept.upkeep().case_name("YS-1"), file.sha256, size)
    ]
    assert list(kept.upkeep().unfinished()) == []


@pytest.mark.parametrize("seed", range(3))
def test_wherever_an_upload_ends_it_goes_on_at_the_byte_that_is_told(kept, seed):
    chance, content = random.Random(seed), LARGE  # noqa: S311 - of a test
    file, there, ends = file_of(content), 0, 0
    while there < len(content):
        store = kept.open()
        assert store.received(file) == there
        assert not store.has(file)
        with store.upload(file) as upload:
            assert upload.received == there
            for _ in range(chance.randint(0, 4)):
                piece = content[upload.received : upload.received + chance.randint(1, 3 * MIB)]
                upload.append(piece)
            there, ends = upload.received, ends + 1
    assert ends > 1
    with kept.open().upload(file) as upload:
        assert upload.received == len(content)
        assert upload.finish()
    assert b"".join(kept.open().read(file, 0)) == content


def test_what_waited_behind_a_part_that_is_full_by_now_does_not_count_twice(kept):
    file = file_of(LARGE)
    for ends in (10, BLOCK_BYTES, BLOCK_BYTES + 5, 2 * BLOCK_BYTES):
        with kept.open().upload(file) as upload:
            upload.append(LARGE[upload.received : ends])
        assert kept.open().received(file) == ends
    brought(kept.open(), LARGE)
    assert b"".join(kept.open().read(file, 0)) == LARGE


def test_what_ends_the_context_takes_nothing_of_what_was_written(kept):
    file = file_of(LARGE)

    def break_off():
        with kept.open().upload(file) as upload:
            upload.append(LARGE[: BLOCK_BYTES + 10])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert kept.open().received(file) == BLOCK_BYTES + 10
    (left,) = kept.upkeep().unfinished()
    assert (left.case, left.sha256, left.size) == (kept.upkeep().case_name("YS-1"), file.sha256, BLOCK_BYTES + 10)


@pytest.mark.parametrize("size", [10, BLOCK_BYTES + 10])
@pytest.mark.parametrize("in_one", [True, False])
def test_another_content_is_thrown_away_and_the_right_one_can_come(kept, size, in_one):
    right, wrong = LARGE[:size], LARGE[1 : size + 1]
    file, store = file_of(right), kept.open()
    half = size if in_one else size // 2
    with store.upload(file) as upload:
        upload.append(wrong[:half])
    with store.upload(file) as upload:
        upload.append(wrong[half:])
        assert not upload.finish()
        assert upload.received == 0
    assert (store.has(file), store.received(file)) == (False, 0)
    assert list(kept.upkeep().whole()) == []
    brought(store, right)
    assert b"".join(store.read(file, 0)) == right


def test_too_little_is_not_kept(kept):
    file, store = file_of(LARGE[:100]), kept.open()
    with store.upload(file) as upload:
        upload.append(LARGE[:99])
        assert not upload.finish()
    assert not store.has(file)


@pytest.mark.parametrize("other", [{"case": "YS-2"}, {"case": "ys-1"}, {"case": "YS-1/"}])
def test_what_one_case_has_is_there_for_no_other(kept, other):
    content, store = LARGE[:1_000], kept.open()
    brought(store, content)
    elsewhere = file_of(content, **other)
    assert (store.has(elsewhere), store.received(elsewhere)) == (False, 0)
    with pytest.raises(StoreUnavailableError):
        list(store.read(elsewhere, 0))
    with store.upload(elsewhere) as upload:
        assert upload.received == 0
        assert not upload.finish()
    brought(store, content, other["case"])
    assert store.has(elsewhere)


def test_a_file_of_another_length_is_not_taken_for_it(kept):
    store = kept.open()
    brought(store, LARGE[:1_000])
    longer = SealedFile("YS-1", file_of(LARGE[:1_000]).sha256, 1_001)
    assert not store.has(longer)
    with pytest.raises(StoreUnavailableError):
        list(kept.open().read(SealedFile("YS-1", "ab" * 32, 9), 0))


def test_two_do_not_write_to_one_file_at_once_and_the_next_may(kept):
    file = file_of(LARGE[:100])
    with kept.open().upload(file) as before:
        before.append(LARGE[:10])
    (begun,) = kept.upkeep().unfinished()
    with kept.open().upload(file) as first:
        with pytest.raises(StateError) as refused, kept.open().upload(file):
            pass
        assert refused.value.metadata["why"] == "UPLOAD_UNDER_WAY"
        with kept.open().upload(file_of(LARGE[:100], "YS-2")) as other:
            other.append(LARGE[:100])
            assert other.finish()
        assert not kept.upkeep().discard(begun)
        first.append(LARGE[10:100])
        assert first.finish()
    assert kept.open().has(file)


def test_what_is_not_whole_is_listed_and_thrown_away_and_what_is_whole_stays(kept):
    store = kept.open()
    whole = brought(store, LARGE[:1_000])
    with store.upload(file_of(LARGE)) as upload:
        upload.append(LARGE[: BLOCK_BYTES + 1])
    (left,) = kept.upkeep().unfinished()
    assert kept.upkeep().discard(left)
    assert list(kept.upkeep().unfinished()) == []
    assert store.received(file_of(LARGE)) == 0
    assert store.has(whole)
    brought(store, LARGE)


@pytest.mark.parametrize("place", [0, BLOCK_BYTES, -1])
def test_a_whole_file_that_was_changed_is_named_by_whoever_looks(kept, place):
    store = kept.open()
    brought(store, LARGE)
    (there,) = kept.upkeep().whole()
    assert kept.upkeep().flaw(there) == ""
    kept.change(file_of(LARGE), place)
    assert kept.upkeep().flaw(there) == "is not the file that its name says"
