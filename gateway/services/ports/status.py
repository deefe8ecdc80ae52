"""What the status of a process is made of, beside the register and the record. Protocols; no behaviour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.status import Ends, LogFigures, PersonKeys, RecordFigures


class RecordWatch(Protocol):
    """How the audit queue is."""

    def figures(self) -> RecordFigures:
        """Return its figures now; does not block."""


class PlaceWatch(Protocol):
    """How what lies on the disk is. Blocking: call it in a thread."""

    def ends(self) -> Ends:
        """Return when certificates and revocations end; what cannot be read is named, never left out silently."""

    def free(self) -> Mapping[str, int]:
        """Return free bytes by what lies there; a place that is not this machine's is absent, an unreadable one 0."""

    def sizes(self) -> Mapping[str, int]:
        """Return the bytes of whole disks by what lies there; what cannot be looked at is absent."""

    def log(self) -> LogFigures:
        """Return how the signed log stands; ``fault`` says why it cannot be looked at."""

    def person_keys(self) -> PersonKeys:
        """Return the keys of persons' numbers; none when they cannot be used."""


class ProcessWatch(Protocol):
    """How the serving process itself is; does not block."""

    def under_way(self) -> tuple[int, int]:
        """Return calls in flight, and how many of them are streams."""

    def faults(self) -> tuple[str, ...]:
        """Return why it does not serve; empty when it does."""
