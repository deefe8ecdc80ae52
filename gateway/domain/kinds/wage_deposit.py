"""Wage deposit (工资保证金): of one project, as set and stored. Information; what it must be is not computed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Decided, Fact, Fault, Faults, Least, Limit

_USE = ("payment_notice_on", "bank_paid_on", "refilled_on")
"""How wages are paid from it, in order (D-07)."""
_LATER = ("contracted_on", *_USE, "return_notice_on")
WHOLE = 10_000
"""Basis points in the whole."""


class DepositForm(StrEnum):
    """How the deposit is given; a bank's guarantee or an insurance may stand for cash (R724 art. 32)."""

    CASH = "CASH"
    BANK_GUARANTEE = "BANK_GUARANTEE"
    INSURANCE = "INSURANCE"


@dataclass(frozen=True, slots=True, kw_only=True)
class WageDeposit(Fact):
    """The wage deposit of one project, or that the project is exempt from it (D-01 to D-06)."""

    wire_name: ClassVar[str] = "wage_deposit"
    begins: ClassVar[str] = "opened_on"
    ends: ClassVar[str] = "ended_on"
    decided: ClassVar[Decided] = Decided.BY_AUTHORITY
    weighs: ClassVar[bool] = False

    project: Annotated[str, Limit(128)]
    contract_amount_fen: int
    rate_basis_points: Annotated[int, Least(0)]
    """Hundredths of a per cent of the contract amount; 0 for an exempt project."""
    deposited_fen: Annotated[int, Least(0)]
    form: DepositForm | None
    opened_on: date
    """For an exempt project: the day from which it is exempt."""
    ended_on: date | None
    exempt: bool
    contracted_on: date | None = None
    """Of the contract or the start of works, from which it was to be opened (D-01)."""
    payment_notice_on: date | None = None
    """Of the last notice of HRSS to the bank to pay wages from it (D-07)."""
    bank_paid_on: date | None = None
    refilled_on: date | None = None
    return_notice_on: date | None = None
    """Of the public notice before its return (D-08)."""
    project_region: Annotated[str, Limit(64)] = ""
    """Division code of the project's place."""

    def faults(self) -> Faults:
        """Yield what is wrong between the fields: what is exempt has no deposit, and all else has one."""
        if self.rate_basis_points > WHOLE:
            yield Fault("rate_basis_points", f"is over {WHOLE}")
        for field in ("rate_basis_points", "deposited_fen"):
            if self.exempt and getattr(self, field):
                yield Fault(field, "must be 0 where the project is exempt")
            if not self.exempt and not getattr(self, field):
                yield Fault(field, "must be greater than 0")
        if self.exempt and self.form is not None:
            yield Fault("form", "must be empty where the project is exempt")
        if not self.exempt and self.form is None:
            yield Fault("form", "is required")
        yield from self._later_faults()
        yield from self.in_order("opened_on", "ended_on")

    def _later_faults(self) -> Faults:
        """Yield what is wrong between the days of what became of it; an exempt project has none of them."""
        for field in _LATER:
            if self.exempt and getattr(self, field) is not None:
                yield Fault(field, "must be empty where the project is exempt")
        for first, then in pairwise(_USE):
            if getattr(self, then) is not None and getattr(self, first) is None:
                yield Fault(then, f"must be empty without {first}")
            yield from self.in_order(first, then)
        yield from self.in_order("opened_on", "payment_notice_on")
        yield from self.in_order("opened_on", "return_notice_on")
        yield from self.in_division("project_region")
