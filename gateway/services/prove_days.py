"""Proofs from the indexes of days: that these are all calls about an enterprise, and how often a caller called."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from formats.day_index import DayTree, position_of
from formats.day_proof import DaySpots, encode_day_proof
from formats.merkle import inclusion_path
from formats.receipt import Receipt, ReceiptLine, encode_receipt
from gateway.domain.errors import EnterpriseNotFoundError, StateError
from gateway.services.index_days import seed_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from formats.day_index import Spot
    from gateway.domain.audit import Entry
    from gateway.services.ports.days import DayStore, IndexedDay
    from gateway.services.ports.log import Entries
    from gateway.services.prove_entries import ProveEntries


@dataclass(frozen=True, slots=True)
class CountProof:
    """One caller's line in the index of a day: how often it called on that day and until its end, and the receipt."""

    answered: int
    others: int
    answered_total: int
    others_total: int
    root: bytes
    """Over the answered calls of the day, as ``domain.day_index.call_leaf`` writes each."""
    chain: bytes
    receipt: bytes


class ProveDays:
    """Reads the indexes. Blocking, and usable from any thread."""

    def __init__(self, days: DayStore, entries: Entries, prove: ProveEntries, key: bytes) -> None:
        """Take what is read; *key* is the secret that blinds the indexes."""
        self._days = days
        self._entries = entries
        self._prove = prove
        self._key = key

    def proof(self, uscc: str, first: date, last: date, sides: Sequence[str]) -> bytes:
        """Prove what the indexes of the days from *first* to *last*, both inclusive, name for an enterprise.

        Args:
            uscc: Its code.
            first: First day.
            last: Last day, not before *first*.
            sides: Which sides of the index; those of ``formats.day_proof``.

        Returns:
            A proof file: a day without a call is there, with the proof that there was none.

        Raises:
            StateError: A day has no index yet, or its entry no signed checkpoint; ``object`` names the day.
            StoreUnavailableError: The store cannot be read.
        """
        days = []
        for later in range((last - first).days + 1):
            indexed, entry = self._indexed(first + timedelta(days=later))
            spots = {side: self._spot(indexed, side, uscc) for side in sides}
            days.append(DaySpots(self._receipt(indexed, entry, None), spots))
        return encode_day_proof(uscc, days)

    def count(self, day: date, agency: str, role: str) -> CountProof:
        """Prove how often a caller called until the end of a day, and on it.

        Raises:
            EnterpriseNotFoundError: The caller has not called until then.
            StateError, StoreUnavailableError: As ``proof`` does.
        """
        indexed, entry = self._indexed(day)
        for item, stored in enumerate(entry.lines):
            line = json.loads(stored.content)
            if (line["agency"], line["role"]) == (agency, role):
                return CountProof(
                    answered=line["answered"],
                    others=line["others"],
                    answered_total=line["answered_total"],
                    others_total=line["others_total"],
                    root=bytes.fromhex(line["root"]),
                    chain=bytes.fromhex(line["chain"]),
                    receipt=self._receipt(indexed, entry, item),
                )
        raise EnterpriseNotFoundError("this caller has not called until then", agency=agency, agency_role=role)

    def _indexed(self, day: date) -> tuple[IndexedDay, Entry]:
        indexed = self._days.on(day)
        entry = self._entries.find(indexed.writer, indexed.entry) if indexed and indexed.recorded else None
        if indexed is None or entry is None or entry.erased:
            raise StateError(
                "this day has no index: one is made soon after its end",
                object=day.isoformat(),
                state="OPEN",
                wanted="INDEXED",
            )
        return indexed, entry

    def _receipt(self, indexed: IndexedDay, entry: Entry, item: int | None) -> bytes:
        place = self._prove.place_of(entry.writer, entry.number)
        if place is None:
            raise StateError(
                "the log has not come to the index of this day yet",
                object=indexed.day.isoformat(),
                state="INDEXED",
                wanted="SIGNED",
            )
        proven = self._prove.inclusion(*place)
        line = None
        if item is not None:
            of = entry.lines[item]
            path = inclusion_path([each.leaf for each in entry.lines], item)
            line = ReceiptLine(item, len(entry.lines), of.salt, of.content, tuple(path))
        return encode_receipt(Receipt(entry.envelope, entry.salt, entry.body, line, proven.proof, proven.key))

    def _spot(self, indexed: IndexedDay, side: str, uscc: str) -> Spot:
        position = position_of(indexed.day.isoformat(), side, uscc)
        tree = self._days.side(indexed.number, side, position)
        if tree is None:
            raise StateError(
                "this day has no such index", object=indexed.day.isoformat(), state="OPEN", wanted="INDEXED"
            )
        leaves = [(place, content) for place, _, content in tree.leaves]
        return DayTree(seed_of(self._key, indexed.number, side), tree.depth).spot(tree.nodes, leaves, position)
