"""What the index of one day says: which calls asked about which enterprise, and how often each caller called.

Ordinary questions and those of investigations stand apart (R-05). An index covers each queue from where the one before
it ended to the last entry of its day, so that every entry lies in exactly one: what comes late for its day is in the
index of a later one. A released investigation is named on the ordinary side of the day of its release. Nothing here
reads queues, draws hashes of trees or stores anything.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.civil import format_instant
from formats.day_proof import INVESTIGATION, METHOD, ORDINARY, OUTCOME, SIDES, STATEMENT
from formats.merkle import Frontier, leaf_hash
from gateway.domain.audit import Draft
from gateway.domain.call_record import OK
from gateway.domain.who_asked import QUESTIONS, is_hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from gateway.domain.audit import Entry

NOTHING_YET: Final = "0" * 64
"""In place of the hash of what came before the first."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Entries of one queue, from *first* inclusive to *end* exclusive."""

    writer: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: in which year's log, and at which index."""

    year: str
    index: int


@dataclass(slots=True)
class CallCount:
    """How often one caller called, and a hash over each of its answered calls in the order of the queues."""

    answered: int = 0
    others: int = 0
    tree: Frontier = field(default_factory=Frontier)


@dataclass(frozen=True, slots=True)
class RunningCount:
    """All calls of one caller up to the end of an index, as the index before it ended."""

    answered: int = 0
    others: int = 0
    chain: str = NOTHING_YET


class DayContent:
    """Takes the entries that one index covers, in the order of the queues, and tells what the index says."""

    def __init__(self, released: frozenset[tuple[str, str]]) -> None:
        """Take the (agency, case) of every investigation that is released by the end of the index."""
        self._released = released
        self._named: dict[str, dict[str, dict[tuple[str, int], dict[str, object]]]] = {side: {} for side in SIDES}
        self._counts: dict[tuple[str, str], CallCount] = {}

    def take(self, entry: Entry, body: Mapping[str, Any], lines: Iterable[Mapping[str, Any]], place: Place) -> None:
        """Take one entry that is not erased, with its body and lines decoded."""
        self._count(entry, body)
        usccs = usccs_asked(body, lines)
        if usccs:
            caller = body.get("caller", {})
            hidden = is_hidden(caller.get("role", ""), caller.get("agency", ""), body.get("case", ""), self._released)
            self._name(INVESTIGATION if hidden else ORDINARY, usccs, entry, place, released=False)

    def release(self, entry: Entry, body: Mapping[str, Any], lines: Iterable[Mapping[str, Any]], place: Place) -> None:
        """Name an entry of an earlier index on the ordinary side, because its case has been released since."""
        self._name(ORDINARY, usccs_asked(body, lines), entry, place, released=True)

    def leaves(self, side: str) -> dict[str, bytes]:
        """Return for each enterprise of a side what its leaf says: its entries, in the order of the log."""
        return {
            uscc: canonical.encode({"uscc": uscc, "entries": [entries[key] for key in sorted(entries)]})
            for uscc, entries in self._named[side].items()
        }

    def entries_named(self, side: str) -> int:
        """Return how many entries the leaves of a side name; one that names several enterprises counts for each."""
        return sum(len(entries) for entries in self._named[side].values())

    def lines(self, before: Mapping[tuple[str, str], RunningCount]) -> list[dict[str, object]]:
        """Return the lines of all callers that ever called, so that which are there tells nothing of this day."""
        return [
            _line(caller, self._counts.get(caller, CallCount()), before.get(caller, RunningCount()))
            for caller in sorted({*before, *self._counts})
        ]

    def _count(self, entry: Entry, body: Mapping[str, Any]) -> None:
        caller = body.get("caller", {})
        if not (caller.get("agency") and caller.get("role")):
            return
        count = self._counts.setdefault((caller["agency"], caller["role"]), CallCount())
        if body.get("outcome") == OK:
            count.answered += 1
            count.tree.append(
                leaf_hash(call_leaf(body["method"], body.get("request", {}).get("sha256", ""), entry.leaf))
            )
        else:
            count.others += 1

    def _name(self, side: str, usccs: Iterable[str], entry: Entry, place: Place, *, released: bool) -> None:
        said: dict[str, object] = {"at": format_instant(entry.time), "log": place.year, "index": place.index}
        if released:
            said["released"] = True
        for uscc in usccs:
            self._named[side].setdefault(uscc, {})[place.year, place.index] = said


def usccs_asked(body: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the codes of the enterprises that an answered question asked about; none of any other call."""
    if body.get("outcome") != OK or body.get("method") not in QUESTIONS:
        return []
    return list(dict.fromkeys(uscc for part in (body, *lines) for uscc in part.get("enterprises", ())))


def call_leaf(method: str, request: str, leaf: bytes) -> bytes:
    """Return what is hashed of one answered call of a caller.

    Args:
        method: Such as ``CreditService/CheckEligibility``.
        request: SHA-256 of the raw request, hexadecimal; empty where the record holds a keyed hash in its stead.
        leaf: Leaf hash of its entry, as the answer said it.
    """
    return canonical.encode({"method": method, "request": request, "leaf": leaf.hex()})


def draft_of(statement: Mapping[str, object], lines: Iterable[Mapping[str, object]]) -> Draft:
    """Return the entry that holds an index: it is the gateway's own, and names no caller."""
    body = {"method": METHOD, "outcome": OUTCOME, "caller": {}, "request": {}, STATEMENT: statement}
    return Draft(body, list(lines))


def statement_of(number: int, day: date, before: str, covers: Iterable[Stretch]) -> dict[str, object]:
    """Return what an index says of itself, without its sides; *before* is the hash of the statement before it."""
    shown = [{"writer": each.writer, "first": each.first, "end": each.end} for each in covers]
    return {"number": number, "day": day.isoformat(), "before": before, "covers": shown}


def running_counts(lines: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], RunningCount]:
    """Return where the lines of an index end, for the next one to go on from."""
    return {
        (each["agency"], each["role"]): RunningCount(each["answered_total"], each["others_total"], each["chain"])
        for each in lines
    }


def _line(caller: tuple[str, str], count: CallCount, before: RunningCount) -> dict[str, object]:
    root = count.tree.root()
    chain = hashlib.sha256(bytes.fromhex(before.chain) + root).hexdigest() if count.answered else before.chain
    return {
        "agency": caller[0],
        "role": caller[1],
        "answered": count.answered,
        "others": count.others,
        "root": root.hex(),
        "answered_total": before.answered + count.answered,
        "others_total": before.others + count.others,
        "chain": chain,
    }
