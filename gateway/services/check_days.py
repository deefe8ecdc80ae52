"""Making every index of a day anew from the bytes of the queues, and comparing it with what is stored and recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from formats.day_index import root_of
from formats.day_proof import SIDES, STATEMENT
from gateway.domain.day_index import Stretch
from gateway.services.ports.log import LogDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.services.index_days import IndexDays
    from gateway.services.ports.days import IndexedDay, SideTree, StoredDays
    from gateway.services.ports.log import Entries


class CheckDays:
    """Looks at all indexes, the oldest first. Reads only; a gateway may serve meanwhile."""

    def __init__(self, days: StoredDays, index: IndexDays, entries: Entries) -> None:
        self._days = days
        self._index = index
        self._entries = entries
        self.count = 0
        """Indexes looked at."""

    def flaws(self) -> Iterator[str]:
        """Yield what is wrong with each index.

        Of one that covers entries whose content was erased since, what it says of them cannot be made anew: then it is
        compared with its recorded entry alone.

        Raises:
            StoreUnavailableError: A database failed.
        """
        last: IndexedDay | None = None
        for stored in self._days.all():
            self.count += 1
            for flaw in (*self._made_anew(last, stored), *self._sides(stored), *self._entry(stored)):
                yield f"the index of {stored.day}: {flaw}"
            last = stored

    def _made_anew(self, last: IndexedDay | None, stored: IndexedDay) -> Iterator[str]:
        covers = [Stretch(each["writer"], each["first"], each["end"]) for each in stored.statement["covers"]]
        reached = last.reached if last else {}
        for each in covers:
            if each.first != reached.get(each.writer, 0):
                yield f"leaves out entries of queue {each.writer!r} before number {each.first}"
        erased = self._index.erased
        try:
            made, sides = self._index.build(last, stored.day, covers)
        except LogDamagedError as error:
            yield str(error)
            return
        if self._index.erased > erased:
            return
        if _plain(made) != _plain(stored):
            yield "is not that of the entries which it covers"
        for side in SIDES:
            found = self._days.whole(stored.number, side)
            if found is None or _parts(found) != _parts(sides[side]):
                yield f"the stored {side} side is not that of the entries which it covers"

    def _sides(self, stored: IndexedDay) -> Iterator[str]:
        for side in SIDES:
            found = self._days.whole(stored.number, side)
            if found is None or root_of(found.nodes).hex() != stored.statement[side]["root"]:
                yield f"the stored {side} side does not have the root that was committed"

    def _entry(self, stored: IndexedDay) -> Iterator[str]:
        """Compare an index with the entry that holds it; one that is not recorded yet will be."""
        if not stored.recorded:
            return
        entry = self._entries.find(stored.writer, stored.entry)
        if entry is None:
            yield f"its entry {stored.writer}/{stored.entry} is missing"
        elif not entry.erased:
            lines = [json.loads(line.content) for line in entry.lines]
            if (json.loads(entry.body).get(STATEMENT), lines) != _plain(stored):
                yield f"its entry {stored.writer}/{stored.entry} says otherwise"


def _plain(indexed: IndexedDay) -> tuple[Mapping[str, object], list[Mapping[str, object]]]:
    return indexed.statement, list(indexed.draft.lines)


def _parts(tree: SideTree) -> tuple[object, ...]:
    return tree.depth, tree.nodes, list(tree.leaves)
