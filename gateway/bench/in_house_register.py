"""The in-house service's database, filled from the same invented register, and the questions as it is asked them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import credit_pb2, listing_pb2, record_pb2
from sqlalchemy import insert

from formats.civil import add_months
from gateway.bench.in_house import Enterprise, Sanction, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CHUNK: Final = 5_000
POINT: Final = "BIDDING_AWARD"


def fill_in_house(url: str, records: Iterable[tuple[str, record_pb2.Record]]) -> set[str]:
    """Store the enterprises and what weighs on them; return the codes of those on whom anything ever weighed.

    Each list's end is that of its law, as the gateway knows it, so that both restrict about as many.
    """
    engine = opened(url)
    enterprises: dict[str, dict[str, Any]] = {}
    sanctions: list[dict[str, Any]] = []
    for _, record in records:
        if record.HasField("enterprise"):
            enterprises[record.uscc] = {"uscc": record.uscc, "name": record.name}
        sanctions += _sanctions(record)
    with engine.begin() as connection:
        for table, rows in ((Enterprise, list(enterprises.values())), (Sanction, sanctions)):
            for start in range(0, len(rows), CHUNK):
                connection.execute(insert(table), rows[start : start + CHUNK])
    engine.dispose()
    return {each["uscc"] for each in sanctions}


def _sanctions(record: record_pb2.Record) -> Iterator[dict[str, Any]]:
    fact = record.WhichOneof("fact")
    if fact == "listing_act" and record.listing_act.act == listing_pb2.LISTING_ACT_KIND_DELIVERY:
        since = date.fromisoformat(record.listing_act.on) + timedelta(days=1)
        yield _row(record, "LISTING", since, add_months(since, 36))
    elif fact == "publication":
        shown = record.publication
        yield _row(record, "PUBLICATION", *map(date.fromisoformat, (shown.published_on, shown.display_until)))
    elif fact == "conviction":
        yield _row(record, "CONVICTION", date.fromisoformat(record.conviction.effective_on), None)


def _row(record: record_pb2.Record, kind: str, since: date, until: date | None) -> dict[str, Any]:
    return {"uscc": record.uscc, "kind": kind, "since": since, "until": until}


def as_in_house(questions: Sequence[bytes]) -> Iterator[bytes]:
    """Yield each of the gateway's questions as the in-house service is asked it."""
    for raw in questions:
        asked = credit_pb2.CheckEligibilityRequest.FromString(raw)
        facts = asked.question.case_facts.bidding
        yield json.dumps(
            {
                "uscc": asked.enterprise.uscc,
                "point": POINT,
                "case_ref": asked.question.case_ref,
                "officer": asked.question.officer,
                "purpose": asked.question.purpose,
                "project_region": facts.project_region,
                "must_be_tendered": facts.must_be_tendered,
                "state_funds": facts.state_funds,
            }
        ).encode()
