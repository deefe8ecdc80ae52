"""The port ``Spans``: from which number on each queue was sealed since an instant.

Times in a queue never go back, so that the number is found by halving and no index over times is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.storage.audit_reader import read_entries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Engine

    from gateway.storage.audit_place import DatabasePlace, FolderPlace


class QueueSpans:
    """The spans of all queues of one place. Blocking."""

    def __init__(self, place: FolderPlace | DatabasePlace) -> None:
        self._place = place

    def since(self, instant: datetime) -> Mapping[str, tuple[int, int]]:
        """Return for each writer the first number of the span and the number of its next entry; see the port."""
        engines = self._place.readers()
        return {
            writer: (_first(engines[writer], writer, end, instant), end)
            for writer, end in self._place.next_numbers().items()
            if writer in engines
        }


def _first(engine: Engine, writer: str, end: int, instant: datetime) -> int:
    low, high = 0, end
    while low < high:
        middle = (low + high) // 2
        found = read_entries(engine, writer, middle, 1)
        if found and found[0].time < instant:
            low = middle + 1
        else:
            high = middle
    return low
