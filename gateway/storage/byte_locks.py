"""``ByteLocks``: one file of which each name locks a byte, so that a lock leaves nothing behind; for one machine."""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PLACES: Final = 1 << 62
"""Bytes of which a name takes one. Nothing is written there: the file stays empty."""


class ByteLocks:
    """Locks by name, for several threads and processes. They end with the process that has them."""

    def __init__(self, file: Path) -> None:
        """Take the file, which is made when the first lock is asked for, for its owner alone."""
        self._file = file

    @contextmanager
    def held(self, name: str) -> Iterator[bool]:
        """Hold the lock of a name while the context lasts; False, at once, while somebody else holds it.

        Raises:
            StoreUnavailableError: The file cannot be made or locked.
        """
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnavailableError("evidence cannot be written", kind=type(error).__name__) from error
        try:
            yield _locked(descriptor, name)
        finally:
            os.close(descriptor)


def _locked(descriptor: int, name: str) -> bool:
    place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % _PLACES
    # Of the open file, not of the process: two threads must exclude each other as well.
    wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0)
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wanted)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as error:
        raise StoreUnavailableError("evidence cannot be written", kind=type(error).__name__) from error
    return True
