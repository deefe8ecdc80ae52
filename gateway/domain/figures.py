"""What metrics tell of a serving process beside its status: values that only a look from inside can give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class TraceFigures:
    """What became of traced calls since the process began."""

    sent: int = 0
    """The collector took them."""
    dropped: int = 0
    """Too many were waiting."""
    lost: int = 0
    """The collector did not take them: it was away, slow, or refused them."""


@dataclass(frozen=True, slots=True)
class WitnessFigures:
    """What a witness of the log said last to this process."""

    cosigned: int = 0
    """Entries under the newest checkpoint that it cosigned; 0 before the first, and while it does not cosign."""
    refuses: bool = False
    """It was asked, and did not cosign."""


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """Connections of this process to a database."""

    in_use: int
    limit: int
    """So many at once at the most; who wants one more waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFigures:
    """One look; does not block."""

    leases: Mapping[str, bool] = field(default_factory=dict)
    """By name, whether this process does what only one of all nodes does."""
    checkpoint_at: datetime | None = None
    """When the newest checkpoint was signed, UTC, as far as this process signs; None in all others."""
    witnesses: Mapping[str, WitnessFigures] = field(default_factory=dict)
    """By their names in the configuration, in the process that asks them."""
    pools: Mapping[str, PoolFigures] = field(default_factory=dict)
    """By what lies in the database."""
    traces: TraceFigures | None = None
    """None where nothing is traced."""
