"""Enterprise (企业登记信息): what market regulation says of it from a day on. It has a table of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Decided, Fact, Fault, Faults, Limit, PersonKey, Uscc, Wire
from gateway.domain.vocabulary import EnterpriseKind


class BusinessStatus(StrEnum):
    """What market regulation says of the enterprise's existence (I-09)."""

    IN_BUSINESS = "IN_BUSINESS"
    REVOKED = "REVOKED"
    DEREGISTERED = "DEREGISTERED"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseProfile(Fact):
    """What market regulation says of an enterprise from ``valid_from`` until the next profile (I-08).

    Only construction units are subjects of the 15333 method, and must say which of its three kinds they are (G-03).
    """

    wire_name: ClassVar[str] = "enterprise"
    begins: ClassVar[str] = "valid_from"
    decided: ClassVar[Decided] = Decided.BY_NOBODY

    name: Annotated[str, Limit(300)]
    valid_from: date
    kind: EnterpriseKind | None
    construction_unit: bool
    representative_key: Annotated[PersonKey | None, Wire("legal_representative")] = None
    """The legal representative's."""
    head_office_uscc: Uscc | None = None
    successor_of_uscc: Uscc | None = None
    business_status: BusinessStatus = BusinessStatus.IN_BUSINESS

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        if self.construction_unit and self.kind is None:
            yield Fault("kind", "is required")
