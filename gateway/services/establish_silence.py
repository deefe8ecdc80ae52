"""Establishing silence: what a recipient did not acknowledge or fetch in time becomes an entry of the record, once.

A silence is kept before it is recorded, and recorded by who kept it. What a process that ended in between still owes,
it looks for in the record first, and writes only if it is not there; of one that does not come back, another takes that
over. A case is looked at again when it gets an entry, when a mandate begins or ends, and when a bound passes.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from gateway.domain.referral_inbox import arrivals_of
from gateway.domain.referral_silence import SILENT, draft_of, establishes, next_look, silences_of
from gateway.domain.referrals import referral_of
from gateway.services.ports.audit import AccessFilter

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.agencies import Role
    from gateway.domain.audit import Entry
    from gateway.domain.referral_inbox import TransportBounds
    from gateway.domain.referral_silence import Silence
    from gateway.domain.referrals import Referral
    from gateway.services.ports.audit import AccessSearch, AuditLog
    from gateway.services.ports.dossiers import Deliveries
    from gateway.services.ports.referrals import ReferralStore
    from gateway.services.ports.silences import EstablishedSilence, SilenceStore
    from gateway.services.referrals import Referrals
    from gateway.services.right_clock import RightClock

ABANDONED: Final = timedelta(minutes=2)
"""After which another process records what one has kept and not recorded: recording takes less than a second."""
AGAIN: Final = timedelta(minutes=1)
"""After which a case is tried again that could not be read."""
AT_ONCE: Final = 500

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SilencePlaces:
    """Where silences are found and kept: cases, what was received, silences, and the record with what finds in it.

    ``right`` says whether this node's clock may tell that a bound has passed.
    """

    cases: ReferralStore
    deliveries: Deliveries
    silences: SilenceStore
    audit: AuditLog
    record: AccessSearch
    right: RightClock


class EstablishSilence:
    """Looks at the cases of all agencies. Use it from one event loop."""

    def __init__(self, referrals: Referrals, places: SilencePlaces, bounds: TransportBounds) -> None:
        """Take what knows the parties and the time, the places, and after how long silence is evidence."""
        self._referrals = referrals
        self._places = places
        self._bounds = bounds
        self._reached = 0
        self._known: set[str] = set()
        self._due: dict[str, datetime] = {}
        self._in_force: frozenset[tuple[str, Role]] = frozenset()

    async def __call__(self) -> int:
        """Look at whatever may have changed, record what is owed, and return how many silences were recorded.

        Raises:
            StoreUnavailableError: The store could not be read or written, or this node's clock is wrong: by one that is
                ahead everybody would be silent, and an entry is for good.
            AuditUnavailableError: Nothing can be recorded; what is kept is recorded later.
        """
        self._places.right.require()
        now = self._referrals.now()
        fresh = await asyncio.to_thread(self._look, now)
        new = {each.silence.key for each in fresh}
        audit, silences = self._places.audit, self._places.silences
        recorded = 0
        for owed in await asyncio.to_thread(silences.owed, audit.writer, now, now - ABANDONED):
            silence = owed.silence
            # What this look has just kept, no process can have recorded.
            there = None if silence.key in new else await asyncio.to_thread(self._in_the_record, owed)
            if there is not None:
                await asyncio.to_thread(silences.recorded, silence, there.writer, there.number)
                continue
            position = await audit.record(draft_of(silence))
            await asyncio.to_thread(silences.recorded, silence, position.writer, position.number)
            recorded += 1
        return recorded

    def _look(self, now: datetime) -> list[EstablishedSilence]:
        """Keep what has become silence since the last look, and return it."""
        newest, changed = self._places.cases.changed(self._reached)
        in_force = self._referrals.in_force(now)
        again = self._known if in_force != self._in_force else set()
        for referral_id in {*changed, *again}:
            self._due[referral_id] = now
        self._known.update(changed)
        self._reached, self._in_force = newest, in_force
        fresh: list[EstablishedSilence] = []
        for referral_id in sorted(each for each, at in self._due.items() if at <= now):
            try:
                fresh += self._judged(referral_id, now)
            except ValueError as error:
                # One case that cannot be read keeps no other from being looked at.
                _log.error("%s cannot be looked at for silence: %s", referral_id, error)
                self._due[referral_id] = now + AGAIN
        return fresh

    def _judged(self, referral_id: str, now: datetime) -> list[EstablishedSilence]:
        """Keep what has become silence of one case, return it, and note when the case is due again."""
        case = referral_of(self._places.cases.entries(referral_id))
        fresh = self._kept(case, now) if case is not None else []
        following = self._following(case, now) if case is not None else None
        # Only now: a look that failed is made up for by the next.
        self._due.pop(referral_id)
        if following is not None:
            self._due[referral_id] = following
        return fresh

    def _kept(self, case: Referral, now: datetime) -> list[EstablishedSilence]:
        found: list[Silence] = []
        for agency in self._referrals.parties(case, now):
            received = self._places.deliveries.received(agency.agency_id, case.referral_id)
            for arrival in arrivals_of(case, agency):
                found += silences_of(case.referral_id, arrival, received, now, self._bounds)
        kept = {each.silence.key for each in self._places.silences.of_case(case.referral_id)}
        new = [each for each in found if each.key not in kept]
        return self._places.silences.establish(new, self._places.audit.writer, now) if new else []

    def _following(self, case: Referral, now: datetime) -> datetime | None:
        looks = [
            next_look(arrival, now, self._bounds)
            for agency in self._referrals.parties(case, now)
            for arrival in arrivals_of(case, agency)
        ]
        return min((look for look in looks if look is not None), default=None)

    def _in_the_record(self, owed: EstablishedSilence) -> Entry | None:
        """Return the entry that establishes a silence; None where there is none."""
        wanted, token = AccessFilter(outcome=SILENT, since=owed.silence.since), ""
        while True:
            rows, token = self._places.record.search(wanted, AT_ONCE, token)
            for row in rows:
                if establishes(row.content, owed.silence):
                    return row.entry
            if not token:
                return None
