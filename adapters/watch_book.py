"""The journal's pages about registered cases and the events told of them. It judges nothing and asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters import watch_tables as tables
from adapters.numbers import refuse_number
from adapters.watch_tables import EventStep, KeptEvent, kept_event, watched_case
from formats.civil import format_instant

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime

    from adapters.watch_tables import WatchedCase

    Rows = list[sqlite3.Row]
    Values = tuple[object, ...] | Mapping[str, object]

_PAGE = 200


class AnotherEventError(Exception):
    """Under the number of an event that is on record another one came: it is not the gateway that we had before."""


class WatchBook:
    """Part of a ``Journal``; its methods raise ``JournalUnavailableError`` as the journal's do."""

    def __init__(
        self, writing: Callable[[], AbstractContextManager[sqlite3.Connection]], read: Callable[[str, Values], Rows]
    ) -> None:
        """Take the journal's own ways to write in one transaction and to read."""
        self._writing = writing
        self._read = read

    def register(self, case: WatchedCase, at: datetime) -> None:
        """Record that a case is registered; one that is on record stays as it is.

        Raises:
            QuestionRefusedError: A text holds a resident's number, which no journal keeps.
        """
        question = case.request.question
        for field, text in (("case_ref", question.case_ref), ("part", case.part), ("officer", question.officer)):
            refuse_number(field, text)
        lead = case.request.enterprise.uscc
        content = case.request.SerializeToString(deterministic=True)
        parties = " ".join(sorted(case.parties))
        row = (case.case_id, format_instant(at), question.area, question.case_ref, case.part, lead, parties, content)
        with self._writing() as connection:
            connection.execute(tables.REGISTER, row)

    def registered(self, area: int, case_ref: str, part: str) -> tuple[WatchedCase, ...]:
        """Return the applicants of a case by our own number; empty when it was not registered through this journal."""
        return tuple(watched_case(row) for row in self._read(tables.REGISTERED, (area, case_ref, part)))

    def of_case(self, case_id: str) -> tuple[WatchedCase, ...]:
        """Return the applicants of a case by the gateway's id; empty likewise."""
        return tuple(watched_case(row) for row in self._read(tables.OF_CASE, (case_id,)))

    def keep(self, event: KeptEvent) -> bool:
        """Record an event; False when it is on record already.

        Raises:
            AnotherEventError: Another one is on record under its number.
        """
        row = (
            event.sequence,
            format_instant(event.received_at),
            event.kind,
            event.case_id,
            event.case_ref,
            event.part,
            event.uscc,
            event.of_sequence,
            format_instant(event.seen_at),
        )
        with self._writing() as connection:
            if connection.execute(tables.KEEP, row).fetchone() is not None:
                return True
            found = kept_event(connection.execute(tables.EVENT, (event.sequence,)).fetchone())
        if _told(found) != _told(event):
            raise AnotherEventError(f"event {event.sequence} is on record as another one, of {found.case_ref}")
        return False

    def last(self) -> int:
        """Return the number of the last event on record; 0 when there is none."""
        return int(self._read(tables.LAST, ())[0]["last"])

    def open(self) -> Iterator[KeptEvent]:
        """Yield the events with which something is still to be done, in their order, once each."""
        after = 0
        while rows := self._read(tables.OPEN, {"after": after, "most": _PAGE}):
            for row in rows:
                yield kept_event(row)
            after = rows[-1]["sequence"]

    def was_told(self, sequence: int) -> bool:
        """Return whether the deciding system has the event."""
        return bool(self._read(tables.TOLD, (sequence,)))

    def mark(self, sequence: int, step: EventStep, at: datetime) -> None:
        """Record what has been done with an event; what is recorded stays."""
        with self._writing() as connection:
            connection.execute(tables.STEP, (sequence, step.value, format_instant(at)))


def _told(event: KeptEvent) -> tuple[object, ...]:
    """Return what is the same whenever an event is told."""
    return (event.kind, event.case_id, event.case_ref, event.part, event.uscc, event.of_sequence, event.seen_at)
