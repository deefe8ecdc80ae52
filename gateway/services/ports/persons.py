"""Finding a natural person by the keyed hash of its document, and the answers that were given about it.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.confirmations import RecordedAnswer
    from gateway.domain.persons import PersonFile


@dataclass(frozen=True, slots=True)
class HeldPerson:
    """A person on record: what may weigh on it, and its sealed document and name."""

    file: PersonFile
    sealed: bytes


class PersonRegister(Protocol):
    """The store, asked about persons at a revision. Blocking: call it in a thread."""

    def revision_at(self, instant: datetime) -> int:
        """Return the newest revision committed by *instant*; 0 when there is none."""

    def person(self, key: str, revision: int) -> HeldPerson | None:
        """Return whom *key* finds at *revision*; None when no listing and no record names that document."""


class PersonNames(Protocol):
    """Documents and names of persons, which the store does not have in plain (I-22)."""

    def key(self, document_type: str, document_number: str) -> str:
        """Return the keyed hash by which a person is found, hexadecimal."""

    def name_of(self, sealed: bytes) -> str:
        """Return the name in a person's sealed text; raises ``StoreUnavailableError`` when it cannot be opened."""


class RecordedAnswers(Protocol):
    """The record of calls, read at one position. Blocking: call it in a thread."""

    def answer(self, writer: str, number: int) -> RecordedAnswer | None:
        """Return what is recorded there; None when nothing is, or when it is erased."""
