"""Red list (守法诚信“红名单”): positive information only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from gateway.domain.kinds.fact import Fact, Faults


@dataclass(frozen=True, slots=True, kw_only=True)
class RedListEntry(Fact):
    """An entry on the red list, in [listed_on, until): positive information only (G-08)."""

    wire_name: ClassVar[str] = "red_list"
    begins: ClassVar[str] = "listed_on"
    ends: ClassVar[str] = "until"

    listed_on: date
    until: date | None

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        yield from self.ends_after("listed_on", "until")
