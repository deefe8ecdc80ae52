"""Penalty (行政处罚): in the exchange layout of the double publicity, with the restriction that it may carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Fact, Fault, Faults, Least, Limit, Uscc


class Restriction(StrEnum):
    """What a penalty restricts (TR5: R724 art. 55, GPL art. 77)."""

    NEW_PROJECTS_LIMITED = "NEW_PROJECTS_LIMITED"
    QUALIFICATION_LOWERED = "QUALIFICATION_LOWERED"
    QUALIFICATION_REVOKED = "QUALIFICATION_REVOKED"
    PROCUREMENT_BAN = "PROCUREMENT_BAN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty(Fact):
    """A penalty (I-34). Only with a restriction does it weigh, in [restricts_from, restricts_until) (TR5).

    Amounts are in fen; the layout's 万元 are converted where they come in (I-36). Retention, sharing and publicity end
    each on a day of its own (I-38), and none of them is the restriction's end.
    """

    wire_name: ClassVar[str] = "penalty"
    begins: ClassVar[str] = "decided_on"
    ends: ClassVar[str] = "restricts_until"

    restriction: Restriction | None
    decided_on: date
    restricts_from: date | None
    restricts_until: date | None
    violation_type: Annotated[str, Limit(300)] = ""
    violation_facts: Annotated[str, Limit(6000)] = ""
    basis: Annotated[str, Limit(3000)] = ""
    penalty_class: Annotated[str, Limit(300)] = ""
    content: Annotated[str, Limit(6000)] = ""
    fine_fen: Annotated[int | None, Least(0)] = None
    confiscated_fen: Annotated[int | None, Least(0)] = None
    revoked_certificate: Annotated[str, Limit(300)] = ""
    """Name of the certificate or licence that was suspended or revoked (暂扣或吊销证照名称)."""
    revoked_certificate_number: Annotated[str, Limit(128)] = ""
    valid_until: date | None = None
    display_until: date | None = None
    """Its publicity ends (公示截止期)."""
    shared_until: date | None = None
    retained_until: date | None = None
    authority_uscc: Uscc | None = None
    data_source: Annotated[str, Limit(300)] = ""
    data_source_uscc: Uscc | None = None
    remark: Annotated[str, Limit(1500)] = ""

    def faults(self) -> Faults:
        """Yield what is wrong between the fields: a restriction has its days, and days are a restriction's."""
        for field in ("restricts_from", "restricts_until"):
            if self.restriction is not None and getattr(self, field) is None:
                yield Fault(field, "is required: a restriction has its days")
            if self.restriction is None and getattr(self, field) is not None:
                yield Fault("restriction", f"is required where {field} is given")
        yield from self.ends_after("restricts_from", "restricts_until")
        if self.restriction is None and not self.penalty_class:
            yield Fault("penalty_class", "is required where nothing is restricted")
        for end in ("valid_until", "display_until", "shared_until", "retained_until"):
            yield from self.ends_after("decided_on", end)
