"""What a process leaves behind when its record cannot be written any more: that it stopped, when, and why.

A full disk has no room for it. So the file is as long as it will ever be from the first start on, and is written over
in place. The next start makes an entry of it.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final, NamedTuple

from formats.civil import format_instant
from gateway.storage.durable import sync_folder

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

SIZE: Final = 4096
"""Bytes: one page of a disk, which is written whole or not."""
CAUSE_LIMIT: Final = 200


class Stopped(NamedTuple):
    """When a process stopped, UTC as in the record, and by which error; both empty where the note cannot be read."""

    at: str
    cause: str


class StopNote:
    """The note of one writer. Blocking; use it from one thread at a time."""

    def __init__(self, file: Path) -> None:
        """Reserve the room, durably, where that has not been done.

        Raises:
            OSError: There is none, or the file cannot be written.
        """
        self._file = file
        if file.is_file() and file.stat().st_size == SIZE:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as reserved:
            reserved.write(bytes(SIZE))
            reserved.flush()
            os.fsync(reserved.fileno())
        sync_folder(file.parent)

    def write(self, at: datetime, cause: str) -> None:
        """Leave the note. Raises ``OSError``."""
        said = json.dumps({"at": format_instant(at), "cause": cause[:CAUSE_LIMIT]}).encode()
        self._put(said.ljust(SIZE, b"\0"))

    def read(self) -> Stopped | None:
        """Return what was left behind; None when nothing was. Raises ``OSError``."""
        said = self._file.read_bytes().rstrip(b"\0")
        if not said:
            return None
        try:
            note = json.loads(said)
            return Stopped(str(note["at"]), str(note["cause"])[:CAUSE_LIMIT])
        except (ValueError, TypeError, KeyError):
            return Stopped("", "")

    def clear(self) -> None:
        """Take the note back, durably. Raises ``OSError``."""
        self._put(bytes(SIZE))

    def _put(self, content: bytes) -> None:
        with self._file.open("r+b") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
