"""The journal's tables, and its rows read and written.

Instants are RFC 3339 texts in UTC with microseconds, which sort as the instants do. Triggers keep every table
append-only against our own mistakes; whoever owns the file can still rewrite it, and the gateway's record is the proof.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from adapters.answers import Position
from adapters.entries import OpenQuestion, Outcome, OutcomeKind, OwedOutcome, ReceivedEnding, RecordedAnswer
from adapters.pending_tables import PENDING
from adapters.watch_tables import WATCHING
from formats.civil import format_instant, parse_instant

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from adapters.answers import Answer
    from adapters.entries import Question

APPLICATION_ID = 0x4A53474A
"""SQLite's application id of a journal: "JSGJ"."""

BY_REVIEW = "by_review_of_question"
"""Key of the details of a fulfilment by the review of an earlier answer: the journal's number of its question."""

SCHEMA_VERSION = 4
"""SQLite's user version of the tables below."""

ENDINGS = (
    """CREATE TABLE ending (
        ending_id TEXT PRIMARY KEY, received_at TEXT NOT NULL, kind INTEGER NOT NULL, uscc TEXT NOT NULL,
        record_id TEXT NOT NULL, document_number TEXT NOT NULL, ended_at TEXT NOT NULL, case_refs TEXT NOT NULL,
        reexamine INTEGER NOT NULL CHECK (reexamine IN (0, 1))) STRICT""",
    *(
        f"CREATE TRIGGER ending_{rule} BEFORE {what} ON ending BEGIN SELECT RAISE (ABORT, 'append only'); END"
        for rule, what in (("is_kept", "DELETE"), ("stays", "UPDATE"))
    ),
)
"""Makes what a journal of version 1 does not have."""

RECEIPTS = (
    """CREATE TABLE receipt (
        question INTEGER PRIMARY KEY REFERENCES answer (question), receipt BLOB NOT NULL) STRICT""",
    *(
        f"CREATE TRIGGER receipt_{rule} BEFORE {what} ON receipt BEGIN SELECT RAISE (ABORT, 'append only'); END"
        for rule, what in (("is_kept", "DELETE"), ("stays", "UPDATE"))
    ),
)
"""Makes what a journal of version 3 does not have: the receipts that came with answers."""

SCHEMA = (
    *ENDINGS,
    """CREATE TABLE question (
        number INTEGER PRIMARY KEY AUTOINCREMENT, call_id TEXT NOT NULL, asked_at TEXT NOT NULL,
        area INTEGER NOT NULL, decision_point INTEGER NOT NULL, case_ref TEXT NOT NULL, part TEXT NOT NULL,
        officer TEXT NOT NULL, lead TEXT NOT NULL, parties TEXT NOT NULL, request_digest BLOB NOT NULL) STRICT""",
    "CREATE INDEX question_of_case ON question (case_ref, decision_point)",
    """CREATE TABLE answer (
        question INTEGER PRIMARY KEY REFERENCES question (number), answered_at TEXT NOT NULL,
        verdict INTEGER NOT NULL, fault TEXT NOT NULL, as_of TEXT, valid_until TEXT, digest BLOB NOT NULL,
        writer TEXT NOT NULL, writer_number TEXT NOT NULL, leaf_hash BLOB NOT NULL, line_hash BLOB NOT NULL) STRICT""",
    """CREATE TABLE failure (
        question INTEGER PRIMARY KEY REFERENCES question (number), failed_at TEXT NOT NULL, reason TEXT NOT NULL,
        message TEXT NOT NULL) STRICT""",
    """CREATE TABLE outcome (
        number INTEGER PRIMARY KEY AUTOINCREMENT, question INTEGER NOT NULL REFERENCES question (number),
        decided_at TEXT NOT NULL, kind TEXT NOT NULL, officer TEXT NOT NULL, details TEXT NOT NULL,
        reported INTEGER NOT NULL DEFAULT 0 CHECK (reported IN (0, 1))) STRICT""",
    "CREATE INDEX outcome_of_question ON outcome (question)",
    *(
        f"CREATE TRIGGER {table}_is_kept BEFORE DELETE ON {table} BEGIN SELECT RAISE (ABORT, 'append only'); END"
        for table in ("question", "answer", "failure", "outcome")
    ),
    *(
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} BEGIN SELECT RAISE (ABORT, 'append only'); END"
        for table in ("question", "answer", "failure")
    ),
    # An outcome changes once: when it has been reported.
    """CREATE TRIGGER outcome_stays BEFORE UPDATE ON outcome
        WHEN NEW.reported = 0 OR
             (OLD.number, OLD.question, OLD.decided_at, OLD.kind, OLD.officer, OLD.details) IS NOT
             (NEW.number, NEW.question, NEW.decided_at, NEW.kind, NEW.officer, NEW.details)
        BEGIN SELECT RAISE (ABORT, 'append only'); END""",
    *PENDING,
    *RECEIPTS,
    *WATCHING,
)
"""Makes the tables of an empty file."""

GROWTH = {1: (*ENDINGS, *PENDING, *RECEIPTS, *WATCHING), 2: (*PENDING, *RECEIPTS, *WATCHING), 3: (*RECEIPTS, *WATCHING)}
"""By the version of a journal, what it does not have."""

ANSWERS = """
    SELECT q.number, q.decision_point, q.case_ref, q.part, q.parties, a.verdict, a.fault, a.as_of, a.valid_until,
           a.writer, a.writer_number, a.leaf_hash, a.line_hash, a.digest,
           (SELECT group_concat(o.kind, ' ') FROM outcome o WHERE o.question = q.number) AS outcomes
    FROM question q JOIN answer a ON a.question = q.number
"""
"""Selects what ``recorded_answer`` reads; a condition on ``q`` or ``a`` follows."""

OF_CASES = "WHERE q.decision_point = ? AND q.case_ref IN (SELECT value FROM json_each(?)) "
"""Condition on ``ANSWERS``: at one decision point, of the cases of a JSON list."""

OPEN = """
    SELECT q.number, q.asked_at, q.case_ref, q.part, q.lead FROM question q
    WHERE q.decision_point = :point AND q.number = (
        SELECT max(later.number) FROM question later
        WHERE later.decision_point = q.decision_point AND later.case_ref = q.case_ref
          AND later.part = q.part AND later.lead = q.lead)
      AND NOT EXISTS (
        SELECT 1 FROM answer a WHERE a.question = q.number AND a.fault = '' AND a.verdict = :clear)
    ORDER BY q.number
"""
"""Selects, of each enterprise in each case, what was last asked at one point and was not answered with ``CLEAR``."""

_TO_TELL = """
    WHERE o.reported = 0 AND o.kind <> 'RESERVED' AND q.lead <> '' AND NOT (o.kind = 'OBSERVED' AND EXISTS (
        SELECT 1 FROM outcome e WHERE e.question = o.question AND e.kind = 'OBSERVED' AND e.number < o.number))
    ORDER BY o.number
"""
"""What the gateway is told of, the oldest first. What went on under reservation is told by its own outcome once the
answer has come; of questions about persons, which have no lead, none is owed; and that one answer did not stop is told
once, however many reasons there were."""
_OUTCOMES = "SELECT o.* FROM outcome o JOIN question q ON q.number = o.question"
_REPORTS = """
    SELECT o.number AS outcome_number, o.question, o.decided_at, o.kind, o.officer, o.details, q.call_id, q.area,
           q.decision_point, q.case_ref, q.part, q.lead, a.verdict, a.as_of, a.writer, a.writer_number, a.leaf_hash,
           a.line_hash
    FROM outcome o JOIN question q ON q.number = o.question JOIN answer a ON a.question = q.number
"""
OWED = _OUTCOMES + _TO_TELL
"""Selects the outcomes not yet reported."""
TO_REPORT = _REPORTS + _TO_TELL
"""Selects them with all that a report says of each."""
MET = "SELECT details FROM outcome WHERE question = ? AND number <= ? AND kind = 'FULFILLED' ORDER BY number"
REPORTED = "UPDATE outcome SET reported = 1 WHERE number = ? AND reported = 0"

ADD_QUESTION = """
    INSERT INTO question
        (call_id, asked_at, area, decision_point, case_ref, part, officer, lead, parties, request_digest)
    VALUES {rows}
"""
"""Adds questions, as ``adapters.many_rows`` fills it."""
LAST_NUMBER = "SELECT last_insert_rowid()"
"""Selects the number of the question that this connection added last."""
ADD_ANSWER = "INSERT INTO answer VALUES {rows}"
"""Adds answers, likewise."""
ADD_RECEIPT = "INSERT INTO receipt VALUES (?, ?)"
ADD_FAILURE = "INSERT INTO failure VALUES (?, ?, ?, ?)"
ADD_OUTCOME = "INSERT INTO outcome (question, decided_at, kind, officer, details) VALUES (?, ?, ?, ?, ?)"

ADD_ENDING = "INSERT INTO ending VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING ending_id"


def ending_row(ending: ReceivedEnding, at: str) -> tuple[object, ...]:
    """Return the values of ``ADD_ENDING`` for an ending received *at*."""
    cases = json.dumps(ending.case_refs, ensure_ascii=False)
    told = (ending.kind, ending.uscc, ending.record_id, ending.document_number, format_instant(ending.ended_at))
    return (ending.ending_id, at, *told, cases, int(ending.reexamine))


def recorded_ending(row: sqlite3.Row) -> ReceivedEnding:
    """Read one row of ``ending``."""
    return ReceivedEnding(
        ending_id=row["ending_id"],
        kind=row["kind"],
        uscc=row["uscc"],
        record_id=row["record_id"],
        document_number=row["document_number"],
        ended_at=parse_instant(row["ended_at"]),
        case_refs=tuple(json.loads(row["case_refs"])),
        reexamine=bool(row["reexamine"]),
    )


def question_row(question: Question) -> tuple[object, ...]:
    """Return the values of ``ADD_QUESTION``."""
    return (
        question.call_id,
        format_instant(question.asked_at),
        question.area,
        question.decision_point,
        question.case_ref,
        question.part,
        question.officer,
        question.lead,
        " ".join(sorted(question.parties)),
        question.request_digest,
    )


def open_question(row: sqlite3.Row) -> OpenQuestion:
    """Read one row of ``OPEN``."""
    asked_at = parse_instant(row["asked_at"])
    return OpenQuestion(row["number"], asked_at, row["case_ref"], row["part"], row["lead"])


def answer_row(number: int, at: str, answer: Answer) -> tuple[object, ...]:
    """Return the values of ``ADD_ANSWER`` for the question *number*, answered *at*."""
    position = answer.position
    as_of = format_instant(answer.as_of) if answer.as_of else None
    valid_until = format_instant(answer.valid_until) if answer.valid_until else None
    # SQLite's integers are signed and the position's number is not, so it is kept as text.
    place = (position.writer, str(position.number), position.leaf_hash, position.line_hash)
    return (number, at, answer.verdict, answer.fault, as_of, valid_until, answer.digest, *place)


def outcome_row(outcome: Outcome) -> tuple[object, ...]:
    """Return the values of ``ADD_OUTCOME``."""
    details = json.dumps(dict(outcome.details), ensure_ascii=False, sort_keys=True)
    return (outcome.question, format_instant(outcome.decided_at), outcome.kind.value, outcome.officer, details)


def recorded_answer(row: sqlite3.Row) -> RecordedAnswer:
    """Read one row of ``ANSWERS``."""
    return RecordedAnswer(
        number=row["number"],
        decision_point=row["decision_point"],
        case_ref=row["case_ref"],
        part=row["part"],
        parties=frozenset(row["parties"].split()),
        verdict=row["verdict"],
        fault=row["fault"],
        as_of=parse_instant(row["as_of"]) if row["as_of"] else None,
        valid_until=parse_instant(row["valid_until"]) if row["valid_until"] else None,
        position=Position(row["writer"], int(row["writer_number"]), row["leaf_hash"], row["line_hash"]),
        digest=row["digest"],
        outcomes=frozenset(OutcomeKind(kind) for kind in (row["outcomes"] or "").split()),
    )


def recorded_outcome(row: sqlite3.Row) -> Outcome:
    """Read one row of ``outcome``."""
    return Outcome(
        question=row["question"],
        decided_at=parse_instant(row["decided_at"]),
        kind=OutcomeKind(row["kind"]),
        officer=row["officer"],
        details=json.loads(row["details"]),
    )


def owed_outcome(row: sqlite3.Row, met: Iterable[Mapping[str, str]]) -> OwedOutcome:
    """Read one row of ``TO_REPORT``; *met* are the details of the outcomes by which its conditions were met."""
    return OwedOutcome(
        number=row["outcome_number"],
        outcome=recorded_outcome(row),
        call_id=row["call_id"],
        area=row["area"],
        decision_point=row["decision_point"],
        case_ref=row["case_ref"],
        part=row["part"],
        lead=row["lead"],
        verdict=row["verdict"],
        as_of=parse_instant(row["as_of"]) if row["as_of"] else None,
        position=Position(row["writer"], int(row["writer_number"]), row["leaf_hash"], row["line_hash"]),
        met=tuple(met),
    )
