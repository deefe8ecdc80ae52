"""A file that may change while we run: read again when it changed, and never trusted while it cannot be read."""

from __future__ import annotations

import logging
import os
import time
from datetime import UTC, datetime
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
    """What a file holds now, or held a fraction of a second ago; not for use by several threads at once.

    Somebody may look from time to time on behalf of all who ask. Nobody has to, so that no watcher can die unnoticed:
    whoever asks looks, when the last look is too long ago.
    """

    def __init__(
        self,
        path: Path,
        parse: Callable[[bytes], T],
        every: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Watch *path*.

        Args:
            path: The file.
            parse: Turns its bytes into the value; raises ``ValueError`` for bytes that it refuses. Whatever else it
                raises makes the file unusable as well.
            every: Seconds for which a look holds, because a stat costs more than all else that a call checks; 0 looks
                each time.
            clock: Seconds that never go back.
        """
        self._path = path
        self._parse = parse
        self._every = every
        self._clock = clock
        self._looked = float("-inf")
        self._written_ns = 0
        self._stamp: Stamp | None = None
        self._raw: bytes | None = None
        self._value: T | None = None
        self._fault = ""

    def current(self) -> T:
        """Return the value: the same object for as long as the bytes are the same.

        Raises:
            UnusableFileError: There is none now. What the file held before is never returned in its place.
        """
        if self._clock() - self._looked >= self._every:
            self.look()
        if self._value is None:
            raise UnusableFileError(f"{self._path}: {self._fault}")
        return self._value

    @property
    def written_at(self) -> datetime:
        """When the file was written, as its time stamp said when ``current`` last looked; UTC."""
        return datetime.fromtimestamp(self._written_ns / 1e9, UTC)

    def look(self) -> None:
        """Look at the file now, however short ago the last look was."""
        self._looked = self._clock()
        try:
            stamp = _stamp(self._path)
            self._written_ns = stamp[0]
            if stamp != self._stamp:
                self._read(stamp)
        except OSError as error:
            self._forget(error.strerror or type(error).__name__)

    def _read(self, stamp: Stamp) -> None:
        raw = self._path.read_bytes()
        if raw != self._raw:
            try:
                self._value = self._parse(raw)
            except ValueError as error:
                self._forget(str(error))
            except Exception as error:  # noqa: BLE001 - whatever a parser raises, what the file held before is over
                self._forget(f"cannot be understood: {type(error).__name__}: {error}")
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
