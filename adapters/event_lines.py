"""Events as lines for a deciding system: JSON Lines in a file, on disk before the event counts as told, or a stream."""

from __future__ import annotations

import fcntl
import json
import os
from typing import TYPE_CHECKING, Self, TextIO

from jointsanctions.v1 import case_pb2

from adapters.ocds_annotation import annotation
from adapters.rules import point_name
from adapters.told import told_of
from formats.civil import format_instant

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from adapters.lossless import Json
    from adapters.watching import EventTold

NOT_REGISTERED_HERE = "CASE_NOT_REGISTERED_HERE"
"""Why no question was asked: the case is one of the agency's, and was not registered through this journal."""


def event_line(told: EventTold) -> str:
    """Return one event as a line: what happened in which case, and under ``check`` the answer to a new question.

    ``check`` is of the form that annotates an OCDS party, with the journal's ``number``; instants are RFC 3339 in UTC.
    """
    event = told.event
    said: dict[str, Json] = {
        "sequence": event.sequence,
        "kind": case_pb2.CaseEventKind.Name(event.kind).removeprefix("CASE_EVENT_KIND_"),
        "caseRef": event.case_ref,
        "part": event.part,
        "enterprise": event.uscc,
        "ofSequence": event.of_sequence or None,
        "seenAt": format_instant(event.seen_at),
        "receivedAt": format_instant(event.received_at),
    }
    if told.result is None or told.point is None:
        said |= {"check": None, "because": NOT_REGISTERED_HERE}
    else:
        said["check"] = {**annotation(point_name(told.point), told.result), "number": told_of(told.result).number}
    return json.dumps(said, ensure_ascii=False) + "\n"


class StreamLines:
    """Writes each event to a stream, such as standard output, and gives it out at once."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, told: EventTold) -> None:
        """Write one event."""
        self._stream.write(event_line(told))
        self._stream.flush()


class FileLines:
    """Appends each event to a file and has it on disk before it returns. A context manager.

    Half a line, as a kill or a full disk leaves one, is taken off again: its event does not count as told, and comes
    once more.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; readable by its owner only.

        Raises:
            OSError: It cannot be written, or another process writes it (``BlockingIOError``).
        """
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._end = self._whole()
            _keep_entry(path.parent)
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def __call__(self, told: EventTold) -> None:
        """Append one event; raises ``OSError`` when it is not on disk."""
        line = event_line(told).encode()
        os.ftruncate(self._file, self._end)
        at = self._end
        while at < self._end + len(line):
            at += os.pwrite(self._file, line[at - self._end :], at)
        os.fsync(self._file)
        self._end = at

    def _whole(self) -> int:
        """Return where the last whole line ends."""
        end = os.fstat(self._file).st_size
        while end:
            begin = max(0, end - 4096)
            found = os.pread(self._file, end - begin, begin).rfind(b"\n")
            if found >= 0:
                return begin + found + 1
            end = begin
        return 0


def _keep_entry(folder: Path) -> None:
    """Have it on disk that the file is there."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
