"""Calls to put into audit queues and to find again, shared by the suites of queue and search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from gateway.domain.audit import Draft, salts_needed, seal
from gateway.services.ports.audit import AccessFilter
from gateway.storage.audit_open import open_queue
from gateway.storage.engine import writing

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
DRAFT = Draft({"method": "CreditService/CheckEligibility", "outcome": "OK"})
BATCH = Draft({"outcome": "OK"}, [{"item": item, "verdict": 1} for item in range(3)])
ANY = AccessFilter()
KEY = bytes(range(32))


def body(**content):
    """Return the body of a call by the bidding system that was answered."""
    return {"method": "CreditService/CheckEligibility", "outcome": "OK", "caller": {"agency": "bidding"}, **content}


def line(item, *usccs, **content):
    return {"item": item, "id": f"bidder-{item}", "enterprises": list(usccs), **content}


def record(place, *drafts, writer="node-1.0", times=None):
    """Append calls to a queue, one a second from NOON on unless told otherwise."""
    queue = open_queue(place, writer)
    first = queue.tail.next_number
    times = times or [NOON + timedelta(seconds=first + later) for later in range(len(drafts))]
    queue.store.append(
        [
            seal(draft, writer, number, time, bytes(salts_needed(draft)))
            for number, (draft, time) in enumerate(zip(drafts, times, strict=True), start=first)
        ]
    )
    queue.held.close()


def found(index, wanted=ANY, size=1_000, token=""):
    rows, following = index.search(wanted, size, token)
    return [(row.entry.number, row.item) for row in rows], following


def change(engine, *statements):
    with writing(engine) as connection:
        for statement in statements:
            connection.execute(text(statement))
