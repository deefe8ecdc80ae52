"""What the journal keeps of registered cases and of the events told of them: tables, and the values read from them.

An event is kept before anything is done with it, and each step that is done with it is a row of its own. What an event
said of the record is not kept: the question that is asked after it tells what weighs then, and once it has ended
nothing of it may be left (C-02).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jointsanctions.v1 import credit_pb2

from formats.civil import parse_instant

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from jointsanctions.v1 import case_pb2

WATCHING = (
    """CREATE TABLE watched_case (
        case_id TEXT NOT NULL, registered_at TEXT NOT NULL, area INTEGER NOT NULL, case_ref TEXT NOT NULL,
        part TEXT NOT NULL, lead TEXT NOT NULL, parties TEXT NOT NULL, request BLOB NOT NULL,
        PRIMARY KEY (case_id, lead)) STRICT""",
    "CREATE INDEX watched_case_ref ON watched_case (area, case_ref, part)",
    """CREATE TABLE case_event (
        sequence INTEGER PRIMARY KEY, received_at TEXT NOT NULL, kind INTEGER NOT NULL, case_id TEXT NOT NULL,
        case_ref TEXT NOT NULL, part TEXT NOT NULL, uscc TEXT NOT NULL, of_sequence INTEGER NOT NULL,
        seen_at TEXT NOT NULL) STRICT""",
    """CREATE TABLE case_event_step (
        sequence INTEGER NOT NULL REFERENCES case_event (sequence), step TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (sequence, step)) STRICT""",
    *(
        f"CREATE TRIGGER {table}_{rule} BEFORE {what} ON {table} BEGIN SELECT RAISE (ABORT, 'append only'); END"
        for table in ("watched_case", "case_event", "case_event_step")
        for rule, what in (("is_kept", "DELETE"), ("stays", "UPDATE"))
    ),
)
"""Makes what a journal of version 3 does not have."""

REGISTER = "INSERT INTO watched_case VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
REGISTERED = "SELECT case_id, part, parties, request FROM watched_case WHERE area = ? AND case_ref = ? AND part = ?"
OF_CASE = "SELECT case_id, part, parties, request FROM watched_case WHERE case_id = ?"
KEEP = "INSERT INTO case_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING sequence"
EVENT = "SELECT * FROM case_event WHERE sequence = ?"
LAST = "SELECT coalesce(max(sequence), 0) AS last FROM case_event"
STEP = "INSERT INTO case_event_step VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
OPEN = """
    SELECT e.* FROM case_event e
    WHERE e.sequence > :after AND NOT EXISTS (
            SELECT 1 FROM case_event_step s WHERE s.sequence = e.sequence AND s.step = 'ACKNOWLEDGED')
      AND (EXISTS (SELECT 1 FROM watched_case w WHERE w.case_id = e.case_id)
           OR NOT EXISTS (SELECT 1 FROM case_event_step s WHERE s.sequence = e.sequence AND s.step = 'TOLD'))
    ORDER BY e.sequence LIMIT :most
"""
"""Selects the events with which something is still to be done. One of a case that was not registered through this
journal is told, and acknowledged by whoever has the case."""
TOLD = "SELECT 1 FROM case_event_step WHERE sequence = ? AND step = 'TOLD'"


class EventStep(StrEnum):
    """What has been done with an event."""

    TOLD = "TOLD"
    """The deciding system has it, with the answer to the question that was asked after it."""
    ACKNOWLEDGED = "ACKNOWLEDGED"
    """The gateway knows that it is in our own records."""


@dataclass(frozen=True, slots=True)
class WatchedCase:
    """One applicant of a case that was registered, with the question that is asked whenever something is told of it.

    Attributes:
        case_id: The gateway's id of the case.
        part: Part of the case; empty: the whole.
        request: The question, without a request id.
        parties: Codes of the lead and all members.
    """

    case_id: str
    part: str
    request: credit_pb2.CheckEligibilityRequest
    parties: frozenset[str]


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An event of a case, as the journal has it.

    Attributes:
        sequence: Its number among the agency's.
        received_at: When it came, UTC.
        kind: Whether something began or ended.
        case_id: The gateway's id of the case.
        case_ref: Our own number of it.
        part: Part of the case; empty: the whole.
        uscc: Code of the party.
        of_sequence: Of an end, which event it ends; 0 of a beginning.
        seen_at: When the gateway saw it, UTC.
    """

    sequence: int
    received_at: datetime
    kind: case_pb2.CaseEventKind.ValueType
    case_id: str
    case_ref: str
    part: str
    uscc: str
    of_sequence: int
    seen_at: datetime


def watched_case(row: sqlite3.Row) -> WatchedCase:
    """Read one row of ``REGISTERED`` or ``OF_CASE``."""
    request = credit_pb2.CheckEligibilityRequest.FromString(row["request"])
    return WatchedCase(row["case_id"], row["part"], request, frozenset(row["parties"].split()))


def kept_event(row: sqlite3.Row) -> KeptEvent:
    """Read one row of ``case_event``."""
    return KeptEvent(
        sequence=row["sequence"],
        received_at=parse_instant(row["received_at"]),
        kind=row["kind"],
        case_id=row["case_id"],
        case_ref=row["case_ref"],
        part=row["part"],
        uscc=row["uscc"],
        of_sequence=row["of_sequence"],
        seen_at=parse_instant(row["seen_at"]),
    )
