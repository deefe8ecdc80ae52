"""Conviction (拒不支付劳动报酬罪生效判决): for refusing to pay wages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from gateway.domain.kinds.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Conviction(Fact):
    """An effective judgment under CL art. 276-1 (TR6)."""

    wire_name: ClassVar[str] = "conviction"
    begins: ClassVar[str] = "effective_on"

    effective_on: date
