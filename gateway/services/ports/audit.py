"""Recording calls, and finding recorded ones.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping
    from datetime import datetime

    from gateway.domain.audit import Draft, Entry, Position


class AuditLog(Protocol):
    """This process's queue of entries."""

    @property
    def writer(self) -> str:
        """Name of the queue."""

    def record(self, draft: Draft) -> Awaitable[Position]:
        """Number, seal and enqueue *draft* at once; the awaitable ends when the entry is durable.

        Calls that come while a commit is under way share the next one.

        Raises:
            AuditUnavailableError: It could not be made durable, or too many entries are pending.
        """

    @property
    def failed(self) -> bool:
        """A commit failed: this process answers nothing any more and must stop."""


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """What a search looks for; an empty string, None or 0 means any."""

    uscc: str = ""
    agency: str = ""
    officer: str = ""
    case_ref: str = ""
    area: int = 0
    verdict: int = 0
    since: datetime | None = None
    until: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class AskedFilter:
    """Which answered questions about one enterprise are looked for; what they may be is decided in ``domain``."""

    uscc: str
    methods: frozenset[str]
    roles: frozenset[str]
    """Of callers whose questions are found in any case."""
    released: frozenset[tuple[str, str]] = frozenset()
    """(agency, case number) whose questions are found as well."""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One recorded call, or one item of a recorded batch (``item`` set)."""

    entry: Entry
    content: Mapping[str, object]
    """The body, decoded; of an item that has a case or an officer of its own, with these in it."""
    item: int | None
    line: Mapping[str, object] | None
    line_leaf: bytes = b""
    """Leaf of the item's line under the entry's root; empty where there is no item."""


class AccessSearch(Protocol):
    """Finds recorded calls. Blocking: call it in a thread."""

    def search(self, wanted: AccessFilter, size: int, token: str) -> tuple[list[AccessRow], str]:
        """Return one page, newest first, and the token of the next (empty on the last).

        Entries recorded before the call are found by it. Raises ``ValueError`` for a token that is none.
        """


class AskedSearch(Protocol):
    """Finds who asked about an enterprise. Blocking: call it in a thread."""

    def asked(self, wanted: AskedFilter, size: int, token: str) -> tuple[list[AccessRow], str]:
        """Return one page of answered questions, newest first, and the token of the next (empty on the last).

        What is not looked for leaves no trace: every page but the last has *size* rows. Raises ``ValueError`` for a
        token that is none.
        """


class ReleasesSearch(Protocol):
    """Finds the calls that released an investigation. Blocking: call it in a thread."""

    def releases(self) -> list[AccessRow]:
        """Return every such call that was answered, the oldest first. Raises ``StoreUnavailableError``."""


class InvestigationReleases(Protocol):
    """Which investigations have been released to those whom they concern (R-05)."""

    def released(self) -> frozenset[tuple[str, str]]:
        """Return (agency, case number) of every released case. Blocking."""


class Reviews(Protocol):
    """Finds signed reviews. Blocking: call it in a thread."""

    def reviews(self, size: int, token: str) -> tuple[list[AccessRow], str]:
        """Return one page, newest first, and the token of the next (empty on the last).

        Raises ``ValueError`` for a token that is none.
        """
