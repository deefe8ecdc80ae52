"""Laws of the stored ZIP file: what was written is read, here and by a program of others, and nothing else is."""

from __future__ import annotations

import hashlib
import io
import string
import zipfile
from contextlib import contextmanager
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats import zip_layout
from formats.civil import SHANGHAI
from formats.stored_zip import StoredZipWriter, read_stored_zip
from formats.zip_layout import StoredZipError, zip_moment

AT = datetime(2026, 11, 30, 9, 30, 58, tzinfo=SHANGHAI)
letters = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=9)
names = st.lists(letters, min_size=1, max_size=4).map("/".join)
contents = st.dictionaries(names, st.binary(max_size=300), max_size=6)
few = st.dictionaries(names, st.binary(max_size=30), max_size=3)
thresholds = st.sampled_from([zip_layout.LARGE, 0, 60, 200])
"""From which size or offset ZIP64 is used: as it is, and so low that small files show it."""


@contextmanager
def large_from(threshold: int):
    before, zip_layout.LARGE = zip_layout.LARGE, threshold
    try:
        yield
    finally:
        zip_layout.LARGE = before


def written(entries: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    archive = StoredZipWriter(sink, AT)
    for name, content in entries.items():
        halves = [content[: len(content) // 2], content[len(content) // 2 :]]
        assert archive.add(name, len(content), halves) == hashlib.sha256(content).hexdigest()
    archive.close()
    return sink.getvalue()


def read(content: bytes) -> dict[str, bytes]:
    return {entry.name: entry.whole(1000) for entry in read_stored_zip(io.BytesIO(content))}


@given(contents, thresholds)
def test_what_was_written_is_read_in_its_order_here_and_by_others(entries, threshold):
    """Python's own reader is the program of others; it reads ZIP64 wherever it is used."""
    with large_from(threshold):
        content = written(entries)
        assert list(read(content).items()) == list(entries.items())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {info.filename: archive.read(info) for info in archive.infolist()} == entries
        assert {info.date_time for info in archive.infolist()} <= {(2026, 11, 30, 9, 30, 58)}
        assert archive.testzip() is None


@given(few.filter(bool), thresholds, st.integers(0, 7))
def test_a_changed_bit_is_refused_wherever_it_is(entries, threshold, bit):
    with large_from(threshold):
        content = bytearray(written(entries))
        for place in range(len(content)):
            content[place] ^= 1 << bit
            with pytest.raises(StoredZipError):
                read(bytes(content))
            content[place] ^= 1 << bit


@given(contents, st.binary(min_size=1, max_size=40))
def test_what_stands_before_or_behind_is_refused(entries, more):
    content = written(entries)
    for changed in (content + more, more + content):
        with pytest.raises(StoredZipError):
            read(changed)


@given(few)
def test_wherever_it_is_cut_it_is_said_to_be(entries):
    content = written(entries)
    for size in range(len(content)):
        with pytest.raises(StoredZipError) as caught:
            read(content[:size])
        assert caught.value.cut_off, size


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise(content):
    for each in (content, b"PK\x03\x04" + content):
        with pytest.raises(StoredZipError):
            read(each)


@pytest.mark.parametrize("size", [0, 2, 4])
def test_content_of_another_size_than_was_said_is_refused(size):
    archive = StoredZipWriter(io.BytesIO(), AT)
    with pytest.raises(StoredZipError, match="has 3 bytes"):
        archive.add("name", size, [b"abc"])


def test_a_moment_that_a_zip_file_cannot_write_is_refused():
    for moment in (AT.replace(year=1979), AT.replace(year=2108), AT.replace(tzinfo=None)):
        with pytest.raises(ValueError, match=r"years|zone"):
            zip_moment(moment)
