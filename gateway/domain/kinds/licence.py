"""Licence (行政许可): in the exchange layout of the double publicity. Information; it weighs nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Fact, Faults, Limit, Uscc


class LicenceState(StrEnum):
    """What the source says of the licence now (当前状态)."""

    VALID = "VALID"
    INVALID = "INVALID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence(Fact):
    """A licence (I-35), valid in [valid_from, valid_until) where the source states an end."""

    wire_name: ClassVar[str] = "licence"
    begins: ClassVar[str] = "decided_on"
    ends: ClassVar[str] = "valid_until"
    weighs: ClassVar[bool] = False

    document_name: Annotated[str, Limit(300)]
    licence_class: Annotated[str, Limit(300)]
    certificate_name: Annotated[str, Limit(300)] = ""
    licence_number: Annotated[str, Limit(128)] = ""
    content: Annotated[str, Limit(6000)]
    decided_on: date
    valid_from: date
    valid_until: date | None = None
    state: LicenceState
    authority_uscc: Uscc | None = None
    data_source: Annotated[str, Limit(300)] = ""
    data_source_uscc: Uscc | None = None
    remark: Annotated[str, Limit(1500)] = ""

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        yield from self.ends_after("valid_from", "valid_until")
