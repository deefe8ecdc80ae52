"""What the journal shows of questions, answers and outcomes: read alone, on a connection of its own."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.answers import Answer
from adapters.clearance import Asked
from adapters.entries import Question
from adapters.errors import JournalUnavailableError
from adapters.tables import ANSWERS, recorded_answer
from formats.civil import format_instant, midnight, parse_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from adapters.entries import RecordedAnswer
    from adapters.http.keeping import SidecarJournal

_OUTCOMES = "SELECT kind, decided_at, officer, details, reported FROM outcome WHERE question = ? ORDER BY number"
_ASKED = """
    SELECT q.*, f.failed_at, f.reason AS failure FROM question q LEFT JOIN failure f ON f.question = q.number
    WHERE q.number = ?
"""
_ITEM = "SELECT count(*) AS item FROM question WHERE call_id = ? AND number < ?"
_OBSERVED = """
    SELECT o.decided_at, o.details, q.number, q.decision_point, q.case_ref, q.part, q.lead, q.officer, a.verdict
    FROM outcome o JOIN question q ON q.number = o.question JOIN answer a ON a.question = q.number
    WHERE o.kind = 'OBSERVED' AND o.decided_at >= ? AND o.decided_at < ? ORDER BY o.number
"""
_COUNT = "SELECT count(*) AS questions FROM question WHERE asked_at >= ? AND asked_at < ?"


class JournalView:
    """Reads a journal; may be shared by threads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def question(self, number: int) -> sqlite3.Row | None:
        """Return the question with this number, with its failure where it got no answer; None where there is none."""
        rows = self._read(_ASKED, (number,))
        return rows[0] if rows else None

    def answer(self, number: int) -> RecordedAnswer | None:
        """Return the answer to it; None where there is none."""
        rows = self._read(ANSWERS + "WHERE q.number = ?", (number,))
        return recorded_answer(rows[0]) if rows else None

    def outcomes(self, number: int) -> list[dict[str, Any]]:
        """Return what was done with the answer, in order."""
        return [
            {
                "kind": row["kind"],
                "decidedAt": row["decided_at"],
                "officer": row["officer"],
                "details": json.loads(row["details"]),
                "reported": bool(row["reported"]),
            }
            for row in self._read(_OUTCOMES, (number,))
        ]

    def item(self, number: int) -> int | None:
        """Return which item of its batch a question was, from 0; None for one that was asked alone."""
        answer, row = self.answer(number), self.question(number)
        if answer is None or row is None or not answer.position.line_hash:
            return None
        return int(self._read(_ITEM, (row["call_id"], number))[0]["item"])

    def asked(self, number: int, journal: SidecarJournal) -> Asked | None:
        """Return a conditional question with the words of its answer; None where the journal does not hold them."""
        row, answer, held = self.question(number), self.answer(number), journal.held(number)
        if row is None or answer is None or held is None:
            return None
        decision, revision = held
        question = Question(
            call_id=row["call_id"],
            asked_at=parse_instant(row["asked_at"]),
            area=row["area"],
            decision_point=row["decision_point"],
            case_ref=row["case_ref"],
            part=row["part"],
            officer=row["officer"],
            lead=row["lead"],
            parties=answer.parties,
            request_digest=row["request_digest"],
        )
        said = Answer(
            verdict=answer.verdict,
            measures=tuple(decision.measures),
            because=tuple(decision.unverifiable_because),
            as_of=answer.as_of,
            valid_until=answer.valid_until,
            data_revision=revision,
            position=answer.position,
            digest=answer.digest,
            fault=answer.fault,
        )
        return Asked(number, question, said)

    def observed(self, day: date) -> tuple[int, Sequence[sqlite3.Row]]:
        """Return how many questions were asked on a civil day, and what enforcing would have stopped on it."""
        span = (format_instant(midnight(day)), format_instant(midnight(day + timedelta(days=1))))
        return int(self._read(_COUNT, span)[0]["questions"]), self._read(_OBSERVED, span)

    def _read(self, query: str, values: tuple[object, ...]) -> list[sqlite3.Row]:
        try:
            with closing(
                sqlite3.connect(f"{self._path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
            ) as connection:
                connection.row_factory = sqlite3.Row
                return connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise JournalUnavailableError(f"{self._path}: {error}") from error
