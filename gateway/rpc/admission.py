"""Admits calls within the quota of their agency, and lets the agencies begin in turn.

The numbers are of this process: a node of several workers admits as many times more, because the kernel gives each
connection to one worker and none knows of the others. The calls of a day are counted in memory, from the start of the
process. A refusal says after how many milliseconds to ask again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date, midnight
from gateway.domain.errors import QuotaExceededError
from gateway.rpc.fair_start import FairStart

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.call_record import CallerSeen

BUSY_MS: Final = 100
"""After which a caller with too much in flight may ask again: one of its own answers must come first."""

REFUSED_WAITING: Final = 256
"""Calls in one line beyond which a refusal does not wait for its turn."""


@dataclass(slots=True)
class _Account:
    """What an agency in a role has used."""

    in_flight: int = 0
    streams: int = 0
    tokens: float = 0.0
    """Calls that it may make at once."""
    filled_at: float = 0.0
    day: date | None = None
    today: int = 0


class Admission:
    """The quotas of one serving process. Use it from one event loop."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing used; *seconds* is a clock that never goes back."""
        self._seconds = seconds
        self._accounts: dict[tuple[str, str], _Account] = {}
        self._fair = FairStart()
        self.calls = 0
        """Calls in flight that are no streams, of all agencies together."""

    def enter(self, agency: Agency, now: datetime, *, stream: bool = False) -> None:
        """Count one more call, or stream, of *agency*; ``leave`` must follow.

        Raises:
            QuotaExceededError: It is over its quota: nothing is counted. ``metadata`` names the quota and has
                ``retry_after_ms``.
        """
        quota = agency.quota
        account = self._account(agency, now)
        if account.in_flight >= quota.in_flight:
            raise _exceeded("in_flight", quota.in_flight, BUSY_MS)
        if stream and account.streams >= quota.streams:
            raise _exceeded("streams", quota.streams, BUSY_MS)
        if account.today >= quota.per_day:
            raise _exceeded("per_day", quota.per_day, _until_tomorrow(now))
        if account.tokens < 1:
            raise _exceeded("per_second", quota.per_second, (1 - account.tokens) / quota.per_second * 1000)
        account.tokens -= 1
        account.today += 1
        account.in_flight += 1
        account.streams += stream
        self.calls += not stream

    def leave(self, agency: Agency, *, stream: bool = False) -> None:
        """Count one call, or stream, less in flight."""
        account = self._accounts[agency.agency_id, agency.role]
        account.in_flight -= 1
        account.streams -= stream
        self.calls -= not stream

    def under_way(self) -> tuple[int, int]:
        """Return how many calls are in flight, and how many of them are streams; of all agencies together."""
        accounts = self._accounts.values()
        return sum(account.in_flight for account in accounts), sum(account.streams for account in accounts)

    async def turn(self, seen: CallerSeen) -> None:
        """Wait for the caller's turn to begin; whoever has no name waits in one line with all such."""
        await self._fair.turn((seen.agency, seen.role))

    async def turn_of_refused(self, seen: CallerSeen) -> None:
        """Wait likewise before a refusal; not where too many wait already, who would hold places of the process."""
        if self._fair.waiting((seen.agency, seen.role)) < REFUSED_WAITING:
            await self.turn(seen)

    def _account(self, agency: Agency, now: datetime) -> _Account:
        """Return the account as it stands now: tokens filled up, and the day its own."""
        rate = agency.quota.per_second
        at = self._seconds()
        account = self._accounts.get((agency.agency_id, agency.role))
        if account is None:
            account = self._accounts[agency.agency_id, agency.role] = _Account(tokens=rate, filled_at=at)
        account.tokens = min(rate, account.tokens + (at - account.filled_at) * rate)
        account.filled_at = at
        day = civil_date(now)
        if account.day != day:
            account.day, account.today = day, 0
        return account


def _exceeded(which: str, limit: int, retry_ms: float) -> QuotaExceededError:
    return QuotaExceededError(
        f"over the quota of {limit} {which}", quota=which, limit=str(limit), retry_after_ms=str(int(retry_ms) + 1)
    )


def _until_tomorrow(now: datetime) -> float:
    return (midnight(civil_date(now) + timedelta(days=1)) - now.astimezone(UTC)) / timedelta(milliseconds=1)
