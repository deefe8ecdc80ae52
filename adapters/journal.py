"""The adapter's own record, in its own SQLite file.

A question is on disk before it is sent, its answer before a clearance can be used. What cannot be recorded stops the
caller with ``JournalUnavailableError``: there is no way around it and no setting that allows one.

One ``Journal`` may be shared by threads, and several processes may open the same file; a forked child must open its
own. It is append-only. It judges nothing and knows no network.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import contextmanager
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self

from jointsanctions.v1 import common_pb2

from adapters import tables
from adapters.errors import JournalUnavailableError
from adapters.many_rows import KEPT_STATEMENTS, write_rows
from adapters.numbers import may_hold_number, refuse_number
from adapters.pending_book import PendingBook
from adapters.watch_book import WatchBook
from formats.civil import format_instant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from adapters.answers import Answer
    from adapters.entries import OpenQuestion, Outcome, OwedOutcome, Question, ReceivedEnding, RecordedAnswer

NO_RECEIPTS: Final[Mapping[int, bytes]] = MappingProxyType({})
LOG_PAGES: Final = 4000
"""Of 4 KiB, after which the write-ahead log is put into the file: some 16 MiB beside it."""
LAST_OUTCOME: Final = 2**63 - 1
"""Number after that of every outcome."""


class Journal:
    """An open journal."""

    def __init__(self, path: Path, *, busy_seconds: float = 5.0) -> None:
        """Open the journal at *path*; a new one is made, readable by its owner only.

        Args:
            path: The file. Its folder must exist.
            busy_seconds: How long to wait while another process writes.

        Raises:
            JournalUnavailableError: It cannot be opened or written, or is no journal of this version.
        """
        self._path = path
        self.pending = PendingBook(self._writing, self._read)
        self.watched = WatchBook(self._writing, self._read)
        self._lock = Lock()
        self._process = os.getpid()
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(
                path,
                timeout=busy_seconds,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=KEPT_STATEMENTS,
            )
        except (OSError, sqlite3.Error) as error:
            raise JournalUnavailableError(f"{path}: {error}") from error
        self._connection.row_factory = sqlite3.Row
        self._file = _identity(path)
        try:
            self._prepare(busy_seconds)
        except JournalUnavailableError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what is done with the journal afterwards raises ``JournalUnavailableError``."""
        with self._lock:
            self._connection.close()

    def record_questions(self, questions: Sequence[Question]) -> tuple[int, ...]:
        """Record questions that are about to be sent, all or none.

        Returns:
            The journal's number of each, in order.

        Raises:
            QuestionRefusedError: A text holds a resident's number, which no journal keeps.
        """
        if not questions:
            return ()
        texts = ".".join([f"{each.case_ref}.{each.part}.{each.officer}" for each in questions])
        for question in questions if may_hold_number(texts.encode()) else ():
            for field in ("case_ref", "part", "officer"):
                refuse_number(field, getattr(question, field))
        rows = [tables.question_row(question) for question in questions]
        with self._writing() as connection:
            write_rows(connection, tables.ADD_QUESTION, rows)
            # AUTOINCREMENT numbers the rows of a transaction one after the other, as they were written.
            (last,) = connection.execute(tables.LAST_NUMBER).fetchone()
            numbers = range(last - len(rows) + 1, last + 1)
            self.pending.begin(connection, dict(zip(numbers, questions, strict=True)))
        return tuple(numbers)

    def record_answers(
        self,
        answers: Mapping[int, Answer],
        answered_at: datetime,
        receipts: Mapping[int, bytes] = NO_RECEIPTS,
        outcomes: Collection[Outcome] = (),
    ) -> None:
        """Record answers by the number of their question, with all that comes with them, all or none.

        A second answer to a question is refused.

        Args:
            answers: The answers.
            answered_at: When they came, UTC.
            receipts: The receipts that came with them, likewise.
            outcomes: What they led to at once, as of ``record_outcomes``, which also says what is raised.
        """
        at, owed = format_instant(answered_at), _outcome_rows(outcomes)
        with self._writing() as connection:
            rows = [tables.answer_row(number, at, answer) for number, answer in answers.items()]
            write_rows(connection, tables.ADD_ANSWER, rows)
            connection.executemany(tables.ADD_RECEIPT, list(receipts.items()))
            connection.executemany(tables.ADD_OUTCOME, owed)
            self.pending.answered(connection, answers, answered_at)
            self._keep_beside(connection, answers, at)

    def _keep_beside(self, connection: sqlite3.Connection, answers: Mapping[int, Answer], at: str) -> None:
        """Keep more with answers, in their own transaction; a journal by itself keeps nothing more."""

    def record_failure(
        self, numbers: Collection[int], failed_at: datetime, reason: str, message: str, *, refused: bool = False
    ) -> None:
        """Record that the questions with these numbers got no answer, and why; unless *refused* they stay pending."""
        at = format_instant(failed_at)
        with self._writing() as connection:
            connection.executemany(tables.ADD_FAILURE, [(number, at, reason, message) for number in numbers])
            for number in numbers if refused else ():
                self.pending.refused(connection, number, reason, failed_at)

    def record_outcomes(self, outcomes: Collection[Outcome]) -> None:
        """Record what was done with answers, all or none; it is owed to the gateway from now on.

        Raises:
            QuestionRefusedError: A text holds a resident's number, which no journal keeps.
        """
        rows = _outcome_rows(outcomes)
        with self._writing() as connection:
            connection.executemany(tables.ADD_OUTCOME, rows)

    def last_answers(self, case_ref: str, decision_point: int) -> tuple[RecordedAnswer, ...]:
        """Return the answers of a case at one decision point, newest first, faulty ones included; empty when none."""
        query = tables.ANSWERS + "WHERE q.case_ref = ? AND q.decision_point = ? ORDER BY q.number DESC"
        return tuple(tables.recorded_answer(row) for row in self._read(query, (case_ref, decision_point)))

    def last_answers_of(self, case_refs: Collection[str], point: int) -> Mapping[str, Sequence[RecordedAnswer]]:
        """Return what ``last_answers`` does for several cases, by case; one without any answer is absent."""
        query = tables.ANSWERS + tables.OF_CASES + "ORDER BY q.number DESC"
        found: dict[str, list[RecordedAnswer]] = {}
        for row in self._read(query, (point, json.dumps(list(case_refs)))):
            found.setdefault(row["case_ref"], []).append(tables.recorded_answer(row))
        return found

    def answer_to(self, number: int) -> RecordedAnswer | None:
        """Return the answer to the question with this number; None when there is none."""
        rows = self._read(tables.ANSWERS + "WHERE q.number = ?", (number,))
        return tables.recorded_answer(rows[0]) if rows else None

    def receipt_of(self, number: int) -> bytes | None:
        """Return the receipt, whole, that came with the answer to the question with this number; None where none did.

        It is a file for ``jsg audit verify``, and for anybody else who verifies receipts.
        """
        rows = self._read("SELECT receipt FROM receipt WHERE question = ?", (number,))
        return bytes(rows[0]["receipt"]) if rows else None

    def fulfilments(self, number: int) -> list[dict[str, str]]:
        """Return how the conditions of the answer to this question were met, the oldest first; empty: they were not."""
        return self._met(number, LAST_OUTCOME)

    def open_questions(self, decision_point: int) -> tuple[OpenQuestion, ...]:
        """Return, of each enterprise in each case, what was last asked at a point and not answered with ``CLEAR``.

        Answers with a fault count as none. Oldest first; empty when nothing is open.
        """
        values = {"point": decision_point, "clear": common_pb2.VERDICT_CLEAR}
        return tuple(tables.open_question(row) for row in self._read(tables.OPEN, values))

    def outcomes_owed(self) -> tuple[Outcome, ...]:
        """Return the outcomes not yet reported to the gateway (A-128), oldest first; empty when none is owed."""
        return tuple(tables.recorded_outcome(row) for row in self._read(tables.OWED, ()))

    def outcomes_to_report(self) -> tuple[OwedOutcome, ...]:
        """Return the outcomes not yet reported, each with all that a report says of it, oldest first."""
        rows = self._read(tables.TO_REPORT, ())
        return tuple(tables.owed_outcome(row, self._met(row["question"], row["outcome_number"])) for row in rows)

    def mark_reported(self, number: int) -> None:
        """Record that the gateway has the outcome with this number; one that is marked stays as it is."""
        with self._writing() as connection:
            connection.execute(tables.REPORTED, (number,))

    def _met(self, question: int, upto: int) -> list[dict[str, str]]:
        """Return how the conditions of an answer were met; a review of an earlier answer is followed to that.

        Only up to the outcome *upto*, so that a report says the same whatever is done later.
        """
        found: list[dict[str, str]] = []
        for row in self._read(tables.MET, (question, upto)):
            details: dict[str, str] = json.loads(row["details"])
            earlier = details.get(tables.BY_REVIEW, "")
            found += self._met(int(earlier), upto) if earlier and int(earlier) < question else [details]
        return found

    def record_endings(self, endings: Iterable[ReceivedEnding], received_at: datetime) -> tuple[ReceivedEnding, ...]:
        """Record endings, all or none, and return those that were not on record; one on record stays as it is."""
        at = format_instant(received_at)
        with self._writing() as connection:
            return tuple(
                ending
                for ending in endings
                if connection.execute(tables.ADD_ENDING, tables.ending_row(ending, at)).fetchone() is not None
            )

    def endings(self) -> tuple[ReceivedEnding, ...]:
        """Return every ending received, oldest first; empty when none was."""
        rows = self._read("SELECT * FROM ending ORDER BY received_at, ending_id", ())
        return tuple(tables.recorded_ending(row) for row in rows)

    def _use_write_ahead_log(self, busy_seconds: float) -> None:
        """Change the mode, which SQLite refuses at once, without its busy time-out, while another opens the file."""
        deadline = time.monotonic() + busy_seconds
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    def _prepare(self, busy_seconds: float) -> None:
        try:
            self._use_write_ahead_log(busy_seconds)
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            # What a statement of many rows notes to undo itself needs no file of its own: no crash asks for it.
            self._connection.execute("PRAGMA temp_store = MEMORY")
            # A page that many questions change goes from the write-ahead log into the file once for all of them.
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        except sqlite3.Error as error:
            raise JournalUnavailableError(f"{self._path}: {error}") from error
        with self._writing() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (existing,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if existing == 0:
                for statement in (
                    *tables.SCHEMA,
                    f"PRAGMA user_version = {tables.SCHEMA_VERSION}",
                    f"PRAGMA application_id = {tables.APPLICATION_ID}",
                ):
                    connection.execute(statement)
            elif application == tables.APPLICATION_ID and version in tables.GROWTH:
                for statement in (*tables.GROWTH[version], f"PRAGMA user_version = {tables.SCHEMA_VERSION}"):
                    connection.execute(statement)
            elif (application, version) != (tables.APPLICATION_ID, tables.SCHEMA_VERSION):
                raise JournalUnavailableError(f"{self._path}: is no journal of version {tables.SCHEMA_VERSION}")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._failing_closed():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _read(self, query: str, values: tuple[object, ...] | Mapping[str, object]) -> list[sqlite3.Row]:
        with self._lock, self._failing_closed():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _failing_closed(self) -> Iterator[None]:
        if os.getpid() != self._process:
            raise JournalUnavailableError(f"{self._path}: was opened by another process")
        if _identity(self._path) != self._file:
            # SQLite would go on writing into a file that nobody finds again.
            raise JournalUnavailableError(f"{self._path}: the file was moved or replaced while open")
        try:
            yield
        except sqlite3.Error as error:
            raise JournalUnavailableError(f"{self._path}: {error}") from error


def _outcome_rows(outcomes: Collection[Outcome]) -> list[tuple[object, ...]]:
    for outcome in outcomes:
        for field, text in {"officer": outcome.officer, **outcome.details}.items():
            refuse_number(field, text)
    return [tables.outcome_row(outcome) for outcome in outcomes]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
