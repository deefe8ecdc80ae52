"""Recovery of a grade (等级恢复决定): by HRSS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from gateway.domain.kinds.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRecovery(Fact):
    """HRSS confirms, or under ``recovery = by_decision`` decides, that a grade has recovered (G-14)."""

    wire_name: ClassVar[str] = "grade_recovery"
    begins: ClassVar[str] = "decided_on"

    decided_on: date
