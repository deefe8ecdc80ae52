"""A record of calls of any size, for the figures of searching: entries made and stored by the code of a real queue.

Only the wire and the decision are left out. The bodies are those of answered and refused checks, spread over a year,
many enterprises, cases and officers; nothing is drawn at random, so that the same number gives the same record.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from gateway.domain.audit import Draft, salts_needed, seal
from gateway.domain.call_record import OK, CallerSeen, CallRecord, body_of
from gateway.domain.vocabulary import DISABLED_AREAS, DecisionPoint, Verdict
from gateway.sample.invention import uscc
from gateway.storage.audit_open import open_queue

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gateway.storage.audit_place import FolderPlace

WRITER: Final = "bench-0"
SPAN: Final = timedelta(days=365)
"""Over which the calls are spread, evenly."""
AGENCIES: Final = 40
OFFICERS: Final = 25
"""Of each agency."""
ASKED_OF_CASE: Final = 3
"""Calls of one case."""
ASKED_OF_ENTERPRISE: Final = 50
COMMIT: Final = 2_048
"""Entries of one commit."""
_POINTS: Final = [point for point in DecisionPoint if point.area not in DISABLED_AREAS]
_REFUSED: Final = ("AREA_NOT_IN_MANDATE", "MALFORMED_REQUEST", "QUOTA_EXCEEDED")
_DIGEST: Final = hashlib.sha256(b"").hexdigest()
_STRIDE: Final = 2_654_435_761
"""Odd, and about 2^32 divided by the golden ratio: neighbouring calls are about enterprises that lie far apart."""


@dataclass(frozen=True, slots=True)
class FilledRecord:
    """What was stored: how many entries, in what time, and the codes that were asked about."""

    entries: int
    seconds: float
    enterprises: int


def enterprise(seed: int, place: int) -> str:
    """Return the code of one of the enterprises that are asked about."""
    return uscc(seed, place)


def agency_of(number: int) -> str:
    """Return the agency that made call *number*."""
    return f"agency-{number % AGENCIES:02}"


def officer_of(number: int) -> str:
    """Return the officer of call *number*."""
    return f"{agency_of(number)}/officer-{number // AGENCIES % OFFICERS:02}"


def case_of(number: int) -> str:
    """Return the case of call *number*."""
    return f"CASE-{number // (ASKED_OF_CASE * AGENCIES) * AGENCIES + number % AGENCIES:08}"


def fill_record(
    place: FolderPlace, seed: int, entries: int, until: datetime, say: Callable[[int, float], None]
) -> FilledRecord:
    """Append *entries* calls, the last of them at *until*, to a queue of its own.

    Args:
        place: Where the queue lies; nothing else writes there.
        seed: Of the enterprises' codes.
        entries: How many.
        until: Instant of the last one, UTC.
        say: Told now and then how many are stored, and after how many seconds.

    Raises:
        QueueLockedError, StoreUnavailableError: The queue cannot be written.
    """
    begun = time.perf_counter()
    known = max(1, entries // ASKED_OF_ENTERPRISE)
    codes = [enterprise(seed, number) for number in range(known)]
    queue = open_queue(place, WRITER)
    first, step = until - SPAN, SPAN / entries
    try:
        for start in range(queue.tail.next_number, entries, COMMIT):
            batch = []
            for number in range(start, min(entries, start + COMMIT)):
                draft = Draft(body_of_check(number, codes[number * _STRIDE % known]))
                salts = os.urandom(salts_needed(draft))
                batch.append(seal(draft, WRITER, number, first + step * (number + 1), salts))
            queue.store.append(batch)
            say(start + len(batch), time.perf_counter() - begun)
    finally:
        queue.held.close()
    return FilledRecord(entries, time.perf_counter() - begun, known)


def body_of_check(number: int, code: str) -> dict[str, object]:
    """Return the body of call *number*: of a hundred one is refused, two are RESTRICTED and three CONDITIONAL."""
    point, chance = _POINTS[number // AGENCIES % len(_POINTS)], number * _STRIDE % 997 % 100
    outcome = _REFUSED[number % len(_REFUSED)] if chance == 0 else OK
    told: dict[str, object] = {
        "area": int(point.area),
        "point": int(point),
        "case": case_of(number),
        "officer": officer_of(number),
        "purpose": "资格审查",
    }
    if outcome == OK:
        verdict = Verdict.RESTRICTED if chance < 3 else Verdict.CONDITIONAL if chance < 6 else Verdict.CLEAR
        weighs = verdict is not Verdict.CLEAR
        told |= {
            "facts": {"form": 1, "must_be_tendered": True, "project_region": "420302", "state_funds": True},
            "enterprises": [code],
            "relations": ["SELF"],
            "verdict": int(verdict),
            "measures": ["A-30/TR1/award"] * weighs,
            "grounds": [f"listing-{code}"] * weighs,
            "revision": 1 + number // 1000,
            "policy": {"digest": _DIGEST, "version": "2026.11"},
        }
    caller = CallerSeen(
        agency=agency_of(number),
        role="asking-system",
        identity=f"spiffe://shiyan.example/{agency_of(number)}/asking-system",
        certificate=_DIGEST,
        peer="ipv4:192.0.2.10:40000",
        tls="TLSv1.3",
        group="X25519",
    )
    response = _DIGEST if outcome == OK else ""
    return body_of(
        CallRecord("CreditService/CheckEligibility", outcome, caller, _DIGEST, 1_800, response=response, told=told)
    )
