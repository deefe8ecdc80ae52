"""The doctor's looks at this machine: its disks, the store, the clock, the audit queues."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.bootstrap.config import StartError
from gateway.bootstrap.evidence import evidence_upkeep
from gateway.bootstrap.stores import audit_place, store_engine
from gateway.bootstrap.watch import growing
from gateway.domain.errors import StoreUnavailableError
from gateway.domain.status import GIGABYTE
from gateway.storage.audit_reader import read_entries
from gateway.storage.audit_runs import ErasedEntries
from gateway.storage.engine import is_sqlite
from gateway.storage.history import SqlHistory
from gateway.storage.migrations import FACTS, is_current

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Engine

    from gateway.bootstrap.config import Config
    from gateway.cli.doctor_certificates import Finding
    from gateway.storage.audit_place import DatabasePlace, FolderPlace

SHOWN = 5
"""Entries that are named; of the others it says how many."""


def disk(config: Config, *, least: float) -> Iterable[Finding]:
    """Look at the state folder, and at what of it is on a disk of its own; *least* is in 10^9 bytes."""
    state = config.settings.state
    if not state.is_dir():
        yield "disk", False, f"the state folder {state} is not there"
        return
    yield _room("disk", state, least)
    for what, folder in growing(config.settings).items():
        if folder.is_dir() and folder.stat().st_dev != state.stat().st_dev:
            yield _room(f"disk of the {what}", folder, least)
        elif folder.is_symlink() and not folder.is_dir():
            yield f"disk of the {what}", False, f"{folder} leads nowhere: is its disk mounted?"


def evidence(config: Config) -> Iterable[Finding]:
    """Ask the bucket of sealed evidence, where there is one, for what it would be asked at an upload."""
    bucket = config.settings.evidence
    if bucket is None:
        return
    try:
        next(evidence_upkeep(config.settings).whole(), None)
    except StartError as error:
        yield "evidence", False, f"cannot be opened: {error}"
    except StoreUnavailableError as error:
        yield "evidence", False, f"{bucket.bucket} at {bucket.endpoint}: {error.metadata.get('kind', error.message)}"
    else:
        yield "evidence", True, f"{bucket.bucket} at {bucket.endpoint} answers"


def _room(link: str, folder: Path, least: float) -> Finding:
    writable = os.access(folder, os.W_OK)
    held = os.statvfs(folder)
    free = held.f_bavail * held.f_frsize / GIGABYTE
    said = f"{free:.1f} GB free, {'' if writable else 'NOT '}writable"
    return link, writable and free > least, said if free > least else f"{said}; at least {least:g} GB are needed"


def store(config: Config) -> Iterable[Finding]:
    """Look at the store, and with it at the clock and the queues; nothing is made that is not there."""
    engine = store_engine(config.settings)
    try:
        if is_sqlite(engine) and not Path(str(engine.url.database)).exists():
            yield "store", False, f"{engine.url.database} is not there"
            return
        current = is_current(engine, FACTS)
        yield "store", current, "tables are up to date" if current else "tables are of another version"
        if not current:
            return
        place = audit_place(config.settings, engine)
        try:
            numbers = place.next_numbers()
            yield _clock(engine, place, numbers, config.settings.limits.clock_skew)
        finally:
            place.close()
        said = ", ".join(f"{writer}: {number} entries" for writer, number in numbers.items())
        yield "audit", True, said or "no queue yet"
    except StoreUnavailableError as error:
        yield "store", False, error.message
    finally:
        engine.dispose()


def erased(config: Config) -> Iterable[Finding]:
    """Look whether every erased entry was ordered by a run of retention that is on record (I-58)."""
    engine = store_engine(config.settings)
    place = audit_place(config.settings, engine)
    try:
        look = ErasedEntries(place)
        wrong = [f"{writer}/{number}: {why}" for writer, number, why in look.unordered()]
        said = "; ".join(wrong[:SHOWN]) + (f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else "")
        yield "erased entries", not wrong, said or f"{look.count}, each as a recorded run ordered"
    except StoreUnavailableError as error:
        yield "erased entries", False, error.message
    finally:
        place.close()
        engine.dispose()


def _clock(engine: Engine, place: FolderPlace | DatabasePlace, numbers: dict[str, int], limit: timedelta) -> Finding:
    """Compare this machine's clock with the store's, and with what is on record: none of it is of a moment ahead."""
    history = SqlHistory(engine)
    now, stores, revision = datetime.now(UTC), history.store_clock(), history.head()
    skew = abs(now - stores) if stores is not None else timedelta()
    said = f"{skew.total_seconds():.2f} s off the store's, data revision {revision}"
    seen = {
        f"the confirmation of {feed}": state.current_until
        for feed, state in sorted(history.feeds(revision).items())
        if state.current_until is not None
    }
    for writer, engine_of in sorted(place.readers().items()):
        for entry in read_entries(engine_of, writer, max(0, numbers.get(writer, 0) - 1), 1):
            seen[f"the last entry of {writer}"] = entry.time
    behind = {what: moment - now for what, moment in seen.items() if moment - now > limit}
    for what, span in behind.items():
        said += f"; {span.total_seconds():.1f} s behind {what}"
    return "clock", skew <= limit and not behind, said
