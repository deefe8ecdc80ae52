"""What every kind of fact shares: its header, what a kind says of itself, and the rules between its fields.

A kind is one frozen dataclass in a module of this package; ``docs/adding-a-kind.md`` shows how one is added. How its
fields are read from the wire and from the store follows from their types and markers alone (``attributes``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Final, NewType

from gateway.domain.vocabulary import Provenance

PersonKey = NewType("PersonKey", str)
"""Keyed hash of a natural person's document, never the number. On the wire the person itself, a ``PersonRef``."""
Uscc = NewType("Uscc", str)
"""Code of another enterprise or organ, normalised."""
DOCUMENT_TYPES: Final = (
    "RESIDENT_ID",
    "MILITARY_ID",
    "PASSPORT",
    "HK_MACAO_PERMIT",
    "TAIWAN_PERMIT",
    "HMT_RESIDENCE",
    "OTHER",
)
"""Kinds of a person's document (I-21)."""


DIVISION: Final = re.compile(r"[1-9][0-9]{5}")
"""A division code (行政区划代码), 6 digits."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Marks a text: at most so many bytes. A text without a default is required; one with a default may be empty."""

    size: int


@dataclass(frozen=True, slots=True)
class Least:
    """Marks a number: the least that it may be. Without this mark, 1."""

    value: int


@dataclass(frozen=True, slots=True)
class Wire:
    """Marks a field whose name on the wire is another one."""

    name: str


@dataclass(frozen=True, slots=True)
class RefersTo:
    """Marks a text: the id of a record of the same enterprise, of one of these kinds, that must be on record."""

    kinds: tuple[str, ...]


class Decided(Enum):
    """What a record of a kind must say of who decided it, in its header."""

    WITH_NUMBER = "authority and document number are required"
    BY_AUTHORITY = "the authority is required; the document may have no number"
    BY_NOBODY = "no authority decides it"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a fact: the name of a field of its class, and why."""

    field: str
    why: str


Faults = Iterator[Fault]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What every fact carries, and what its class says of the kind.

    ``record_id`` derives from the source's own key; ``authority`` and ``document_number`` are empty only for kinds
    that no authority decides.

    Raises:
        ValueError: ``provenance`` is not that of its kind: notices are retyped, and nothing else is.
    """

    record_id: str
    authority: str = ""
    document_number: str = ""
    provenance: Provenance = Provenance.AUTHORITY

    wire_name: ClassVar[str]
    """Name of the kind, on the wire, in the store and in configuration."""
    begins: ClassVar[str]
    """Name of the field with the civil date from which it is shown to hold."""
    ends: ClassVar[str] = ""
    """Name of the field with the civil date on which it no longer holds; empty: it has no end of its own."""
    decided: ClassVar[Decided] = Decided.WITH_NUMBER
    arrives_as: ClassVar[Provenance] = Provenance.AUTHORITY
    name_required: ClassVar[bool] = False
    """A record of it must name the enterprise."""
    weighs: ClassVar[bool] = True
    """It may change an answer. Where it cannot, an enterprise that has nothing else shares its timeline with others."""

    def __post_init__(self) -> None:
        if self.provenance is not self.arrives_as:
            raise ValueError(f"a record of kind {self.wire_name} does not come from {self.provenance.name}")

    def faults(self) -> Faults:
        """Yield what is wrong between the fields, on arrival only: what is on record stays readable."""
        yield from ()

    def in_order(self, first: str, second: str) -> Faults:
        """Yield a fault of *second* when it is a date before that of *first*; either may be None."""
        early, late = getattr(self, first), getattr(self, second)
        if early is not None and late is not None and late < early:
            yield Fault(second, f"lies before {first}")

    def ends_after(self, first: str, end: str) -> Faults:
        """Yield a fault of *end*, the first day on which it no longer holds, unless it lies after *first*.

        A span without a day in it would weigh nothing and still stand for the authority's own record.
        """
        early, late = getattr(self, first), getattr(self, end)
        if early is not None and late is not None and late <= early:
            yield Fault(end, f"must lie after {first}")

    def in_division(self, field: str) -> Faults:
        """Yield a fault of *field* when it is a text and no division code: one cut short would name a larger area."""
        code = getattr(self, field)
        if code and DIVISION.fullmatch(code) is None:
            yield Fault(field, "must be a division code of 6 digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFact(Fact):
    """A fact about a natural person: kept by the person's key, and never part of an enterprise's file (E-11, S-06).

    ``person`` is None only for kinds that may also be about an enterprise, and are that enterprise's then.
    """

    weighs: ClassVar[bool] = False

    person: PersonKey | None
