"""How fresh an answer is: this node against its store, each feed against its producer, the clock against both.

Whatever is beyond its limit is a doubt, and an answer with a doubt is UNVERIFIABLE (promise 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from gateway.services.ports.register import FeedState, Register

NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class SourceAge:
    """A feed's age: since its producer last said that it was current; None when it never did."""

    feed: str
    age: timedelta | None
    limit: timedelta

    @property
    def fresh(self) -> bool:
        """Within the limit."""
        return self.age is not None and self.age <= self.limit


@dataclass(frozen=True, slots=True)
class Freshness:
    """The limits of one deployment."""

    replica_lag: timedelta
    clock_skew: timedelta
    answer_validity: timedelta
    reach_wait: timedelta
    feeds: Mapping[str, timedelta]

    def look(self, register: Register, now: datetime) -> tuple[tuple[str, ...], tuple[SourceAge, ...], timedelta]:
        """Return (doubts, age of each feed, lag of this node) at *now*."""
        lag = timedelta(seconds=register.replica_lag())
        skew = register.clock_skew()
        doubts = []
        if lag > self.replica_lag:
            doubts.append(f"STALE_NODE: {lag.total_seconds():.1f} s behind the store")
        if abs(skew) > self.clock_skew.total_seconds():
            doubts.append(f"CLOCK: {skew:.1f} s off the store's")
        states = register.feeds
        ages = tuple([_age(states.get(feed), feed, limit, now) for feed, limit in self.feeds.items()])
        doubts += [f"STALE_SOURCE: {age.feed}" for age in ages if not age.fresh]
        return tuple(doubts), ages, lag

    def valid_until(self, as_of: datetime, now: datetime, ages: Sequence[SourceAge]) -> datetime:
        """Return the bound that freshness sets to an answer's validity; the facts may set an earlier one."""
        bounds = [as_of + self.answer_validity]
        bounds.extend(now + (age.limit - age.age) for age in ages if age.age is not None and age.fresh)
        return max(as_of, min(bounds)) if as_of <= now else bounds[0]


def _age(state: FeedState | None, feed: str, limit: timedelta, now: datetime) -> SourceAge:
    if state is None or state.current_until is None:
        return SourceAge(feed, None, limit)
    return SourceAge(feed, max(now - state.current_until, NO_TIME), limit)
