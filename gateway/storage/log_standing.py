"""How far the signed log is behind the queues, for an operator: nothing of what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formats import canonical
from formats.civil import civil_date, parse_instant
from gateway.domain.status import LogFigures
from gateway.storage.audit_reader import read_entries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from gateway.domain.log import LogState
    from gateway.storage.audit_place import DatabasePlace, FolderPlace
    from gateway.storage.day_store import SqlDayStore
    from gateway.storage.log_store import SqlLogStore


def log_figures(place: DatabasePlace | FolderPlace, store: SqlLogStore, days: SqlDayStore) -> LogFigures:
    """Return how the log and the indexes of days stand; *since* is the oldest entry that no signed checkpoint covers.

    Raises:
        LogDamagedError: What the log holds is in no queue.
        StoreUnavailableError: A database failed.
    """
    state, integrated, ends = store.newest(), store.integrated(), place.next_numbers()
    behind = {writer: end - integrated.get(writer, 0) for writer, end in ends.items()}
    waiting = [
        entry.time
        for writer, count in behind.items()
        if count > 0
        for entry in read_entries(place.readers()[writer], writer, integrated.get(writer, 0), 1)
    ]
    unsigned = 0 if state is None else state.size - state.signed_size
    if state is not None and unsigned:
        waiting += _first_unsigned(store, state)
    return LogFigures(
        origin="" if state is None else state.origin,
        signed=0 if state is None else state.signed_size,
        waiting=sum(count for count in behind.values() if count > 0) + unsigned,
        since=min(waiting, default=None),
        day_to_index=days.first_without() or _first_day(place, ends),
    )


def _first_day(place: DatabasePlace | FolderPlace, ends: Mapping[str, int]) -> date | None:
    """Return the day of the oldest entry; None when there is no entry."""
    readers = place.readers()
    firsts = (entry for writer, end in ends.items() if end for entry in read_entries(readers[writer], writer, 0, 1))
    return min((civil_date(entry.time) for entry in firsts), default=None)


def _first_unsigned(store: SqlLogStore, state: LogState) -> list[datetime]:
    """Return the time of the first entry that is in the log and not signed; the opening of a log has none."""
    for index in range(state.signed_size, min(state.signed_size + 2, state.size)):
        (envelope,) = store.envelopes(state.origin, index, 1)
        content = canonical.decode(envelope)
        if isinstance(content, dict) and "time" in content:
            return [parse_instant(str(content["time"]))]
    return []
