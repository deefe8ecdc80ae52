"""Listing decided elsewhere (其他机关列入): another authority's, shared by the credit platform, and only read here.

It is no listing of this register: it has no acts, and no step of ours touches it (L-01). Its decision, day and
authority are known, its chain of documents and its delivery are not (L-27, A-126): it weighs by rows of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from gateway.domain.kinds.fact import Fact, Fault, Faults, Limit

REGIME_SINCE: Final = date(2022, 1, 1)
"""O45 is in force; what was decided before is of other terms and is not held (L-30)."""


class RemovedBy(StrEnum):
    """How it left the list, as the platform says."""

    EXPIRED = "EXPIRED"
    REPAIRED = "REPAIRED"
    REVOKED = "REVOKED"
    """Void from the start (L-24)."""
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingElsewhere(Fact):
    """A listing by another authority (section 2.3 of the law's list), weighing in [listed_on, ``weighs_until``)."""

    wire_name: ClassVar[str] = "listing_elsewhere"
    begins: ClassVar[str] = "listed_on"
    ends: ClassVar[str] = "removed_on"
    name_required: ClassVar[bool] = True

    listed_on: date
    expected_exit_on: date | None
    """First day on which it no longer holds by time, as the source has it (预计退出日期)."""
    removed_on: date | None
    removed_by: RemovedBy | None
    reason: Annotated[str, Limit(3000)] = ""
    basis: Annotated[str, Limit(3000)] = ""
    list_name: Annotated[str, Limit(300)] = ""

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        if self.listed_on < REGIME_SINCE:
            yield Fault("listed_on", "lies before 2022: a record under the earlier rules is not held here")
        yield from self.ends_after("listed_on", "expected_exit_on")
        yield from self.in_order("listed_on", "removed_on")
        if (self.removed_on is None) != (self.removed_by is None):
            yield Fault("removed_by", "comes with removed_on, and only with it")
