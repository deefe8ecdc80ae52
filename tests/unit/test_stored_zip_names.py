"""Names in a stored ZIP file: one that could be anything but a file in its folder is neither written nor read."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from formats.stored_zip import StoredZipWriter, read_stored_zip
from formats.zip_layout import StoredZipError

WHEN = datetime(2026, 11, 30, tzinfo=UTC)


def packed(entries: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    written = StoredZipWriter(sink, WHEN)
    for name, content in entries.items():
        written.add(name, len(content), [content])
    written.close()
    return sink.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../x", "/x", "a/../b", "<script>", "=1+2", "@x", "a\0b", "a" * 201, "", ".hidden", "a\\b", "a//b", "文件", "a\n"],
)
def test_no_unsafe_name_is_written(name):
    written = StoredZipWriter(io.BytesIO(), WHEN)
    with pytest.raises(StoredZipError, match="is no name"):
        written.add(name, 0, [])


@pytest.mark.parametrize("name", ["../x", "/xy/", "<scr>", "=1+2", "a\0bc", ".hid", "a\\bc", "a//b"])
def test_no_unsafe_name_is_read(name):
    content = packed({"x" * len(name): b"x"}).replace(b"x" * len(name), name.encode())
    with pytest.raises(StoredZipError, match="is no entry"):
        list(read_stored_zip(io.BytesIO(content)))


def test_no_name_stands_twice_in_a_container():
    sink = io.BytesIO()
    written = StoredZipWriter(sink, WHEN)
    written.add("one", 1, [b"1"])
    with pytest.raises(StoredZipError, match="twice"):
        written.add("one", 1, [b"1"])
    twice = packed({"one": b"1", "two": b"2"}).replace(b"two", b"one")
    with pytest.raises(StoredZipError, match="twice"):
        list(read_stored_zip(io.BytesIO(twice)))
