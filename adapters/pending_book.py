"""The journal's pages about questions without an answer. It judges nothing and asks nobody.

Each of its changes belongs to the transaction of what causes it, so that no kill comes between a question and its being
pending, nor between an answer and what it settles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2

from adapters import pending_tables as tables
from adapters.entries import Outcome, OutcomeKind
from adapters.many_rows import write_rows
from adapters.tables import ADD_OUTCOME, outcome_row
from formats.civil import format_instant, parse_instant

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from jointsanctions.v1 import credit_pb2

    from adapters.answers import Answer
    from adapters.away import LegalNote
    from adapters.entries import Question
    from adapters.pending_tables import PendingCheck
    from formats.bulletin import BulletinHead

    Rows = list[sqlite3.Row]

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Settled:
    """What a pending question came to.

    Attributes:
        check: The question that was pending.
        settled_at: When, UTC.
        remade: The journal's number of the question that was asked in its place.
        verdict: As the gateway sent it; None where it refused the question.
        fault: Why the answer may not be relied upon; empty when it may.
        refused: Why the gateway would not answer it, such as ``"AREA_NOT_IN_MANDATE"``; empty where it did.
    """

    check: PendingCheck
    settled_at: datetime
    remade: int
    verdict: common_pb2.Verdict.ValueType | None
    fault: str
    refused: str


class PendingBook:
    """Part of a ``Journal``; its methods raise ``JournalUnavailableError`` as the journal's do."""

    def __init__(
        self,
        writing: Callable[[], AbstractContextManager[sqlite3.Connection]],
        read: Callable[[str, tuple[object, ...]], Rows],
    ) -> None:
        """Take the journal's own ways to write in one transaction and to read."""
        self._writing = writing
        self._read = read

    def begin(self, connection: sqlite3.Connection, questions: Mapping[int, Question]) -> None:
        """In the questions' own transaction: each is pending from now on, or is asked in place of one that is."""
        remade = [(number, each.instead_of) for number, each in questions.items() if each.instead_of is not None]
        kept = [(number, each.again) for number, each in questions.items() if each.instead_of is None and each.again]
        connection.executemany(tables.REMADE, remade)
        write_rows(connection, tables.KEEP, kept)

    def answered(self, connection: sqlite3.Connection, answers: Mapping[int, Answer], at: datetime) -> None:
        """In the answers' own transaction: no question of theirs is pending any more, nor any that it was asked for."""
        among = (min(answers, default=0), max(answers, default=0))
        for number, pending in connection.execute(tables.REMADE_AMONG, among).fetchall():
            if number in answers and connection.execute(tables.IS_PENDING, (pending,)).fetchone() is not None:
                connection.execute(tables.SETTLE, (pending, format_instant(at), number, "", 0))
                write_rows(connection, tables.LET_GO, [(pending,)])
                self._tell_of_reserved(connection, pending, number, answers[number], at)
        write_rows(connection, tables.LET_GO, [(number,) for number in answers])

    def refused(self, connection: sqlite3.Connection, number: int, reason: str, at: datetime) -> None:
        """In the failure's own transaction: asking again is useless. Who asked first-hand has been told already."""
        pending = self._pending_of(connection, number)
        of, handed = (number, 1) if pending is None else (pending, 0)
        if connection.execute(tables.IS_PENDING, (of,)).fetchone() is not None:
            connection.execute(tables.SETTLE, (of, format_instant(at), number, reason, handed))
            write_rows(connection, tables.LET_GO, [(of,)])

    def reserve(self, number: int, note: LegalNote, at: datetime, officer: str) -> bool:
        """Record that the act of a pending question goes on under reservation; False when it is not pending."""
        details = {"note_zh": note.zh, "note_en": note.en}
        outcome = Outcome(number, at, OutcomeKind.RESERVED, officer, details)
        with self._writing() as connection:
            if connection.execute(tables.IS_PENDING, (number,)).fetchone() is None:
                return False
            connection.execute(tables.RESERVE, (number, note.zh, note.en))
            connection.execute(ADD_OUTCOME, outcome_row(outcome))
        return True

    def due(self, begun_before: datetime) -> Iterator[tuple[PendingCheck, credit_pb2.CheckEligibilityRequest]]:
        """Yield what is to be asked again, oldest first, once each.

        Args:
            begun_before: A question of which nothing is known counts as without an answer when it is older, UTC.
        """
        after = 0
        while rows := self._read(tables.DUE, (after, format_instant(begun_before), _PAGE)):
            for row in rows:
                yield tables.pending_check(row), tables.kept_request(row)
            after = rows[-1]["number"]

    def waiting(self) -> int:
        """Return how many questions are pending, those under way included."""
        return int(self._read(tables.COUNT, ())[0]["waiting"])

    def results(self) -> tuple[Settled, ...]:
        """Return what pending questions came to and has not been handed over, oldest first; empty when nothing."""
        return tuple(
            Settled(
                check=tables.pending_check(row),
                settled_at=parse_instant(row["settled_at"]),
                remade=row["remade"],
                verdict=None if row["refused"] else row["verdict"],
                fault=row["fault"] or "",
                refused=row["refused"],
            )
            for row in self._read(tables.RESULTS, ())
        )

    def mark_handed(self, number: int) -> None:
        """Record that the deciding system has the result of the pending question with this number."""
        with self._writing() as connection:
            connection.execute(tables.HANDED, (number,))

    def record_bulletin(self, head: BulletinHead, digest: bytes, at: datetime) -> None:
        """Record that a bulletin was fetched, so that no older one is taken after it."""
        issued_at = format_instant(head.issued_at)
        row = (format_instant(at), head.gateway, head.area, head.revision, issued_at, digest)
        with self._writing() as connection:
            connection.execute(tables.ADD_BULLETIN, row)

    def newest_bulletin(self, gateway: str, area: str) -> tuple[int, datetime] | None:
        """Return revision and instant of issue of the newest bulletin fetched; None when none was."""
        rows = self._read(tables.NEWEST_BULLETIN, (gateway, area))
        return (rows[0]["revision"], parse_instant(rows[0]["issued_at"])) if rows else None

    def latest(self) -> datetime | None:
        """Return the latest instant at which anything was asked, UTC: the present is not before it. None: nothing."""
        at = self._read(tables.LATEST, ())[0]["at"]
        return parse_instant(at) if at else None

    @staticmethod
    def _pending_of(connection: sqlite3.Connection, number: int) -> int | None:
        row = connection.execute(tables.PENDING_OF, (number,)).fetchone()
        return None if row is None else int(row["pending"])

    @staticmethod
    def _tell_of_reserved(
        connection: sqlite3.Connection, pending: int, number: int, answer: Answer, at: datetime
    ) -> None:
        """Owe the gateway the word that an act went on before this answer: granted, or not stopped."""
        if connection.execute(tables.RESERVED, (pending,)).fetchone() is None:
            return
        clear = answer.verdict == common_pb2.VERDICT_CLEAR and not answer.fault
        kind = OutcomeKind.GRANTED if clear else OutcomeKind.OBSERVED
        (officer,) = connection.execute("SELECT officer FROM question WHERE number = ?", (number,)).fetchone()
        details = {"reason": "UNDER_RESERVATION", "pending_question": str(pending)}
        connection.execute(ADD_OUTCOME, outcome_row(Outcome(number, at, kind, officer, details)))
