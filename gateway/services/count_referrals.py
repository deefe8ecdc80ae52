"""What open referrals wait for, counted for the operator: figures alone, and nothing of a case or of anybody (T-60).

Whose it is, each party sees in ``ListReferrals``. A case is read again when it got an entry; of a recipient that has
everything of a case, nothing is asked until then.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gateway.domain.errors import StoreUnavailableError
from gateway.domain.referral_inbox import TransportState, arrivals_of, evidence_of
from gateway.domain.referral_stuck import ReferralFigures, figures_of, stuck_of
from gateway.domain.referral_words import ReferralStage as Stage
from gateway.domain.referrals import referral_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.referral_inbox import Evidence, TransportBounds
    from gateway.domain.referral_stuck import Stuck
    from gateway.domain.referrals import Referral
    from gateway.services.ports.dossiers import Deliveries
    from gateway.services.ports.evidence import EvidenceUpkeep
    from gateway.services.ports.referrals import ReferralStore
    from gateway.services.referrals import Referrals


class CountReferrals:
    """Counts. Blocking: call it in a thread, from any."""

    def __init__(
        self,
        referrals: Referrals,
        store: ReferralStore,
        deliveries: Deliveries,
        bounds: TransportBounds,
        uploads: Callable[[datetime], int],
    ) -> None:
        """Take what knows parties, clocks and the time, both stores, the bounds, and what counts uploads at a time."""
        self._referrals = referrals
        self._store = store
        self._deliveries = deliveries
        self._bounds = bounds
        self._uploads = uploads
        self._reached = 0
        self._open: dict[str, Referral] = {}
        self._settled: set[tuple[str, str]] = set()
        self._looking = threading.Lock()

    def __call__(self) -> ReferralFigures:
        """Return the figures of all open cases together; ``fault`` says why they cannot be counted."""
        now = self._referrals.now()
        try:
            with self._looking:
                self._read()
                stuck = [each for case in self._open.values() for each in self._stuck(case, now)]
            return figures_of(stuck, self._uploads(now))
        except StoreUnavailableError as error:
            return ReferralFigures(fault=str(error))

    def _read(self) -> None:
        newest, changed = self._store.changed(self._reached)
        for referral_id in changed:
            case = referral_of(self._store.entries(referral_id))
            self._settled = {each for each in self._settled if each[0] != referral_id}
            self._open.pop(referral_id, None)
            if case is not None and case.stage is not Stage.CLOSED:
                self._open[referral_id] = case
        # Only now: a look that failed is made up for by the next.
        self._reached = newest

    def _stuck(self, case: Referral, now: datetime) -> tuple[Stuck, ...]:
        found = [each for agency in self._referrals.parties(case, now) for each in self._evidence(case, agency, now)]
        return stuck_of(case, self._referrals.clocks(case, now), found)

    def _evidence(self, case: Referral, agency: Agency, now: datetime) -> Iterator[Evidence]:
        key = (case.referral_id, agency.agency_id)
        if key in self._settled:
            return
        received = self._deliveries.received(agency.agency_id, case.referral_id)
        settled = True
        for arrival in arrivals_of(case, agency):
            evidence = evidence_of(arrival, received, now, self._bounds)
            final = TransportState.OPENED if arrival.files else TransportState.DELIVERED
            settled = settled and evidence.state is final
            yield evidence
        if settled:
            self._settled.add(key)


def stuck_uploads(upkeep: EvidenceUpkeep, before: datetime) -> int:
    """Return how many uploads have had their last byte before an instant; blocking.

    What is whole is none any more, so that each of them waits for its sender.

    Raises:
        StoreUnavailableError: The store of evidence cannot be read.
    """
    return sum(each.since < before for each in upkeep.unfinished())
