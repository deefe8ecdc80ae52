"""How the bytes of a stored ZIP file follow from its entries; ``stored_zip`` writes and reads such files."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.civil import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ENTRY_LIMIT: Final = 50_000
"""Entries of one file."""
NAME_LIMIT: Final = 200
NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,4}")
"""What an entry may be called: no part of it is hidden, another folder, or read as anything but a name."""
_FULL: Final = 0xFFFF_FFFF
"""In a field of 32 bits: the value stands in those of ZIP64."""
LARGE: Final = _FULL
"""A size or an offset, in bytes, from which ZIP64 is used."""
_PLAIN, _SPEAKS_64 = 20, 45
"""Versions that a program must speak: the first, and that of ZIP64."""
_UNIX: Final = 3 << 8
_OWNERS_FILE: Final = 0o100600 << 16
LOCAL: Final = struct.Struct("<4sHHHIIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHIIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_END_64: Final = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR_64: Final = struct.Struct("<4sIQI")
CHECKSUM_AT: Final = 14
"""Where in an entry its checksum stands, in bytes."""


class StoredZipError(ValueError):
    """It is no such file; the message begins with the entry at fault, or ``$`` for the file as a whole.

    Attributes:
        cut_off: It ends too early.
    """

    def __init__(self, message: str, *, cut_off: bool = False) -> None:
        super().__init__(message)
        self.cut_off = cut_off


@dataclass(frozen=True, slots=True)
class ZipHeader:
    """What one entry is: size and offset in bytes, CRC-32, moment as ``zip_moment`` writes it."""

    name: str
    moment: int
    size: int
    checksum: int
    offset: int

    def local(self) -> bytes:
        """Return what stands before its content."""
        large = self.size >= LARGE
        extra = struct.pack("<HHQQ", 1, 16, self.size, self.size) if large else b""
        size = _FULL if large else self.size
        version = _SPEAKS_64 if large else _PLAIN
        name = self.name.encode()
        fixed = (b"PK\x03\x04", version, 0, 0, self.moment, self.checksum, size, size, len(name), len(extra))
        return LOCAL.pack(*fixed) + name + extra

    def central(self) -> bytes:
        """Return its line in the directory at the end of the file."""
        large, far = self.size >= LARGE, self.offset >= LARGE
        more = ([self.size, self.size] if large else []) + ([self.offset] if far else [])
        extra = struct.pack(f"<HH{len(more)}Q", 1, 8 * len(more), *more) if more else b""
        version = _SPEAKS_64 if more else _PLAIN
        size, offset = (_FULL if large else self.size), (_FULL if far else self.offset)
        name = self.name.encode()
        lengths = (len(name), len(extra), 0, 0, 0, _OWNERS_FILE, offset)
        fixed = (b"PK\x01\x02", _UNIX | version, version, 0, 0, self.moment, self.checksum, size, size, *lengths)
        return _CENTRAL.pack(*fixed) + name + extra


def zip_moment(at: datetime) -> int:
    """Return how a ZIP file writes an instant: civil time in UTC+8, two seconds fine.

    Raises:
        ValueError: It lies outside the years 1980 to 2107, or has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("an instant has a time zone")
    civil = at.astimezone(SHANGHAI)
    if not 1980 <= civil.year <= 2107:
        raise ValueError("a ZIP file writes years from 1980 to 2107")
    day = (civil.year - 1980) << 9 | civil.month << 5 | civil.day
    return day << 16 | civil.hour << 11 | civil.minute << 5 | civil.second // 2


def directory(headers: Sequence[ZipHeader], offset: int) -> bytes:
    """Return what follows the last entry: *offset* is where that is, in bytes."""
    entries = b"".join(header.central() for header in headers)
    count, size = len(headers), len(entries)
    if offset < LARGE:
        return entries + _END.pack(b"PK\x05\x06", 0, 0, count, count, size, offset, 0)
    version = _UNIX | _SPEAKS_64
    large = _END_64.pack(b"PK\x06\x06", _END_64.size - 12, version, _SPEAKS_64, 0, 0, count, count, size, offset)
    locator = _LOCATOR_64.pack(b"PK\x06\x07", 0, offset + size, 1)
    return entries + large + locator + _END.pack(b"PK\x05\x06", 0, 0, count, count, size, _FULL, 0)


def require_name(name: str, known: set[str]) -> None:
    """Return when an entry may be called so, beside those that are *known*.

    Raises:
        StoredZipError: It may not, is there already, or there are too many.
    """
    if not NAME.fullmatch(name) or len(name) > NAME_LIMIT:
        raise StoredZipError(f"{name[:NAME_LIMIT]!a}: is no name of an entry")
    if name in known:
        raise StoredZipError(f"{name}: is there twice")
    if len(known) >= ENTRY_LIMIT:
        raise StoredZipError(f"{name}: over {ENTRY_LIMIT} entries")
