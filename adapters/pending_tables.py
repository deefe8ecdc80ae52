"""What the journal keeps of questions without an answer: tables, and the values read from them.

A question is pending from the transaction that records it until the one that records what it came to. Its content is
kept for so long, so that it can be asked again, and no longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointsanctions.v1 import credit_pb2

from formats.civil import parse_instant

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from jointsanctions.v1 import common_pb2

PENDING = (
    "CREATE INDEX question_by_time ON question (asked_at)",
    "CREATE TABLE pending (question INTEGER PRIMARY KEY REFERENCES question (number), request BLOB NOT NULL) STRICT",
    """CREATE TABLE remade (
        question INTEGER PRIMARY KEY REFERENCES question (number),
        pending INTEGER NOT NULL REFERENCES question (number)) STRICT""",
    "CREATE INDEX remade_of ON remade (pending)",
    """CREATE TABLE settled (
        question INTEGER PRIMARY KEY REFERENCES question (number), settled_at TEXT NOT NULL,
        remade INTEGER NOT NULL REFERENCES question (number), refused TEXT NOT NULL,
        handed INTEGER NOT NULL CHECK (handed IN (0, 1))) STRICT""",
    "CREATE INDEX settled_to_hand ON settled (handed) WHERE handed = 0",
    """CREATE TABLE reserved (
        question INTEGER PRIMARY KEY REFERENCES question (number),
        note_zh TEXT NOT NULL, note_en TEXT NOT NULL) STRICT""",
    """CREATE TABLE bulletin (
        number INTEGER PRIMARY KEY AUTOINCREMENT, fetched_at TEXT NOT NULL, gateway TEXT NOT NULL, area TEXT NOT NULL,
        revision INTEGER NOT NULL, issued_at TEXT NOT NULL, sha256 BLOB NOT NULL) STRICT""",
    *(
        f"CREATE TRIGGER {table}_is_kept BEFORE DELETE ON {table} BEGIN SELECT RAISE (ABORT, 'append only'); END"
        for table in ("remade", "settled", "reserved", "bulletin")
    ),
    *(
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} BEGIN SELECT RAISE (ABORT, 'append only'); END"
        for table in ("pending", "remade", "reserved", "bulletin")
    ),
    # A pending question is let go once it came to something, and not before.
    """CREATE TRIGGER pending_is_kept BEFORE DELETE ON pending
        WHEN NOT EXISTS (SELECT 1 FROM answer WHERE question = OLD.question)
             AND NOT EXISTS (SELECT 1 FROM settled WHERE question = OLD.question)
        BEGIN SELECT RAISE (ABORT, 'append only'); END""",
    # What became of it changes once: when it has been handed to the deciding system.
    """CREATE TRIGGER settled_stays BEFORE UPDATE ON settled
        WHEN NEW.handed = 0 OR (OLD.question, OLD.settled_at, OLD.remade, OLD.refused) IS NOT
             (NEW.question, NEW.settled_at, NEW.remade, NEW.refused)
        BEGIN SELECT RAISE (ABORT, 'append only'); END""",
)
"""Makes what a journal of version 2 does not have."""

KEEP = "INSERT INTO pending VALUES {rows}"
"""Keeps questions, as ``adapters.many_rows`` fills it."""
REMADE = "INSERT INTO remade VALUES (?, ?)"
PENDING_OF = "SELECT pending FROM remade WHERE question = ?"
REMADE_AMONG = "SELECT question, pending FROM remade WHERE question BETWEEN ? AND ? ORDER BY question"
IS_PENDING = "SELECT 1 FROM pending WHERE question = ?"
SETTLE = "INSERT INTO settled VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
LET_GO = "DELETE FROM pending WHERE question IN (VALUES {rows})"
"""Lets go of questions, likewise."""
RESERVE = "INSERT INTO reserved VALUES (?, ?, ?)"
RESERVED = "SELECT 1 FROM reserved WHERE question = ?"
HANDED = "UPDATE settled SET handed = 1 WHERE question = ? AND handed = 0"
LATEST = "SELECT max(asked_at) AS at FROM question"
ADD_BULLETIN = """
    INSERT INTO bulletin (fetched_at, gateway, area, revision, issued_at, sha256) VALUES (?, ?, ?, ?, ?, ?)
"""
NEWEST_BULLETIN = """
    SELECT revision, issued_at FROM bulletin WHERE gateway = ? AND area = ?
    ORDER BY issued_at DESC, revision DESC LIMIT 1
"""
DUE = """
    SELECT q.number, q.asked_at, q.area, q.decision_point, q.case_ref, q.part, q.officer, q.lead, q.parties, p.request,
           EXISTS (SELECT 1 FROM reserved r WHERE r.question = q.number) AS reserved
    FROM pending p JOIN question q ON q.number = p.question LEFT JOIN failure f ON f.question = q.number
    WHERE q.number > ? AND (f.question IS NOT NULL OR q.asked_at <= ?) ORDER BY q.number LIMIT ?
"""
"""Selects what waits: known to be without an answer, or begun so long ago that whoever asked is gone."""
COUNT = "SELECT count(*) AS waiting FROM pending"
RESULTS = """
    SELECT q.number, q.asked_at, q.area, q.decision_point, q.case_ref, q.part, q.officer, q.lead, q.parties,
           s.settled_at, s.remade, s.refused, a.verdict, a.fault,
           EXISTS (SELECT 1 FROM reserved r WHERE r.question = q.number) AS reserved
    FROM settled s JOIN question q ON q.number = s.question LEFT JOIN answer a ON a.question = s.remade
    WHERE s.handed = 0 ORDER BY q.number
"""


@dataclass(frozen=True, slots=True)
class PendingCheck:
    """A question that got no answer, and is asked again.

    Attributes:
        number: The journal's number of the question.
        asked_at: When it was asked, UTC.
        area: Area.
        decision_point: Decision point.
        case_ref: Case number.
        part: Part of the case; empty: the whole.
        officer: Who asked.
        lead: Code of the enterprise itself.
        parties: Codes of the lead and all members.
        reserved: The act went on under reservation.
    """

    number: int
    asked_at: datetime
    area: common_pb2.Area.ValueType
    decision_point: common_pb2.DecisionPoint.ValueType
    case_ref: str
    part: str
    officer: str
    lead: str
    parties: frozenset[str]
    reserved: bool


def pending_check(row: sqlite3.Row) -> PendingCheck:
    """Read the question of one row of ``DUE`` or ``RESULTS``."""
    return PendingCheck(
        number=row["number"],
        asked_at=parse_instant(row["asked_at"]),
        area=row["area"],
        decision_point=row["decision_point"],
        case_ref=row["case_ref"],
        part=row["part"],
        officer=row["officer"],
        lead=row["lead"],
        parties=frozenset(row["parties"].split()),
        reserved=bool(row["reserved"]),
    )


def kept_request(row: sqlite3.Row) -> credit_pb2.CheckEligibilityRequest:
    """Read the content of one row of ``DUE``: the question as it was asked, without its request id."""
    return credit_pb2.CheckEligibilityRequest.FromString(row["request"])
