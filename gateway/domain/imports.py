"""An import as a batch: what state it is in, what its difference counts, and when a second person must agree.

What a batch would change is computed elsewhere; here is only what follows from the numbers and the persons.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from gateway.domain.errors import StateError
from gateway.domain.two_persons import spelled
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Collection


class ImportState(Word):
    """How an import stands."""

    STAGED = 1
    """Chunks may still come; it weighs on nothing."""
    COMPLETE = 2
    """All of it is staged; it waits for a decision and weighs on nothing."""
    APPROVED = 3
    """It is being applied; what is left is applied after an interruption too."""
    APPLIED = 4
    """It is on record. An import that was not staged is so from its first chunk on."""
    DISCARDED = 5
    REVOKED = 6


OPEN = frozenset({ImportState.STAGED, ImportState.COMPLETE})
"""States in which a batch can still be discarded."""
GONE = frozenset({ImportState.DISCARDED, ImportState.REVOKED})
"""Of what was sent nothing holds any more."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Numbers above which a second person approves or revokes an import."""

    restricted: int = 10
    """Enterprises whose answers get stricter."""
    ended: int = 10
    """Records and listings that end."""
    changed: int = 1_000
    """Records that get another content."""

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a number below 0: it would mean nothing."""
        for field in fields(self):
            if getattr(self, field.name) < 0:
                raise ValueError(f"{field.name}: must not be below 0")

    def passed_by(self, size: Size) -> bool:
        """Return whether any of the numbers is above its threshold."""
        return any(getattr(size, field.name) > getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class Size:
    """How much a decision about an import changes."""

    restricted: int
    ended: int
    changed: int


@dataclass(frozen=True, slots=True)
class Person:
    """A person by a certificate: holder and agency. No spelling makes one two (``two_persons``)."""

    agency: str
    holder: str

    def same_as(self, other: Person) -> bool:
        """Return whether both are one person."""
        return (self.agency, spelled(self.holder)) == (other.agency, spelled(other.holder))

    @property
    def somebody(self) -> bool:
        """The certificate names a person at all; signs alone name nobody."""
        return bool(spelled(self.holder))


def refusal(batch_id: str, state: ImportState, wanted: str, why: str = "NOT_FROM_THIS_STATE") -> StateError:
    """Return the error of what cannot be done to an import in its state."""
    message = f"import {batch_id} is {state.name}"
    return StateError(message, object=batch_id, state=state.name, wanted=wanted, allowed="", why=why)


def first_of_two(person: Person, before: Collection[Person]) -> bool:
    """Return whether the word of *person* is the first of the two that are needed, and so not enough.

    *before* are the persons who have already answered for the batch: who staged it, and who agreed to the same
    decision. A certificate without a holder is nobody's word.

    Raises:
        ValueError: It is nobody's word, or that of a person who has answered already; the text says which.
    """
    if not person.somebody:
        raise ValueError("NO_HOLDER")
    named = [each for each in before if each.somebody]
    if any(person.same_as(each) for each in named):
        raise ValueError("SAME_PERSON")
    return not named
