"""Indexing days: which calls asked about which enterprise, for each civil day (UTC+8) that is over, one after another.

An index is made only when the log has come past every entry of the day that the queues hold: one that leaves something
out would be worse than none. It is stored before it is recorded, and recorded as it is stored, so that a process which
ends in between is followed by one that records the same. What reaches a queue later for a day is in the next index.
"""

from __future__ import annotations

import hmac
import json
from bisect import bisect_right
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from formats.civil import civil_date, midnight
from formats.day_index import DayTree, depth_of, position_of, root_of, width_of
from formats.day_proof import ORDINARY, SIDES, before_of
from gateway.domain.day_index import (
    NOTHING_YET,
    DayContent,
    Place,
    Stretch,
    draft_of,
    running_counts,
    statement_of,
)
from gateway.domain.who_asked import INVESTIGATORS
from gateway.services.ports.days import IndexedDay, SideTree
from gateway.services.ports.log import LogDamagedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from gateway.domain.audit import Entry
    from gateway.services.ports.days import DayStore, Releases
    from gateway.services.ports.log import LogIntegrated, Queues
    from gateway.services.ports.register import Clock

LATE: Final = timedelta(minutes=1)
"""After the end of a day, for what was sealed just before it to be on disk; what comes later is in the next index."""
ENTRIES_AT_ONCE: Final = 500


class IndexDays:
    """Makes indexes. Used by one process and one thread at a time."""

    def __init__(self, days: DayStore, queues: Queues, log: LogIntegrated, releases: Releases, key: bytes) -> None:
        """Take what is read and where indexes go; *key* is the secret that blinds them."""
        self._days = days
        self._queues = queues
        self._log = log
        self._releases = releases
        self._key = key
        self.erased = 0
        """Entries that were passed over because their content was erased (I-58)."""

    def next(self, clock: Clock) -> IndexedDay | None:
        """Index the next day and return its index; None when none is due, or the log has not come so far.

        Raises:
            LogDamagedError: An entry is not what was recorded; the day is not indexed.
            StoreUnavailableError: A database failed.
        """
        last = self._days.newest()
        ends = dict(self._queues.ends())
        day = last.day + timedelta(days=1) if last else self._first_day(ends)
        if day is None or clock.now() < midnight(day + timedelta(days=1)) + LATE:
            return None
        covers = self._covers(last, ends, midnight(day + timedelta(days=1)))
        integrated = self._log.integrated()
        if any(each.end > integrated.get(each.writer, 0) for each in covers):
            return None
        indexed, sides = self.build(last, day, covers)
        self._days.add(indexed, sides)
        return indexed

    def build(
        self, last: IndexedDay | None, day: date, covers: Sequence[Stretch]
    ) -> tuple[IndexedDay, Mapping[str, SideTree]]:
        """Return the index of a day behind *last*, made from the bytes of the queues; nothing is stored.

        Raises:
            LogDamagedError, StoreUnavailableError: As ``next`` does.
        """
        number = last.number + 1 if last else 0
        reached = dict(last.reached) if last else {}
        content = self._content(reached, covers)
        statement = statement_of(number, day, before_of(last.statement) if last else NOTHING_YET, covers)
        sides = {side: self._tree(number, day, side, content.leaves(side)) for side in SIDES}
        for side, tree in sides.items():
            statement[side] = {"root": root_of(tree.nodes).hex(), "depth": tree.depth}
        # Of the other side nothing is counted: that somebody is investigated would be seen in the number.
        statement[ORDINARY] |= {  # type: ignore[operator]  # a dict, as made above
            "enterprises": len(sides[ORDINARY].leaves),
            "entries": content.entries_named(ORDINARY),
        }
        lines = content.lines(running_counts(last.draft.lines) if last else {})
        reached |= {each.writer: each.end for each in covers}
        return IndexedDay(number, day, reached, draft_of(statement, lines)), sides

    def _first_day(self, ends: Mapping[str, int]) -> date | None:
        """Return the day of the oldest entry; None when there is no entry."""
        firsts = (entry for writer, end in ends.items() if end for entry in self._queues.read(writer, 0, 1)[:1])
        return min((civil_date(entry.time) for entry in firsts), default=None)

    def _covers(self, last: IndexedDay | None, ends: Mapping[str, int], end_of_day: datetime) -> list[Stretch]:
        reached = last.reached if last else {}
        found = []
        for writer, end in sorted(ends.items()):
            first = reached.get(writer, 0)
            stop = self._first_at(writer, first, end, end_of_day)
            if stop > first:
                found.append(Stretch(writer, first, stop))
        return found

    def _first_at(self, writer: str, first: int, end: int, moment: datetime) -> int:
        """Return the first number from *first* on that was sealed at *moment* or later; times of a queue never fall."""
        while first < end:
            middle = (first + end) // 2
            found = self._queues.read(writer, middle, 1)
            if not found:
                raise LogDamagedError(f"queue {writer!r}, number {middle}: is missing")
            if found[0].time < moment:
                first = middle + 1
            else:
                end = middle
        return first

    def _content(self, reached: Mapping[str, int], covers: Sequence[Stretch]) -> DayContent:
        ends = {**reached, **{each.writer: each.end for each in covers}}
        known = [each for each in self._releases.releases() if each.number < ends.get(each.writer, 0)]
        earlier = {(each.agency, each.case_ref) for each in known if each.number < reached.get(each.writer, 0)}
        content = DayContent(frozenset((each.agency, each.case_ref) for each in known))
        for stretch in covers:
            places = Places(self._days, stretch)
            for entry in self._entries(stretch):
                content.take(entry, *_decoded(entry), places.of(entry.number))
        for agency, case_ref in sorted({(each.agency, each.case_ref) for each in known} - earlier):
            self._release(content, agency, case_ref, reached)
        return content

    def _release(self, content: DayContent, agency: str, case_ref: str, reached: Mapping[str, int]) -> None:
        """Name what earlier indexes hold of a case among the investigations."""
        for row in self._releases.of_case(agency, case_ref):
            entry, caller = row.entry, row.content.get("caller")
            role = caller.get("role") if isinstance(caller, dict) else ""
            if entry.erased or entry.number >= reached.get(entry.writer, 0) or role not in INVESTIGATORS:
                continue
            whole = self._queues.read(entry.writer, entry.number, 1)[0]
            place = Places(self._days, Stretch(entry.writer, entry.number, entry.number + 1)).of(entry.number)
            content.release(whole, *_decoded(whole), place)

    def _entries(self, stretch: Stretch) -> Iterator[Entry]:
        """Yield the entries of a stretch as they were recorded, but for those whose content was erased since."""
        number = stretch.first
        while number < stretch.end:
            found = self._queues.read(stretch.writer, number, min(ENTRIES_AT_ONCE, stretch.end - number))
            if not found:
                raise LogDamagedError(f"queue {stretch.writer!r}, number {number}: is missing")
            for entry in found:
                if wrong := "is missing" if entry.number != number else self._queues.flaw(entry):
                    raise LogDamagedError(f"queue {stretch.writer!r}, number {number}: {wrong}")
                number += 1
                if entry.erased:
                    self.erased += 1
                else:
                    yield entry

    def _tree(self, number: int, day: date, side: str, contents: Mapping[str, bytes]) -> SideTree:
        leaves = sorted((position_of(day.isoformat(), side, uscc), uscc, said) for uscc, said in contents.items())
        depth = depth_of([position for position, _, _ in leaves])
        tree = DayTree(seed_of(self._key, number, side), depth)
        nodes = tree.nodes([(position, said) for position, _, said in leaves], width_of(len(leaves)))
        return SideTree(depth, tuple(nodes), leaves)


class Places:
    """Where the entries of one stretch stand in the log."""

    def __init__(self, days: DayStore, stretch: Stretch) -> None:
        self._runs: Final = days.places(stretch.writer, stretch.first, stretch.end)
        self._writer: Final = stretch.writer

    def of(self, number: int) -> Place:
        """Return the place of an entry; raises ``LogDamagedError`` where the log does not have it."""
        at = bisect_right(self._runs, number, key=lambda run: run[0]) - 1
        if at < 0 or number >= self._runs[at][0] + self._runs[at][1]:
            raise LogDamagedError(f"queue {self._writer!r}, number {number}: is in no log")
        first, _, place = self._runs[at]
        return Place(place.year, place.index + number - first)


def seed_of(key: bytes, number: int, side: str) -> bytes:
    """Return the secret that blinds one side of one index, so that it can be made again from the record."""
    return hmac.digest(key, f"day index/{number}/{side}".encode(), "sha256")


def _decoded(entry: Entry) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    """Return body and lines of an entry; what was hashed as it is was written by us, and is JSON."""
    return json.loads(entry.body), [json.loads(line.content) for line in entry.lines]
