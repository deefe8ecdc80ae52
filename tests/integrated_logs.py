"""A log that queues are integrated into, opened on either store, and a reader that believes its files only.

The fixture that opens one is in ``audit_places``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from audit_calls import NOON

from formats.checkpoint import parse_checkpoint
from formats.merkle import leaf_hash, root
from formats.note import decode_note, parse_key, verify_note
from formats.tiles import decode_bundle, entries_path
from gateway.security.log_keys import LogKeys, holds
from gateway.services.integrate_queues import IntegrateQueues
from gateway.storage.log_files import LogFolder
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.log_store import SqlLogStore

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.storage.audit_place import DatabasePlace, FolderPlace

GATEWAY = "shiyan.example"
ORIGIN = f"{GATEWAY}/audit/2026"


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.time = NOON

    def now(self):
        return self.time


@dataclass
class Site:
    """Where everything of one gateway lies, and the clock that all its processes go by."""

    place: FolderPlace | DatabasePlace
    engine: object
    folder: Path
    clock: HandClock

    def store(self):
        return SqlLogStore(self.engine, self.place)

    def integrating(self):
        """Return a process that integrates."""
        queues, keys = PlaceQueues(self.place), LogKeys(self.folder / "keys")
        return IntegrateQueues(GATEWAY, self.store(), queues, keys, LogFolder(self.folder / "log"), self.clock)

    def integrate(self):
        """Integrate all that there is, as a process that begins and ends."""
        integrating = self.integrating()
        state, more = integrating.begin(), True
        while more:
            state, more = integrating.round(state)
        self.clock.time += timedelta(seconds=1)
        return state


def read_log(folder: Path) -> tuple[list[bytes], object]:
    """Return the entries and the checkpoint of a log in static files, once everything in it has been verified."""
    key = parse_key((folder / "vkey").read_text().strip())
    note = decode_note((folder / "checkpoint").read_bytes())
    assert [each.key for each in verify_note(note, [key], holds)] == [key]
    checkpoint = parse_checkpoint(note.text)
    entries = []
    while len(entries) < checkpoint.size:
        width = min(256, checkpoint.size - len(entries))
        entries += decode_bundle((folder / entries_path(len(entries) // 256, width)).read_bytes())
    assert root([leaf_hash(each) for each in entries]) == checkpoint.root
    return entries, checkpoint
