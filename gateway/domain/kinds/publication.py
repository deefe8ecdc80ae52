"""Publication (重大劳动保障违法行为社会公布): of a major labour violation. It is no listing (P-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from gateway.domain.kinds.fact import Fact, Faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication(Fact):
    """Publication of a major labour violation (O29, P-01 to P-09): displayed in [published_on, display_until)."""

    wire_name: ClassVar[str] = "publication"
    begins: ClassVar[str] = "published_on"
    ends: ClassVar[str] = "display_until"

    published_on: date
    display_until: date
    for_wages: bool

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        yield from self.ends_after("published_on", "display_until")
