"""A file that may change while we run: read again when it changed, and never trusted while it cannot be read."""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")
Stamp = tuple[int, int, int, int]

SETTLED_NANOSECONDS: Final = 50_000_000
"""A file that changed less than this before it was read may change again within the same tick of its time stamp."""

_log = logging.getLogger(__name__)


class UnusableFileError(Exception):
    """The file is not there, cannot be read, or does not hold what it must."""


class WatchedFile(Generic[T]):
    """What a file holds now. One stat a call; not for use by several threads at once."""

    def __init__(self, path: Path, parse: Callable[[bytes], T]) -> None:
        """Watch *path*; *parse* turns its bytes into the value and raises ``ValueError`` for bytes that it refuses."""
        self._path = path
        self._parse = parse
        self._stamp: Stamp | None = None
        self._raw: bytes | None = None
        self._value: T | None = None
        self._fault = ""

    def current(self) -> T:
        """Return the value: the same object for as long as the bytes are the same.

        Raises:
            UnusableFileError: There is none now. What the file held before is never returned in its place.
        """
        try:
            if (stamp := _stamp(self._path)) != self._stamp:
                self._read(stamp)
        except OSError as error:
            self._forget(error.strerror or type(error).__name__)
        if self._value is None:
            raise UnusableFileError(self._fault)
        return self._value

    def _read(self, stamp: Stamp) -> None:
        raw = self._path.read_bytes()
        if raw != self._raw:
            try:
                self._value = self._parse(raw)
            except ValueError as error:
                self._forget(str(error))
            else:
                self._raw, self._fault = raw, ""
                _log.info("read %s", self._path)
        settled = not 0 <= time.time_ns() - stamp[1] < SETTLED_NANOSECONDS
        self._stamp = stamp if settled else None

    def _forget(self, fault: str) -> None:
        if fault != self._fault:
            _log.error("cannot use %s: %s", self._path, fault)
        self._stamp, self._raw, self._value, self._fault = None, None, None, fault


def _stamp(path: Path) -> Stamp:
    status = os.stat(path)  # noqa: PTH116 - once a call on the hot path; Path.stat costs twice as much
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
