"""Malicious claim (恶意讨薪): found of a complaint that was on record as verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Fact, Limit, RefersTo


@dataclass(frozen=True, slots=True, kw_only=True)
class MaliciousClaim(Fact):
    """The authority found that a complaint was a malicious claim (G-10).

    The complaint is in no count, and nothing is owed on it, as if it had never been verified.
    """

    wire_name: ClassVar[str] = "malicious_claim"
    begins: ClassVar[str] = "decided_on"

    complaint_record_id: Annotated[str, Limit(128), RefersTo(("complaint",))]
    decided_on: date
