"""Looks for persons' document numbers in bytes: however they are written, encoded or merely hashed.

Everything is invented: numbers that are check-valid and of nobody.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sqlite3
import zlib
from contextlib import closing
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SM3, Hash

from formats.identifiers import resident_id_check_character

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_MARKS = re.compile(
    b"|".join([rb"[\s-]", *("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u3000"[i].encode() for i in range(8))])
)
_NUMBER = re.compile(rb"(?=([0-9]{17}[0-9X]))")
_ESCAPED = re.compile(rb"\\u([0-9A-Fa-f]{4})")
_HEX = re.compile(rb"[0-9a-f]{16,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
_WIDE = {chr(ord(c) + 0xFEE0).encode(): c.encode() for c in "0123456789Xx"}
_HALF = 16
"""Hexadecimal digits of a hash by which it is known: so much is enough to test a guess against."""


def resident(serial: int, *, with_x: bool = False) -> str:
    """Return the *serial*-th invented number of a resident; *with_x* the next one that ends so."""
    while True:
        born = f"19{60 + serial // 336 % 40:02}{1 + serial % 12:02}{1 + serial // 12 % 28:02}"
        first17 = f"420302{born}{serial % 1000:03}"
        number = first17 + resident_id_check_character(first17)
        if not with_x or number.endswith("X"):
            return number
        serial += 10_000


class Search:
    """Finds numbers in plain, their hashes that anybody can compute, and the SHA-256 of contents that held them."""

    def __init__(self, numbers: Iterable[str], contents: Iterable[bytes] = ()) -> None:
        plain = {number.encode() for number in numbers}
        self._residents = {number for number in plain if _NUMBER.fullmatch(number) or len(number) == 18}
        self._others = plain - self._residents
        cases = plain | {number.lower() for number in plain}
        hashes = [*(h for each in cases for h in _hashes(each)), *(hashlib.sha256(c).digest() for c in contents)]
        self._raw = set(hashes)
        self._hex = {digest.hex().encode()[:_HALF] for digest in hashes}
        self._coded = {coded for each in cases for coded in _coded(each)}

    def places(self, folder: Path) -> list[str]:
        """Return every place under *folder* where something is found: in a file's bytes, or in a database's table."""
        found = []
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            content = file.read_bytes()
            named = str(file.relative_to(folder))
            found += [f"{named}: {what}" for what in self.found(content)]
            if content.startswith(b"SQLite format 3\0"):
                found += [f"{named}, {table}: {what}" for table, rows in _tables(file) for what in self._in_rows(rows)]
        return found

    def found(self, content: bytes) -> set[str]:
        """Return what is found in these bytes: numbers, or of what kind a trace of one is."""
        views = [
            content,
            content.replace(b"\0", b""),
            _ESCAPED.sub(lambda code: chr(int(code[1], 16)).encode(errors="replace"), content),
        ]
        found = set()
        for view in views:
            for wide, plain in _WIDE.items():
                view = view.replace(wide, plain)  # noqa: PLW2901 - step by step
            folded = _MARKS.sub(b"", view).upper()
            for way in (folded, folded[::-1]):
                found |= {number.decode() for number in _NUMBER.findall(way) if number in self._residents}
                found |= {number.decode() for number in self._others if number in way}
        return found | self._coded_in(content)

    def _coded_in(self, content: bytes) -> set[str]:
        found = set()
        for run in _HEX.findall(content.lower()):
            if any(run[at : at + _HALF] in self._hex for at in range(len(run) - _HALF + 1)):
                found.add("hash")
            pairs = (run[at : len(run) - (len(run) - at) % 2] for at in (0, 1))
            if any(self._residents & set(_NUMBER.findall(bytes.fromhex(each.decode()).upper())) for each in pairs):
                found.add("hexadecimal")
        for run in _BASE64.findall(content):
            if any(run[at : at + _HALF] in self._coded for at in range(len(run) - _HALF + 1)):
                found.add("base64")
        return found

    def _in_rows(self, rows: list[tuple[object, ...]]) -> set[str]:
        found = set()
        whole = b""
        for row in rows:
            for value in row:
                if isinstance(value, bytes):
                    found |= {"raw hash"} if value in self._raw else set()
                    whole += value + b"\n" + _inflated(value) + b"\n"
                else:
                    whole += str(value).encode() + b"\n"
        return found | self.found(whole)


def _hashes(content: bytes) -> Iterator[bytes]:
    sm3 = Hash(SM3())
    sm3.update(content)
    yield sm3.finalize()
    for name in ("md5", "sha1", "sha256", "sha512"):
        yield hashlib.new(name, content, usedforsecurity=False).digest()


def _coded(number: bytes) -> Iterator[bytes]:
    """Yield what begins each of the three ways in which a number stands in base64."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + number)[-(-shift * 4 // 3) :].rstrip(b"=")[:-1]
        if len(coded) >= _HALF:
            yield coded[:_HALF]


def _tables(file: Path) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for name in names:
            yield name, connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - its own name


def _inflated(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return b""
