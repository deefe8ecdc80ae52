"""Objection to a publication (对社会公布的异议): received, reviewed, and corrected where it was right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Fact, Fault, Faults, Limit, RefersTo


class ObjectionResult(StrEnum):
    """What the review found of the publication."""

    UPHELD = "UPHELD"
    """The publication stands."""
    CHANGED = "CHANGED"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationObjection(Fact):
    """An objection to a publication (P-06): open in [received_on, reviewed_on), and shown meanwhile (C-20).

    It lifts nothing. What a review changes or revokes is corrected (P-07), by withdrawing the publication or otherwise.
    """

    wire_name: ClassVar[str] = "publication_objection"
    begins: ClassVar[str] = "received_on"
    ends: ClassVar[str] = "reviewed_on"

    publication_id: Annotated[str, Limit(128), RefersTo(("publication",))]
    received_on: date
    reviewed_on: date | None
    """The day on which the party was told the result; None while it is open."""
    result: ObjectionResult | None
    corrected_on: date | None
    """The day on which what was published was corrected, otherwise than by a withdrawal."""
    grounds: Annotated[str, Limit(2_000)] = ""
    """Why the party objects."""
    answer_number: Annotated[str, Limit(128)] = ""
    """Document number of the answer."""
    answer: Annotated[str, Limit(2_000)] = ""

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        if (self.reviewed_on is None) != (self.result is None):
            yield Fault("result", "is required once it is reviewed, and only then")
        for field in ("answer_number", "answer"):
            if getattr(self, field) and self.reviewed_on is None:
                yield Fault(field, "must be empty while it is open")
        if self.corrected_on is not None and self.result in {None, ObjectionResult.UPHELD}:
            yield Fault("corrected_on", "must be empty where nothing was to be corrected")
        yield from self.in_order("received_on", "reviewed_on")
        yield from self.in_order("reviewed_on", "corrected_on")
