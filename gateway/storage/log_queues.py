"""The ports ``Queues`` and ``Entries``: reading every writer's queue, as whoever integrates or proves entries does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.audit import may_have_lines
from gateway.services.ports.log import LogDamagedError
from gateway.storage.audit_reader import read_entries
from gateway.storage.audit_verify import flaw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.audit import Entry
    from gateway.storage.audit_place import DatabasePlace, FolderPlace

WITH_LINES: Final = 50
"""Entries that are read at once when one of them has batch lines, up to a thousand each."""


class PlaceQueues:
    """The queues of one place. Blocking."""

    def __init__(self, place: FolderPlace | DatabasePlace) -> None:
        self._place: Final = place

    def ends(self) -> Mapping[str, int]:
        """Return for each writer the number that its next entry will have.

        Raises:
            StoreUnavailableError: A database failed.
        """
        return self._place.next_numbers()

    def read(self, writer: str, first: int, limit: int) -> list[Entry]:
        """Return entries in order with their lines, at most *limit* and at least one where there is one.

        Raises:
            LogDamagedError: A queue says that it is this writer's and lies under another's name.
            StoreUnavailableError: The database failed.
        """
        engine = self._place.readers().get(writer)
        if engine is None:
            raise LogDamagedError(f"the queue of {writer} does not lie under its own name")
        found = read_entries(engine, writer, first, limit)
        if any(may_have_lines(entry.body) for entry in found):
            return read_entries(engine, writer, first, min(limit, WITH_LINES), with_lines=True)
        return found

    def find(self, writer: str, number: int) -> Entry | None:
        """Return an entry with its lines; None when there is none.

        Raises:
            StoreUnavailableError: The database failed.
        """
        engine = self._place.readers().get(writer)
        found = read_entries(engine, writer, number, 1, with_lines=True) if engine is not None else []
        return found[0] if found and found[0].number == number else None

    def flaw(self, entry: Entry) -> str:
        """Return what is wrong with the stored bytes of an entry; empty when nothing is."""
        return flaw(entry)
