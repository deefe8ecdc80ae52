"""Makes a log with proofs for outside verifiers: everything in files, nothing of it secret.

    python made_log.py FOLDER

In FOLDER afterwards: ``log/`` (the static files), ``vkey``, ``earlier`` (a checkpoint of fewer entries),
``inclusion.json`` (entries with their proofs) and ``consistency.json`` (the proof between the two checkpoints).
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from formats.checkpoint import parse_checkpoint
from formats.note import decode_note
from formats.tlog_proof import decode_proof
from gateway.domain.audit import Draft, salts_needed, seal
from gateway.security.log_keys import LogKeys
from gateway.services.integrate_queues import IntegrateQueues
from gateway.services.prove_entries import ProveEntries
from gateway.storage.audit_open import open_queue
from gateway.storage.audit_place import FolderPlace
from gateway.storage.engine import open_engine
from gateway.storage.log_files import LogFolder
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.log_store import SqlLogStore
from gateway.storage.migrations import LOG, upgrade

GATEWAY = "shiyan.example"
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
EARLIER, LATER = 37, 300
PROVEN = (0, 1, 36, 255, 256, LATER)
"""Indexes of entries; the last is that of the last entry, behind the opening."""


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        """Return noon."""
        return NOON


def make(folder: Path) -> None:
    """Make everything in an empty folder."""
    place = FolderPlace(folder / "audit")
    engine = open_engine(f"sqlite:///{folder / 'log.sqlite'}")
    upgrade(engine, LOG)
    store, queues = SqlLogStore(engine, place), PlaceQueues(place)
    integrating = IntegrateQueues(GATEWAY, store, queues, LogKeys(folder / "keys"), LogFolder(folder / "state"), Noon())
    state = integrating.begin()
    for end in (EARLIER, LATER):
        record(place, end)
        state, _ = integrating.round(state)
        if end == EARLIER:
            (folder / "earlier").write_bytes(state.note)
    (folder / "state" / "2026").rename(folder / "log")
    (folder / "vkey").write_text(f"{state.key}\n", encoding="utf-8")
    prove = ProveEntries(store)
    (folder / "inclusion.json").write_text(json.dumps([inclusion(prove, state.origin, at) for at in PROVEN]))
    hashes, _ = prove.consistency(state.origin, EARLIER + 1)
    (folder / "consistency.json").write_text(json.dumps([each.hex() for each in hashes]))
    engine.dispose()
    place.close()


def record(place: FolderPlace, end: int) -> None:
    """Record calls until the queue holds *end*."""
    queue = open_queue(place, "gw1-0")
    calls = range(queue.tail.next_number, end)
    drafts = {number: Draft({"method": "CreditService/CheckEligibility", "case": f"案-{number}"}) for number in calls}
    queue.store.append(
        [
            seal(draft, "gw1-0", number, NOON + timedelta(seconds=number), bytes(salts_needed(draft)))
            for number, draft in drafts.items()
        ]
    )
    queue.held.close()


def inclusion(prove: ProveEntries, origin: str, index: int) -> dict[str, object]:
    """Return an entry with its proof, and the tree that it is proven in."""
    proven = prove.inclusion(origin, index)
    proof = decode_proof(proven.proof)
    checkpoint = parse_checkpoint(decode_note(proof.checkpoint).text)
    return {
        "entry": proven.envelope.hex(),
        "index": index,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "hashes": [each.hex() for each in proof.path],
    }


if __name__ == "__main__":
    make(Path(sys.argv[1]))
