"""Every answer accounted for: what callers were told, held to what is on record, after the gateway has ended."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.processes import BenchError
from gateway.domain.call_record import OK
from gateway.storage.audit_reader import read_entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.storage.audit_place import DatabasePlace, FolderPlace

CHUNK: Final = 5_000
"""Entries that are read at once."""


@dataclass(frozen=True, slots=True)
class Account:
    """Answers and entries by method.

    Attributes:
        answered: Calls that callers had an answer of.
        unanswered: Calls of which none came: whether they are on record nobody but the record knows.
        recorded: Entries of answered calls.
        others: Entries of everything else, by method and outcome: what the gateway does by itself, and refusals.
    """

    answered: Mapping[str, int]
    unanswered: Mapping[str, int]
    recorded: Mapping[str, int]
    others: Mapping[str, int]

    @property
    def differs(self) -> list[str]:
        """In words, where more was answered than is on record, more is on record than asked, or no answer came."""
        found = []
        for method in sorted({*self.answered, *self.unanswered, *self.recorded}):
            answered, recorded = self.answered.get(method, 0), self.recorded.get(method, 0)
            without = self.unanswered.get(method, 0)
            if without or answered != recorded:
                found.append(f"{method}: {answered} answered, {without} without answer, {recorded} on record")
        return found

    def as_json(self) -> dict[str, Any]:
        """Return it as values."""
        return {
            "answered": dict(self.answered),
            "unanswered": dict(self.unanswered),
            "recorded": dict(self.recorded),
            "others": dict(self.others),
            "differs": self.differs,
        }


def account(
    place: FolderPlace | DatabasePlace,
    since: Mapping[str, int],
    answered: Mapping[str, int],
    unanswered: Mapping[str, int],
) -> Account:
    """Count the entries of every queue from the numbers *since* on, and lay them beside what was *answered*.

    Args:
        place: Where the queues lie; nobody writes to them any more.
        since: The first number of each writer that counts; of a writer that is not named, 0.
        answered: Calls that were answered since, by method as the record names it, such as
            ``CreditService/CheckEligibility``.
        unanswered: Calls that had none, likewise.

    Raises:
        BenchError: An entry is missing from its queue.
        StoreUnavailableError: A database failed.
    """
    asked = {*answered, *unanswered}
    recorded, others = Counter[str](), Counter[str]()
    for writer, engine in place.readers().items():
        number = since.get(writer, 0)
        while entries := read_entries(engine, writer, number, CHUNK):
            for entry in entries:
                if entry.number != number:
                    raise BenchError(f"queue {writer!r}: number {number} is missing")
                number += 1
                body = json.loads(entry.body)
                if body["outcome"] == OK and body["method"] in asked:
                    recorded[body["method"]] += 1
                else:
                    others[f"{body['method']} {body['outcome']}"] += 1
    return Account(dict(answered), dict(unanswered), dict(recorded), dict(others))
