"""Putting together what an operator sees of one serving process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain import errors
from gateway.domain.referral_stuck import ReferralFigures
from gateway.domain.status import FeedAge, Load, OwedEvents, PolicyFigures, ReplayFigures, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet
    from datetime import date, datetime

    from gateway.domain.status import RecordFigures, Versions, WatchLimits
    from gateway.services.count_calls import CallCounts
    from gateway.services.freshness import Freshness
    from gateway.services.ports.register import Clock, Register
    from gateway.services.ports.status import PlaceWatch, ProcessWatch, RecordWatch

REFUSALS = frozenset(
    {
        errors.QuotaExceededError.reason,
        errors.CallerUnknownError.reason,
        errors.CertificateRejectedError.reason,
        errors.RoleNotPermittedError.reason,
        errors.AreaNotInMandateError.reason,
        errors.FieldNotInMandateError.reason,
        errors.AuthorizationMissingError.reason,
    }
)
"""Outcomes that say that somebody asked who may not, or asked too much."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What does not change while the process runs."""

    name: str
    started_at: datetime
    versions: Versions
    limits: WatchLimits
    weighing: AbstractSet[str]
    """Feeds on which an answer can depend."""
    next_review: date | None
    """See ``Status``."""
    next_basis_review: date | None
    """See ``Status``."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at each time."""

    register: Register
    record: RecordWatch
    counts: CallCounts
    process: ProcessWatch
    place: PlaceWatch
    replay: Callable[[], ReplayFigures] = ReplayFigures
    """What came of the last night's sample."""
    owed: Callable[[], OwedEvents] = OwedEvents
    """Counts the events that are not acknowledged; blocking."""
    referrals: Callable[[], ReferralFigures] = ReferralFigures
    """Counts what open referrals wait for; blocking."""
    policy: Callable[[], PolicyFigures] = PolicyFigures
    """Which approved policy answers, and what is to come; blocking."""


class GetStatus:
    """Looks at everything once. Call it on the event loop that answers."""

    def __init__(self, fixed: Fixed, watched: Watched, freshness: Freshness, clock: Clock) -> None:
        """Take what is looked at; *freshness* has the limits of every feed, one that weighs nothing too."""
        self._fixed = fixed
        self._watched = watched
        self._freshness = freshness
        self._clock = clock

    @property
    def counts(self) -> CallCounts:
        """Calls by method and outcome."""
        return self._watched.counts

    async def __call__(self) -> Status:
        """Return how the process is now."""
        place = self._watched.place
        ends, free, keys = await asyncio.to_thread(lambda: (place.ends(), place.free(), place.person_keys()))
        log, sizes = await asyncio.to_thread(lambda: (place.log(), place.sizes()))
        owed = await asyncio.to_thread(self._watched.owed)
        referrals = await asyncio.to_thread(self._watched.referrals)
        policy = await asyncio.to_thread(self._watched.policy)
        now = self._clock.now()
        register, fixed = self._watched.register, self._fixed
        _, ages, lag = self._freshness.look(register, now)
        in_flight, streams = self._watched.process.under_way()
        return Status(
            now=now,
            name=fixed.name,
            started_at=fixed.started_at,
            versions=fixed.versions,
            faults=self._watched.process.faults(),
            revision=register.revision,
            lag=lag,
            lag_limit=self._freshness.replica_lag,
            skew=timedelta(seconds=register.clock_skew()),
            skew_limit=self._freshness.clock_skew,
            feeds=tuple(FeedAge(each.feed, each.age, each.limit, each.feed in fixed.weighing) for each in ages),
            record=self._figures(),
            ends=ends,
            free=free,
            person_keys=keys,
            load=Load(in_flight, streams, self._watched.counts.refused(REFUSALS)),
            next_review=fixed.next_review,
            next_basis_review=fixed.next_basis_review,
            today=civil_date(now),
            limits=fixed.limits,
            replay=self._watched.replay(),
            policy=policy,
            log=log,
            owed_events=owed,
            referrals=referrals,
            sizes=sizes,
        )

    def _figures(self) -> RecordFigures:
        return self._watched.record.figures()
