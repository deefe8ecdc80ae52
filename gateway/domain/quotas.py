"""How much one caller, one call and one stream may take of a serving process, as values.

They are read from ``gateway.toml`` and ``agencies.toml``. Who counts against them is ``rpc.admission``; a caller that
is over its quota gets ``QuotaExceededError`` with the time after which it may ask again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What one agency in one role may ask of one serving process."""

    in_flight: int = 256
    """Calls and streams at once."""
    streams: int = 32
    """Of these, streams that are open: submissions, and followers of changes."""
    per_second: int = 3_000
    """Calls a second, and as many at once after a quiet second."""
    per_day: int = 5_000_000
    """Calls a civil day in UTC+8, counted from the start of the process."""

    def __post_init__(self) -> None:
        """Refuse a number below 1, by ``ValueError`` with the field's name first."""
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(f"{field.name}: must be at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadLimits:
    """Bounds on what callers can make a serving process hold or do."""

    quota: Quota = Quota()
    """Of an agency whose entry states none of its own."""
    refusals_in_full: int = 1
    """Refusals of a caller, alike and within one second, that are entries of their own; more are counted."""
    longest_call: timedelta = timedelta(seconds=60)
    """How long a call that stores nothing may take when its caller states no deadline."""
    slow_reader: timedelta = timedelta(seconds=30)
    """How long a message of a stream may wait for its reader."""
    stream_idle: timedelta = timedelta(seconds=120)
    """How long a stream that is sent to us may be silent."""
    stream_bytes: int = 256 * 1024 * 1024
    """Bytes of one stream that is sent to us; each message counts at least 4 KiB."""


AS_SHIPPED: Final = LoadLimits()
