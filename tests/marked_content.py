"""Looks for content that a test has marked: in plain, in other encodings, and in what compressed members hold."""

from __future__ import annotations

import base64
import re
import sqlite3
import zlib
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_COMPRESSED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
"""How a member of gzip or zlib begins."""
_WINDOW = 1 << 20
_DEPTH = 3
"""Members within members that are looked into."""


class Marks:
    """Finds marks, each of at least eight bytes, so that none is found by chance."""

    def __init__(self, marks: Iterable[str]) -> None:
        self._needles = {needle: (mark, how) for mark in marks for how, needle in _writings(mark)}
        assert all(len(needle) >= 8 for needle in self._needles)

    def places(self, folder: Path) -> list[str]:
        """Return every place under *folder* where a mark stands: which file, which mark, how it is written."""
        found = []
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            content = file.read_bytes()
            named = str(file.relative_to(folder))
            found += [f"{named}: {each}" for each in self.found(content)]
            if content.startswith(b"SQLite format 3\0"):
                found += [f"{named}, rows: {each}" for each in self.in_rows(_rows(file))]
        return found

    def in_rows(self, rows: Iterable[tuple[object, ...]]) -> list[str]:
        """Return the marks in the values of a database, which splits long ones over its pages."""
        values = (value for row in rows for value in row if value is not None)
        whole = b"\n".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in values)
        return self.found(whole)

    def found(self, content: bytes, depth: int = _DEPTH) -> list[str]:
        """Return the marks in these bytes, each with how it is written."""
        found = {f"{mark} in {how}" for needle, (mark, how) in self._needles.items() if needle in content}
        if depth:
            for inner in _members(content):
                found |= {f"{each}, compressed" for each in self.found(inner, depth - 1)}
        return sorted(found)


def _writings(mark: str) -> Iterator[tuple[str, bytes]]:
    plain = mark.encode()
    yield "UTF-8", plain
    for coding in ("utf-16-le", "utf-16-be", "gb18030"):
        yield coding, mark.encode(coding)
    yield "JSON's escapes", mark.encode("unicode_escape")
    for coded, how in ((plain, "UTF-8"), (mark.encode("utf-16-le"), "UTF-16")):
        yield f"hexadecimal of {how}", coded.hex().encode()
        yield f"hexadecimal of {how}", coded.hex().upper().encode()
        for shift in range(3):
            inner = base64.b64encode(b"\0" * shift + coded)[-(-shift * 4 // 3) :].rstrip(b"=")[:-1]
            yield f"base64 of {how}", inner
            yield f"base64 of {how}", inner.replace(b"+", b"-").replace(b"/", b"_")


def _members(content: bytes) -> Iterator[bytes]:
    for begin in _COMPRESSED.finditer(content):
        inflated = zlib.decompressobj(wbits=47)  # gzip or zlib, as the member says
        try:
            inner = inflated.decompress(content[begin.start() : begin.start() + _WINDOW], _WINDOW)
        except zlib.error:
            continue
        if inner:
            yield inner


def _rows(file: Path) -> Iterator[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            yield from connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - its own name
