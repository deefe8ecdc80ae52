"""``[replay]`` of ``gateway.toml``: how many of a day's decisions are derived again, and when. It can be left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from gateway.settings.strict import Table

MOST: Final = 1_000
"""Decisions in one night: a few seconds of one processor."""
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class ReplaySettings:
    """The nightly sample."""

    sample: int = 20
    """Decisions; 0 for none."""
    at: time = time(2, 30)
    """Civil time in Asia/Shanghai."""


def read_replay(table: Table) -> ReplaySettings:
    """Return what ``[replay]`` says; what it leaves out is as shipped.

    Raises:
        ConfigurationError: ``sample`` is out of range, or ``at`` is no time of the day.
    """
    shipped = ReplaySettings()
    sample = table.take("sample", int) if table.has("sample") else shipped.sample
    said = table.take("at", str) if table.has("at") else ""
    table.close()
    if not 0 <= sample <= MOST:
        raise table.error("sample", f"must be 0 to {MOST}")
    found = _TIME.fullmatch(said)
    if said and found is None:
        raise table.error("at", 'must be a time of the day such as "02:30"')
    return ReplaySettings(sample, time(int(found[1]), int(found[2])) if found is not None else shipped.at)
