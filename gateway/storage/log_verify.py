"""Verifying a log from its static files alone: checkpoint, every entry, every tile, as whoever has a copy of them can.

It needs no queue, no database and no private key: a folder, the public keys that are trusted, and checkpoints that were
kept elsewhere. It holds a few tiles at a time, whatever the size of the log. What differs is named by its file, and
looking goes on where it can. What the entries of a log say is in ``log_entries``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from formats.checkpoint import parse_checkpoint
from formats.growing_tiles import GrowingTiles
from formats.merkle import HASH_SIZE, leaf_hash
from formats.note import NoteError, decode_note, verify_note
from formats.tiles import HEIGHT, WIDTH, Tile, decode_bundle, encode_bundle, entries_path
from gateway.storage.log_entries import EntryOrder
from gateway.storage.log_files import CHECKPOINT, narrower, read_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from formats.checkpoint import Checkpoint
    from formats.note import VerificationKey, Verify

FLAWS_SHOWN: Final = 1_000
"""Of one log; more are not told."""


@dataclass(slots=True)
class FolderReport:
    """What was looked at of one log, and what is wrong."""

    folder: Path
    checkpoint: Checkpoint | None = None
    """The one that lies there; None when none of the trusted keys has signed it."""
    signed_by: tuple[str, ...] = ()
    """Names of the trusted keys that have."""
    after: str = ""
    """Last checkpoint of the log before this one, as its first entry has it; empty when there was none."""
    entries: int = 0
    files: int = 0
    flaws: list[str] = field(default_factory=list)

    def add(self, what: str) -> None:
        """Note a flaw."""
        if len(self.flaws) < FLAWS_SHOWN:
            self.flaws.append(what)


class FolderCheck:
    """Looks at one log's folder once; a gateway may write into it meanwhile."""

    def __init__(self, folder: Path, keys: Sequence[VerificationKey], verify: Verify) -> None:
        """Look at *folder*, which holds ``checkpoint`` and ``tile/``; *keys* are those that are trusted."""
        self._folder: Final = folder
        self._keys: Final = keys
        self._verify: Final = verify
        self._tiles: Final = GrowingTiles()
        self._order: Final = EntryOrder()
        self._report: Final = FolderReport(folder)

    def run(self, progress: Callable[[int], None], kept: Sequence[Checkpoint] = ()) -> FolderReport:
        """Look at everything.

        Args:
            progress: Told how many entries have been looked at.
            kept: Checkpoints from elsewhere; those of this log it must begin as they say, and be no shorter.
        """
        checkpoint = self._checkpoint()
        if checkpoint is None:
            return self._report
        self._report.checkpoint = checkpoint
        kept = [each for each in kept if each.origin == checkpoint.origin]
        for each in kept:
            if each.size > checkpoint.size:
                lost = each.size - checkpoint.size
                self._report.add(
                    f"{self._folder}: the last {lost} of the {each.size} entries of a kept checkpoint are lost"
                )
        roots: dict[int, list[tuple[str, bytes]]] = {checkpoint.size: [("checkpoint", checkpoint.root)]}
        for each in kept:
            if each.size <= checkpoint.size:
                roots.setdefault(each.size, []).append(("kept checkpoint", each.root))
        if self._entries(checkpoint, sorted(roots), roots, progress):
            for place, hashes in self._tiles.growing.items():
                self._compare(place, hashes, checkpoint.size)
            self._report.after = self._order.after
        return self._report

    def _checkpoint(self) -> Checkpoint | None:
        try:
            note = decode_note((self._folder / CHECKPOINT).read_bytes())
            checkpoint = parse_checkpoint(note.text)
            signed = verify_note(note, self._keys, self._verify)
        except OSError as error:
            self._report.add(f"{self._folder / CHECKPOINT}: {error.strerror}")
            return None
        except NoteError as error:
            self._report.add(f"{self._folder / CHECKPOINT}: {error}")
            return None
        self._report.signed_by = tuple(each.key.name for each in signed)
        if checkpoint.origin not in self._report.signed_by:
            self._report.add(f"{self._folder / CHECKPOINT}: is not signed by a trusted key of {checkpoint.origin}")
            return None
        return checkpoint

    def _entries(
        self,
        checkpoint: Checkpoint,
        stops: list[int],
        roots: dict[int, list[tuple[str, bytes]]],
        progress: Callable[[int], None],
    ) -> bool:
        """Go through all entries; False when some cannot be had from either file, so that no more can be said."""
        for first in range(0, checkpoint.size, WIDTH):
            leaves = self._leaves(first // WIDTH, min(WIDTH, checkpoint.size - first), checkpoint)
            if leaves is None:
                self._report.add(f"{self._folder}: what follows entry {first} cannot be looked at")
                return False
            done = 0
            while stops and stops[0] <= first + len(leaves):
                end = stops.pop(0)
                self._grow(leaves[done : end - first], checkpoint.size)
                done = max(done, end - first)
                for whose, root in roots[end]:
                    if self._tiles.root() != root:
                        self._report.add(f"{self._folder}: the {whose}'s root of {end} entries is not theirs")
            self._grow(leaves[done:], checkpoint.size)
            progress(first + len(leaves))
        return True

    def _leaves(self, number: int, width: int, checkpoint: Checkpoint) -> list[bytes] | None:
        """Return the leaf hashes of a bundle; where it is broken, those that its tile has."""
        name, entries = entries_path(number, width), []
        try:
            content, shown = self._read(name)
            entries = decode_bundle(content)
        except OSError as error:
            self._report.add(f"{self._folder / name}: {error.strerror}")
            return self._leaves_of_tile(number, width)
        except ValueError as error:
            self._report.add(f"{self._folder / name}: {error}")
            return self._leaves_of_tile(number, width)
        if len(entries) < width or (shown == name and len(entries) > width):
            self._report.add(f"{self._folder / name}: holds {len(entries)} entries in place of {width}")
            return self._leaves_of_tile(number, width)
        for place, entry in enumerate(entries[:width], start=number * WIDTH):
            if wrong := self._order.flaw(place, entry, checkpoint.origin):
                self._report.add(f"{self._folder / name}: entry {place}: {wrong}")
        self._narrower(name, lambda width: encode_bundle(entries[:width]))
        self._report.entries += width
        return [leaf_hash(each) for each in entries[:width]]

    def _leaves_of_tile(self, number: int, width: int) -> list[bytes] | None:
        try:
            hashes, _ = self._read(Tile(0, number, width).path)
        except OSError:
            return None  # it is named when it is compared, or with what follows
        if len(hashes) < width * HASH_SIZE:
            return None
        return [hashes[at : at + HASH_SIZE] for at in range(0, width * HASH_SIZE, HASH_SIZE)]

    def _grow(self, leaves: list[bytes], size: int) -> None:
        for place, hashes in self._tiles.append(leaves).items():
            self._compare(place, hashes, size)

    def _compare(self, place: tuple[int, int], hashes: bytes, size: int) -> None:
        level, number = place
        width = min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH)
        name = Tile(level, number, width).path
        try:
            content, shown = self._read(name)
        except OSError as error:
            self._report.add(f"{self._folder / name}: {error.strerror}")
            return
        if content[: len(hashes)] != hashes or (shown == name and len(content) != len(hashes)):
            self._report.add(f"{self._folder / name}: is not the tile of the log's entries")
        self._narrower(name, lambda width: hashes[: width * HASH_SIZE])

    def _narrower(self, name: str, beginning: Callable[[int], bytes]) -> None:
        """Look at what is left of a file from when it was narrower; it goes when a gateway fills the wide one."""
        for narrow, width in narrower(self._folder, name):
            try:
                content = (self._folder / narrow).read_bytes()
            except FileNotFoundError:
                continue
            self._report.files += 1
            if content != beginning(width):
                self._report.add(f"{self._folder / narrow}: is not the beginning of {name}")

    def _read(self, name: str) -> tuple[bytes, str]:
        self._report.files += 1
        return read_shown(self._folder, name)
