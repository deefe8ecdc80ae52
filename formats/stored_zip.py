"""A ZIP file whose every byte follows from its entries: stored, in order, of one moment, nothing before or behind.

Any program opens it. The one who verifies reads it from its first byte to its last and takes no other form: what a
ZIP file may hold beside its entries, or say of one twice, has no place here, so that no two programs see different
files in it. ZIP64 is used where a size, an offset or a number needs it, as for a file of 4 GiB.

This is no reader of other people's ZIP files.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from formats.zip_layout import (
    CHECKSUM_AT,
    LOCAL,
    NAME,
    NAME_LIMIT,
    StoredZipError,
    ZipHeader,
    directory,
    require_name,
    zip_moment,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from typing import BinaryIO

_READ: Final = 1 << 20


class StoredZipWriter:
    """Writes entries one after the other; the file is whole after ``close``."""

    def __init__(self, sink: BinaryIO, at: datetime) -> None:
        """Begin a file.

        Args:
            sink: Empty, open for bytes; can be sought in.
            at: The moment of every entry.
        """
        self._sink = sink
        self._moment = zip_moment(at)
        self._headers: list[ZipHeader] = []
        self._names: set[str] = set()
        self._end = 0

    def add(self, name: str, size: int, content: Iterable[bytes]) -> str:
        """Write an entry; return the SHA-256 of its content, hexadecimal.

        Raises:
            StoredZipError: The name is not one that ``NAME`` takes or is there already, there are too many, or the
                content has another size.
        """
        require_name(name, self._names)
        header = ZipHeader(name, self._moment, size, 0, self._end)
        self._sink.write(header.local())
        digest, written, checksum = hashlib.sha256(), 0, 0
        for chunk in content:
            digest.update(chunk)
            checksum = zlib.crc32(chunk, checksum)
            written += len(chunk)
            self._sink.write(chunk)
        if written != size:
            raise StoredZipError(f"{name}: has {written} bytes and not {size}")
        header = replace(header, checksum=checksum)
        self._sink.seek(header.offset + CHECKSUM_AT)
        self._sink.write(struct.pack("<I", checksum))
        self._end = header.offset + len(header.local()) + size
        self._sink.seek(self._end)
        self._headers.append(header)
        self._names.add(name)
        return digest.hexdigest()

    def close(self) -> None:
        """Write what ends the file; the sink stays open."""
        self._sink.write(directory(self._headers, self._end))


class ZipEntry:
    """One entry as it is read: name, size in bytes and moment as ``zip_moment`` writes it."""

    def __init__(self, name: str, size: int, moment: int, content: Iterator[bytes]) -> None:
        self.name = name
        self.size = size
        self.moment = moment
        self._content = content

    def chunks(self) -> Iterator[bytes]:
        """Yield the content, once."""
        return self._content

    def whole(self, limit: int) -> bytes:
        """Return the content, of at most *limit* bytes.

        Raises:
            StoredZipError: It is longer.
        """
        if self.size > limit:
            raise StoredZipError(f"{self.name}: over {limit} bytes")
        return b"".join(self._content)


def read_stored_zip(source: BinaryIO) -> Iterator[ZipEntry]:
    """Yield every entry of a file, from its first byte on; it is proven once the iteration has ended without an error.

    Raises:
        StoredZipError: It is not, byte for byte, what ``StoredZipWriter`` writes.
    """
    headers: list[ZipHeader] = []
    names: set[str] = set()
    offset = 0
    while (mark := _exactly(source, 4, "$")) == b"PK\x03\x04":
        header = _read_header(source, mark, offset)
        require_name(header.name, names)
        counted = _Counted(source, header)
        yield ZipEntry(header.name, header.size, header.moment, counted.chunks())
        counted.finish()
        headers.append(header)
        names.add(header.name)
        offset += len(header.local()) + header.size
    expected = directory(headers, offset)
    found = mark + source.read(len(expected) - len(mark))
    if found != expected:
        cut_off = expected.startswith(found)
        raise StoredZipError("$: its directory does not list what it holds", cut_off=cut_off)
    if source.read(1):
        raise StoredZipError("$: something follows its end")


class _Counted:
    """The content of one entry, read once and compared with its checksum."""

    def __init__(self, source: BinaryIO, header: ZipHeader) -> None:
        self._source, self._header = source, header
        self._left, self._checksum = header.size, 0

    def chunks(self) -> Iterator[bytes]:
        while self._left:
            chunk = self._source.read(min(_READ, self._left))
            if not chunk:
                raise StoredZipError(f"{self._header.name}: the file ends within it", cut_off=True)
            self._left -= len(chunk)
            self._checksum = zlib.crc32(chunk, self._checksum)
            yield chunk

    def finish(self) -> None:
        for _ in self.chunks():
            pass
        if self._checksum != self._header.checksum:
            raise StoredZipError(f"{self._header.name}: is not what its checksum says")


def _read_header(source: BinaryIO, mark: bytes, offset: int) -> ZipHeader:
    fixed = mark + _exactly(source, LOCAL.size - len(mark), "$")
    *_, moment, checksum, size, _twice, name_bytes, extra_bytes = LOCAL.unpack(fixed)
    if not 1 <= name_bytes <= NAME_LIMIT or extra_bytes not in {0, 20}:
        raise StoredZipError(f"$: at byte {offset}: is no entry of such a file")
    raw, extra = _exactly(source, name_bytes, "$"), _exactly(source, extra_bytes, "$")
    if extra:
        size = struct.unpack("<HHQQ", extra)[2]
    header = ZipHeader(raw.decode("ascii", "replace"), moment, size, checksum, offset)
    if not NAME.fullmatch(header.name) or header.local() != fixed + raw + extra:
        raise StoredZipError(f"{header.name!a}: is no entry of such a file")
    return header


def _exactly(source: BinaryIO, size: int, name: str) -> bytes:
    found = source.read(size)
    if len(found) < size:
        raise StoredZipError(f"{name}: the file ends too early", cut_off=True)
    return found
