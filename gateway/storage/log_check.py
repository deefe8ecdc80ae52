"""Re-deriving the whole log from bytes: every entry of every queue, every tile, every root, every published file.

Nothing that is stored beside the bytes is believed: leaf hashes are made anew from the queues, tiles from the leaves,
roots from the tiles. What differs is named, and looking goes on, so that one flaw does not hide another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from formats.checkpoint import parse_checkpoint
from formats.merkle_nodes import root_at
from formats.note import NoteError, decode_note, parse_key, verify_note
from formats.tiles import WIDTH, reader_of_tiles
from gateway.domain.errors import StoreUnavailableError
from gateway.services.ports.log import LogDamagedError
from gateway.storage.audit_reader import read_entries
from gateway.storage.audit_verify import flaw
from gateway.storage.log_files import KEY_FILE
from gateway.storage.log_remade import Remade

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from formats.checkpoint import Checkpoint
    from formats.note import Verify
    from gateway.domain.log import LogState
    from gateway.storage.audit_place import DatabasePlace, FolderPlace
    from gateway.storage.log_files import LogFolder
    from gateway.storage.log_store import SqlLogStore

CHUNK: Final = 256
"""Entries that are looked at together; of a batch the lines too."""
MISREAD: Final = (TypeError, ValueError, OverflowError)
"""What reading a row raises whose values are none that were ever written."""
FLAWS_SHOWN: Final = 1_000
"""Of one run; more are counted."""


@dataclass(slots=True)
class Report:
    """What was looked at, and what is wrong."""

    entries: int = 0
    integrated: int = 0
    files: int = 0
    flaws: list[str] = field(default_factory=list)

    def add(self, what: str) -> None:
        """Note a flaw."""
        if len(self.flaws) < FLAWS_SHOWN:
            self.flaws.append(what)


class LogCheck:
    """Looks at one gateway's queues, log and files. Reads only; a gateway may serve meanwhile."""

    def __init__(
        self, place: FolderPlace | DatabasePlace, store: SqlLogStore, files: LogFolder, verify: Verify
    ) -> None:
        self._place = place
        self._store = store
        self._files = files
        self._verify = verify

    def run(self, progress: Callable[[int], None], kept: Sequence[Checkpoint] = ()) -> Report:
        """Look at everything that there is now; what cannot be read is a flaw too.

        Args:
            progress: Told how many entries have been looked at.
            kept: Checkpoints from elsewhere: the logs must begin as each of them says, and be no shorter.

        Raises:
            OSError: A published file could not be read at all.
        """
        report = Report()
        for what in (*self._place.unsound(), *self._store.unsound()):
            report.add(what)
        for part, look in (
            ("queues", partial(self._queues, report, progress)),
            ("log", partial(self._logs, report, kept)),
            ("log's place in the queues", partial(self._lengths, report)),
        ):
            try:
                look()
            except (StoreUnavailableError, *MISREAD) as error:
                report.add(f"the {part} cannot be read: {type(error).__name__}")
        return report

    def _queues(self, report: Report, progress: Callable[[int], None]) -> None:
        for writer, end in sorted(self._place.next_numbers().items()):
            self._queue(writer, end, report, progress)

    def _logs(self, report: Report, kept: Sequence[Checkpoint]) -> None:
        states = self._store.all()
        for each in kept:
            if each.origin not in {state.origin for state in states}:
                report.add(f"{each.origin}: is not there, and a checkpoint of {each.size} entries was kept of it")
        for state in states:
            self._log(state, report, [each for each in kept if each.origin == state.origin])

    def _lengths(self, report: Report) -> None:
        for writer, number in self._store.integrated().items():
            if number > self._place.next_numbers().get(writer, 0):
                report.add(f"queue {writer!r}: {number} entries are in the log, and the queue has fewer")

    def _queue(self, writer: str, end: int, report: Report, progress: Callable[[int], None]) -> None:
        """Look at every entry of a queue: order, gaps, times, every byte."""
        engine, number, before = self._place.readers().get(writer), 0, None
        if engine is None:
            report.add(f"queue {writer!r}: lies under the name of another")
            return
        while number < end:
            chunk = read_entries(engine, writer, number, min(CHUNK, end - number), with_lines=True)
            for entry in chunk or ():
                if entry.number >= end:
                    break
                if entry.number != number:
                    report.add(f"queue {writer!r}: number {number} to {entry.number - 1} are missing")
                if wrong := flaw(entry):
                    report.add(f"queue {writer!r}, number {entry.number}: {wrong}")
                if before is not None and entry.time < before:
                    report.add(f"queue {writer!r}, number {entry.number}: is older than the entry before it")
                number, before = entry.number + 1, entry.time
                report.entries += 1
            if not chunk:
                report.add(f"queue {writer!r}: number {number} to {end - 1} are missing")
                number = end
            progress(report.entries)

    def _log(self, state: LogState, report: Report, kept: Sequence[Checkpoint]) -> None:
        """Make a log anew from the entries that it holds, and compare what is stored, signed and published of it."""
        published = self._checkpoint(state, "published", self._files.published(state.origin), report)
        if published is not None and self._files.key(state.origin) != f"{state.key}\n".encode():
            report.add(f"{self._files.of(state.origin) / KEY_FILE}: is not the key of the log")
        # Read again behind it: a gateway that serves goes on, and what is published is never ahead of what is stored.
        state = self._store.find(state.origin) or state
        remade = Remade(state.origin, self._store, self._files.of(state.origin), published.size if published else 0)
        try:
            for first in range(0, state.size, WIDTH):
                remade.add(self._store.envelopes(state.origin, first, min(WIDTH, state.size - first)))
        except LogDamagedError as error:
            report.add(str(error))
            return
        remade.end()
        for what in remade.flaws:
            report.add(what)
        report.integrated += state.size
        report.files += remade.files
        stored = self._checkpoint(state, "stored", state.note, report)
        roots = [("stored", state.size, state.root), ("signed", state.signed_size, state.signed_root)]
        for which, checkpoint in (("stored", stored), ("published", published)):
            if checkpoint is not None:
                roots.append((f"{which} checkpoint's", checkpoint.size, checkpoint.root))
        for each in kept:
            if each.size > state.size:
                lost = each.size - state.size
                report.add(f"{state.origin}: the last {lost} of the {each.size} entries of a kept checkpoint are lost")
            else:
                roots.append(("kept checkpoint's", each.size, each.root))
        self._roots(state, roots, report)
        if stored is not None and (stored.size, stored.root) != (state.signed_size, state.signed_root):
            report.add(f"{state.origin}: the stored checkpoint is not the last that was signed")

    def _roots(self, state: LogState, roots: Sequence[tuple[str, int, bytes]], report: Report) -> None:
        """Compare roots with those that the tiles have, which have been compared with the entries."""
        node = reader_of_tiles(lambda level, number: self._store.tile(state.origin, level, number))
        for whose, size, root in roots:
            try:
                same = size <= state.size and root_at(node, size) == root
            except ValueError:
                same = False
            if not same:
                report.add(f"{state.origin}: the {whose} root of {size} entries is not theirs")

    def _checkpoint(self, state: LogState, which: str, note: bytes, report: Report) -> Checkpoint | None:
        if not note:
            return None
        try:
            read = decode_note(note)
            checkpoint = parse_checkpoint(read.text)
            sound = bool(verify_note(read, [parse_key(state.key)], self._verify)) and checkpoint.origin == state.origin
        except NoteError as error:
            report.add(f"{state.origin}: the {which} checkpoint: {error}")
            return None
        if not sound:
            report.add(f"{state.origin}: the {which} checkpoint is not signed by the log's key")
        return checkpoint
