"""Taking in the chunks of submissions, and what became of one; no behaviour beyond counting."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gateway.domain.vocabulary import RowStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.domain.agencies import Agency
    from gateway.services.ports.facts import RowOutcome

_SHOWN = frozenset({RowStatus.HELD, RowStatus.REJECTED})


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one chunk: how many rows ended how, and each row that was not simply stored, in order."""

    revision: int
    """From which it is visible."""
    counts: Mapping[RowStatus, int]
    shown: Sequence[RowOutcome]

    @classmethod
    def of(cls, revision: int, outcomes: Iterable[RowOutcome]) -> Taken:
        """Return what became of a chunk with these *outcomes*, one a row, in any order."""
        ordered = sorted(outcomes, key=lambda outcome: outcome.row)
        shown = [outcome for outcome in ordered if outcome.status in _SHOWN]
        return cls(revision, Counter(outcome.status for outcome in ordered), shown)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who submits: the agency with its mandate, and the person."""

    agency: Agency
    holder: str
    """By the certificate; empty for a system's."""


@dataclass(frozen=True, slots=True)
class SentChunk:
    """One chunk as it was sent."""

    request_id: str
    number: int
    """In its submission, from 0."""
    content: bytes
    """A ``SubmitRecordsRequest``, serialized deterministically."""


class Intake(Protocol):
    """What reads, checks and stores chunks, one after another, without holding up whoever answers questions."""

    async def take(self, sender: Sender, chunk: SentChunk) -> Taken:
        """Store or stage a chunk of a submission; the sender's mandate for its feed has been checked.

        Raises:
            RequestIdReusedError: The request id and chunk number were used for other content.
            StateError: The import that it is part of takes no more chunks.
            StoreUnavailableError: It was not stored; or nobody can say, and sending the same again tells.
        """
