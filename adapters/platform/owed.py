"""What the platform has not acknowledged, what it rejected, and what cannot be sent, with its age (I-30, L-19b)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.platform.layouts import ENDED, LAYOUTS
from formats.civil import civil_date, format_instant, parse_date

if TYPE_CHECKING:
    import sqlite3
    from datetime import date, datetime

    from adapters.platform.ledger import Ledger
    from formats.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch without a receipt."""

    number: int
    kind: str
    rows: int
    handed_at: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that the platform has not acknowledged: its key, since when it runs, by which day it was to be there."""

    kind: str
    key: tuple[str, ...]
    operation: str
    ground: str
    batch: int
    since: str
    working_days: int
    due_on: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that the platform rejected, and that has not been sent since."""

    batch: int
    place: int
    kind: str
    key: tuple[str, ...]
    operation: str
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """A record that cannot be sent, and what its row lacks."""

    record_id: str
    kind: str
    uscc: str
    lacks: str
    since: str


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that is open. ``ends`` are ends that the platform does not have yet, the oldest first."""

    revision: int
    batches: tuple[OpenBatch, ...]
    ends: tuple[OpenRow, ...]
    reports: tuple[OpenRow, ...]
    rejected: tuple[RejectedRow, ...]
    waiting: tuple[WaitingRecord, ...]

    @property
    def alarm(self) -> bool:
        """Something is late, rejected, or cannot be sent."""
        rows = any(each.overdue for each in (*self.ends, *self.reports))
        late = rows or any(each.overdue for each in self.batches)
        return late or bool(self.rejected) or bool(self.waiting)


def status(ledger: Ledger, calendar: WorkingCalendar, now: datetime) -> Status:
    """Return what is open at *now*, UTC."""
    today = civil_date(now)
    limit = format_instant(now - timedelta(hours=ledger.settings.receipt_hours))
    rows = ledger.connection.execute("SELECT * FROM row WHERE acknowledged = 0 ORDER BY since, row_id").fetchall()
    rejected = ledger.connection.execute(
        """SELECT row.*, part.place, refusal.reason FROM row
        JOIN part ON part.row_id = row.row_id AND part.batch = row.batch AND part.digest = row.refused_digest
        JOIN refusal ON refusal.batch = part.batch AND refusal.place = part.place ORDER BY part.batch, part.place"""
    ).fetchall()
    unread = {row["row_id"] for row in rejected if row["operation"] == ENDED}
    ends = [row for row in (*rows, *rejected) if row["operation"] == ENDED]
    return Status(
        revision=ledger.revision,
        batches=tuple(
            OpenBatch(
                row["number"],
                row["kind"],
                row["rows"],
                row["handed_at"] or "",
                (row["handed_at"] or row["made_at"]) < limit,
            )
            for row in ledger.connection.execute("SELECT * FROM batch WHERE receipt = '' ORDER BY number")
        ),
        ends=tuple(
            _open(row, row["ended_on"] or row["since"], ledger.settings.removal_days, today, calendar) for row in ends
        ),
        reports=tuple(
            _open(row, row["since"], ledger.settings.report_days, today, calendar)
            for row in rows
            if row["operation"] != ENDED and row["row_id"] not in unread
        ),
        rejected=tuple(
            RejectedRow(row["batch"], row["place"], row["kind"], key_of(row), row["operation"], row["reason"])
            for row in rejected
        ),
        waiting=tuple(
            WaitingRecord(row["record_id"], row["kind"], row["uscc"], row["waiting"], row["since"])
            for row in ledger.connection.execute("SELECT * FROM record WHERE waiting <> '' ORDER BY since, record_id")
        ),
    )


def _open(row: sqlite3.Row, since: str, days: int, today: date, calendar: WorkingCalendar) -> OpenRow:
    start = parse_date(since)
    due = calendar.add_working_days(start, days).due
    return OpenRow(
        kind=row["kind"],
        key=key_of(row),
        operation=row["operation"],
        ground=row["ground"],
        batch=row["batch"],
        since=since,
        working_days=_age(start, today, calendar),
        due_on=due.isoformat(),
        overdue=today > due,
    )


def _age(start: date, today: date, calendar: WorkingCalendar) -> int:
    """Return how many working days have passed; the start day does not count (K-07)."""
    days = (start + timedelta(days=each) for each in range(1, (today - start).days + 1))
    return sum(1 for day in days if calendar.is_working_day(day))


def key_of(row: sqlite3.Row) -> tuple[str, ...]:
    """Return code, day and document number of a row that was sent."""
    cells: dict[str, str] = json.loads(row["cells"])
    return tuple(cells.get(column, "") for column in LAYOUTS[row["kind"]].key)
