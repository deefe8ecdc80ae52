"""What indexing days needs: the stored indexes, where entries stand in the log, and which investigations are released.

Protocols and the values that cross them; no behaviour. All of it is blocking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from formats.day_proof import STATEMENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from gateway.domain.audit import Draft
    from gateway.domain.day_index import Place
    from gateway.services.ports.audit import AccessRow


@dataclass(frozen=True, slots=True)
class SideTree:
    """One side of an index as it is stored."""

    depth: int
    nodes: tuple[bytes, ...]
    """Hashes of the subtrees below the levels that are always there."""
    leaves: Sequence[tuple[int, str, bytes]] = ()
    """Position, code and content of each enterprise, by position; empty where they are read apart."""


@dataclass(frozen=True, slots=True)
class IndexedDay:
    """One day's index, and where its entry is recorded once it is."""

    number: int
    day: date
    reached: Mapping[str, int]
    """For each queue the first number that no index covers yet."""
    draft: Draft
    """The entry that holds it: to be recorded as it is here, however often that is tried."""
    writer: str = ""
    entry: int = -1
    """Where it is recorded; -1 before."""

    @property
    def recorded(self) -> bool:
        """Its entry is durable in a queue."""
        return self.entry >= 0

    @property
    def statement(self) -> Mapping[str, Any]:
        """What the entry says of the index."""
        return cast("Mapping[str, Any]", self.draft.body[STATEMENT])


class DayStore(Protocol):
    """The indexes of one gateway, added by the process that integrates. Raises ``StoreUnavailableError``."""

    def newest(self) -> IndexedDay | None:
        """Return the last index; None before the first."""

    def on(self, day: date) -> IndexedDay | None:
        """Return the index of a day; None when there is none yet."""

    def add(self, indexed: IndexedDay, sides: Mapping[str, SideTree]) -> None:
        """Store an index that is to be recorded; raises ``LogDeposedError`` where its number is taken."""

    def to_record(self) -> list[IndexedDay]:
        """Return the indexes that no entry holds yet, the oldest first."""

    def recorded(self, number: int, writer: str, entry: int) -> None:
        """Note where an index is recorded, unless that is known already: the same entry twice says the same twice."""

    def side(self, number: int, side: str, position: int) -> SideTree | None:
        """Return a side with the leaves of the subtree in which *position* lies; None when there is none."""

    def places(self, writer: str, first: int, end: int) -> list[tuple[int, int, Place]]:
        """Return runs of entries of a queue in the log that touch this stretch: first number, count, first place."""


class StoredDays(Protocol):
    """All indexes, for whoever looks whether they are whole. Raises ``StoreUnavailableError``."""

    def all(self) -> list[IndexedDay]:
        """Return every index, the oldest first."""

    def whole(self, number: int, side: str) -> SideTree | None:
        """Return a side with all its leaves; None when there is none."""


@dataclass(frozen=True, slots=True)
class Release:
    """A case whose questions are hidden no longer, and the call that said so."""

    agency: str
    case_ref: str
    writer: str
    number: int
    request_id: str
    document_number: str
    review_on: str


class Releases(Protocol):
    """Released investigations, and the entries of a case, as the record of calls has them."""

    def releases(self) -> list[Release]:
        """Return every release, the oldest first."""

    def of_case(self, agency: str, case_ref: str) -> list[AccessRow]:
        """Return the answered calls of an agency in a case, a batch once, the newest first."""
