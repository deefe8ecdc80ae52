"""Entries of the record whose time may be over, and what is left of them.

Protocols; no behaviour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gateway.domain.audit import Entry


class AuditArchive(Protocol):
    """Every audit queue, those of other processes and of stopped ones too. Blocking: call it in a thread."""

    def writers(self) -> list[str]:
        """Return the names of all queues, in order."""

    def older(self, writer: str, from_number: int, before: datetime, limit: int) -> list[Entry]:
        """Return up to *limit* entries from a number on that were recorded before an instant and are not erased.

        In order of their numbers, without batch lines.
        """

    def newest_until(self, moment: datetime) -> datetime | None:
        """Return the time of the newest entry of any queue that was recorded by *moment*; None when there is none."""

    def whole(self, entry: Entry) -> Entry:
        """Return an entry with its batch lines."""

    def flaw(self, entry: Entry) -> str:
        """Return what is wrong with an entry that was read with its lines; empty when it is as it was sealed."""

    def erase(self, entries: Sequence[tuple[Entry, bytes]]) -> None:
        """Erase entries of one queue, each read with its lines and given with what stands in its body's place.

        All of them are erased in one transaction, and are durably so when this returns; envelope and leaf stay.
        """
