"""How fresh an answer is: this node against its store, each feed against its producer, the clock against both.

Whatever is beyond its limit is a doubt, and an answer with a doubt is UNVERIFIABLE (promise 2). A node with a wrong
clock decides about another moment than the present; what it holds on record can show that: a confirmation is never of
a moment ahead, so one that lies ahead of this node's clock was made under another clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from formats.civil import format_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from gateway.services.ports.register import FeedState, Register

NO_TIME = timedelta()


def _never() -> None:
    """Say that no other policy is to come."""


@dataclass(frozen=True, slots=True)
class SourceAge:
    """A feed's age: since its producer last said that it was current."""

    feed: str
    age: timedelta | None
    """None when it never did, and when it did so at a moment that lies ahead of this node's clock."""
    limit: timedelta
    behind: timedelta = NO_TIME
    """By how much this node's clock is behind that moment, when by more than clocks may be off."""

    @property
    def fresh(self) -> bool:
        """Known, and within the limit."""
        return self.age is not None and self.age <= self.limit

    @property
    def doubt(self) -> str:
        """Why it makes an answer UNVERIFIABLE; empty when it does not."""
        if self.behind:
            return f"CLOCK: {self.behind.total_seconds():.1f} s behind the confirmation of {self.feed}"
        return "" if self.fresh else f"STALE_SOURCE: {self.feed}"


@dataclass(frozen=True, slots=True)
class Freshness:
    """The limits of one deployment."""

    replica_lag: timedelta
    clock_skew: timedelta
    answer_validity: timedelta
    reach_wait: timedelta
    feeds: Mapping[str, timedelta]
    policy_ends: Callable[[], datetime | None] = _never
    """From when on another policy holds than the one that answers here; None when none is approved."""

    def look(
        self, register: Register, now: datetime, about: datetime | None = None
    ) -> tuple[tuple[str, ...], tuple[SourceAge, ...], timedelta]:
        """Return (doubts, age of each feed, lag of this node) at *now*, for an answer *about* a moment (None: now)."""
        lag = timedelta(seconds=register.replica_lag())
        skew = register.clock_skew()
        doubts = []
        if lag > self.replica_lag:
            doubts.append(f"STALE_NODE: {lag.total_seconds():.1f} s behind the store")
        if abs(skew) > self.clock_skew.total_seconds():
            doubts.append(f"CLOCK: {skew:.1f} s off the store's")
        ends = self.policy_ends()
        if ends is not None and max(now, about or now) >= ends:
            doubts.append(f"POLICY_CHANGES: {format_instant(ends)}")
        states = register.feeds
        ages = tuple([self._age(feed, limit, states.get(feed), now) for feed, limit in self.feeds.items()])
        doubts += [age.doubt for age in ages if age.doubt]
        return tuple(doubts), ages, lag

    def valid_until(self, as_of: datetime, now: datetime, ages: Sequence[SourceAge]) -> datetime:
        """Return the bound that freshness sets to an answer's validity; the facts may set an earlier one."""
        bounds = [as_of + self.answer_validity]
        bounds.extend(now + (age.limit - age.age) for age in ages if age.age is not None and age.fresh)
        ends = self.policy_ends()
        if ends is not None and ends > as_of:
            bounds.append(ends)
        return max(as_of, min(bounds)) if as_of <= now else min(bounds[0], ends or bounds[0])

    def _age(self, feed: str, limit: timedelta, state: FeedState | None, now: datetime) -> SourceAge:
        if state is None or state.current_until is None:
            return SourceAge(feed, None, limit)
        age = now - state.current_until
        if -age > self.clock_skew:
            return SourceAge(feed, None, limit, -age)
        return SourceAge(feed, max(age, NO_TIME), limit)
