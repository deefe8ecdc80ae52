"""Entry on the social-insurance severe list (社会保险领域严重失信人名单): a natural person's, or an employer's.

One of a person names the person and no code; one of an employer has the employer's code and names nobody. It triggers
nothing: no row of policy speaks of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from gateway.domain.kinds.fact import Faults, PersonFact, PersonKey


class SevereCondition(StrEnum):
    """The eight conditions of the list (S-01), in their order."""

    NOT_REGISTERED = "NOT_REGISTERED"
    FRAUD_TO_JOIN = "FRAUD_TO_JOIN"
    FRAUD_OF_BENEFITS = "FRAUD_OF_BENEFITS"
    CLAIMED_WITHOUT_ELIGIBILITY = "CLAIMED_WITHOUT_ELIGIBILITY"
    MISUSE_OF_RECORDS = "MISUSE_OF_RECORDS"
    FUND_LOSS_BY_SERVICE_BODY = "FUND_LOSS_BY_SERVICE_BODY"
    INJURY_ADVANCE_NOT_REPAID = "INJURY_ADVANCE_NOT_REPAID"
    OTHER_SEVERE = "OTHER_SEVERE"


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceSevereListing(PersonFact):
    """An entry in [decided_on, ends_on). The end is the authority's word: the list's term is not certain (S-03)."""

    wire_name: ClassVar[str] = "insurance_severe_listing"
    begins: ClassVar[str] = "decided_on"
    ends: ClassVar[str] = "ends_on"

    person: PersonKey | None
    condition: SevereCondition
    decided_on: date
    ends_on: date

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        yield from self.ends_after("decided_on", "ends_on")
