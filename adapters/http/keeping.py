"""The side-car's journal: that of every adapter, with what HTTP needs beside it in the same file and transactions.

- The words of a conditional answer, while it holds: its conditions are met in a later request, perhaps after a restart.
- In which capacity a person was granted something, because the grant names no person; nothing else of persons.
- Which write was asked for under which idempotency key, and what it did. The mark is written in the transaction that
  does it, so that whoever is killed afterwards finds it.
"""

from __future__ import annotations

import fcntl
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import credit_pb2

from adapters import tables
from adapters.entries import OutcomeKind
from adapters.errors import JournalUnavailableError
from adapters.journal import Journal
from adapters.numbers import refuse_number
from formats.civil import format_instant

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from adapters.answers import Answer
    from adapters.entries import Outcome
    from adapters.persons import Capacity

SCHEMA = (
    """CREATE TABLE IF NOT EXISTS held_answer (
        question INTEGER PRIMARY KEY REFERENCES question (number), decision BLOB NOT NULL, data_revision TEXT NOT NULL,
        valid_until TEXT NOT NULL) STRICT""",
    "CREATE INDEX IF NOT EXISTS held_answer_until ON held_answer (valid_until)",
    """CREATE TABLE IF NOT EXISTS asked_write (
        key TEXT PRIMARY KEY, request BLOB NOT NULL, begun_at TEXT NOT NULL, status INTEGER, body TEXT) STRICT""",
    """CREATE TABLE IF NOT EXISTS written_under (
        key TEXT NOT NULL REFERENCES asked_write (key), question INTEGER NOT NULL, kind TEXT NOT NULL) STRICT""",
    "CREATE INDEX IF NOT EXISTS written_under_key ON written_under (key)",
    """CREATE TABLE IF NOT EXISTS granted_person (
        question INTEGER PRIMARY KEY REFERENCES question (number), capacity TEXT NOT NULL) STRICT""",
)


_OWN = (OutcomeKind.GRANTED, OutcomeKind.FULFILLED)
"""What a thread records for itself alone; of the others it may record those of all whom it asks for."""


@dataclass(frozen=True, slots=True)
class Write:
    """A write that was asked for under a key.

    Attributes:
        request: SHA-256 of what was asked, 32 bytes.
        status: HTTP status that was answered; None where the write is not known to have ended.
        body: JSON that was answered; empty likewise.
        done: Kinds of the outcomes that were recorded under it, each with the number of its question, in order.
    """

    request: bytes
    status: int | None
    body: str
    done: tuple[tuple[str, int], ...]


class SidecarJournal(Journal):
    """An open journal, used by this process alone."""

    def __init__(self, path: Path, *, busy_seconds: float = 5.0) -> None:
        """Open it, or make it.

        Raises:
            JournalUnavailableError: As a journal; or another side-car has it open.
        """
        self._under = threading.local()
        try:
            self._alone = path.with_name(path.name + ".lock").open("ab")
        except OSError as error:
            raise JournalUnavailableError(f"{path}: {error}") from error
        try:
            fcntl.flock(self._alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._alone.close()
            raise JournalUnavailableError(f"{path}: another side-car has it open") from error
        super().__init__(path, busy_seconds=busy_seconds)
        with self._writing() as connection:
            for statement in SCHEMA:
                connection.execute(statement)

    def close(self) -> None:
        """Close the file and let others have it."""
        super().close()
        self._alone.close()

    @contextmanager
    def under(self, key: str) -> Iterator[None]:
        """Mark what this thread records meanwhile as done under *key*."""
        self._under.key = key
        try:
            yield
        finally:
            self._under.key = ""

    @contextmanager
    def about_person(self, capacity: Capacity) -> Iterator[None]:
        """Mark what this thread grants meanwhile as granted to a person in that capacity."""
        self._under.capacity = capacity.name
        try:
            yield
        finally:
            self._under.capacity = ""

    def _keep_beside(self, connection: sqlite3.Connection, answers: Mapping[int, Answer], at: str) -> None:
        """Keep the words of answers that are conditional; what holds no longer is forgotten."""
        held = [_held_row(number, answer) for number, answer in answers.items() if answer.conditions]
        connection.executemany("INSERT INTO held_answer VALUES (?, ?, ?, ?)", held)
        connection.execute("DELETE FROM held_answer WHERE valid_until <= ?", (at,))

    def record_outcomes(self, outcomes: Collection[Outcome]) -> None:
        """Record what was done, and under which key."""
        for outcome in outcomes:
            for field, text in {"officer": outcome.officer, **outcome.details}.items():
                refuse_number(field, text)
        key = getattr(self._under, "key", "")
        marks = [(key, each.question, each.kind.value) for each in outcomes if key and each.kind in _OWN]
        capacity = getattr(self._under, "capacity", "")
        persons = [(each.question, capacity) for each in outcomes if capacity and each.kind is OutcomeKind.GRANTED]
        with self._writing() as connection:
            connection.executemany(tables.ADD_OUTCOME, [tables.outcome_row(outcome) for outcome in outcomes])
            connection.executemany("INSERT INTO written_under VALUES (?, ?, ?)", marks)
            connection.executemany("INSERT INTO granted_person VALUES (?, ?)", persons)

    def granted_capacity(self, number: int) -> str:
        """Return in which capacity a person was granted something on a question; empty: no person was."""
        rows = self._read("SELECT capacity FROM granted_person WHERE question = ?", (number,))
        return str(rows[0]["capacity"]) if rows else ""

    def held(self, number: int) -> tuple[credit_pb2.Decision, int] | None:
        """Return the words of a conditional answer that holds, and its data revision; None where there are none."""
        rows = self._read("SELECT * FROM held_answer WHERE question = ?", (number,))
        if not rows:
            return None
        return credit_pb2.Decision.FromString(rows[0]["decision"]), int(rows[0]["data_revision"])

    def begin(self, key: str, request: bytes, at: datetime) -> Write:
        """Record that a write is asked for under *key*, and return what is known of it from before."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO asked_write (key, request, begun_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (key, request, format_instant(at)),
            )
        (row,) = self._read("SELECT * FROM asked_write WHERE key = ?", (key,))
        done = self._read("SELECT kind, question FROM written_under WHERE key = ? ORDER BY rowid", (key,))
        return Write(
            row["request"], row["status"], row["body"] or "", tuple((each["kind"], each["question"]) for each in done)
        )

    def end(self, key: str, status: int, body: Mapping[str, Any]) -> None:
        """Record what was answered to the write under *key*; the first answer stays."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE asked_write SET status = ?, body = ? WHERE key = ? AND status IS NULL",
                (status, json.dumps(body, ensure_ascii=False), key),
            )


def _held_row(number: int, answer: Answer) -> tuple[object, ...]:
    decision = credit_pb2.Decision(measures=answer.measures, unverifiable_because=answer.because)
    until = format_instant(answer.valid_until) if answer.valid_until else ""
    return number, decision.SerializeToString(), str(answer.data_revision), until
