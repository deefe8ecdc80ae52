"""The inbox of an agency: what it receives of its cases, until it acknowledges it; and how far each entry has come.

Nothing is pushed that is not on record: an inbox is the entries of the cases in which the agency takes part. Whoever
resumes after a place loses nothing, and what is not acknowledged is told again.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from gateway.domain.errors import EnterpriseNotFoundError
from gateway.domain.referral_inbox import arrivals_of, evidence_of, inbox_of
from gateway.domain.referral_payments import MEANINGS, Payment
from gateway.domain.referral_steps import stage_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.policy import LocalizedText
    from gateway.domain.referral_inbox import Evidence, TransportBounds
    from gateway.domain.referrals import Referral, ReferralEntry
    from gateway.services.ports.dossiers import Deliveries
    from gateway.services.ports.silences import EstablishedSilence, SilenceStore
    from gateway.services.referrals import Referrals, Written

    Received = tuple[Referral, ReferralEntry]


class ReferralInbox:
    """Tells agencies what they receive, and senders how far it has come."""

    def __init__(
        self, referrals: Referrals, deliveries: Deliveries, silences: SilenceStore, bounds: TransportBounds
    ) -> None:
        self._referrals = referrals
        self._deliveries = deliveries
        self._silences = silences
        self._bounds = bounds

    async def unacknowledged(self, agency: Agency, after: int) -> list[Received]:
        """Return what the agency has received after a place and not acknowledged, oldest first, each with its case.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        cases = await self._referrals.listed(agency, open_only=False)
        known = (await asyncio.to_thread(self._deliveries.received, agency.agency_id, "")).acknowledged
        found = [
            (case, entry)
            for case in cases
            for entry in inbox_of(case, agency)
            if entry.place > after and entry.place not in known
        ]
        return sorted(found, key=lambda each: each[1].place)

    async def newest(self) -> int:
        """Return the place of the newest entry of all cases.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return await self._referrals.newest()

    async def acknowledge(self, agency: Agency, request_id: str, places: Collection[int]) -> tuple[int, int]:
        """Keep that the agency has those entries; return the data revision, and how many were new.

        Raises:
            EnterpriseNotFoundError: One of them is nothing that the agency has received: none is kept.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        cases = await self._referrals.listed(agency, open_only=False)
        there = {entry.place for case in cases for entry in inbox_of(case, agency)}
        for place in sorted(set(places) - there):
            raise EnterpriseNotFoundError("nothing with this place was received by this agency", place=str(place))
        digest = hashlib.sha256(repr(sorted(places)).encode()).hexdigest()
        submission = self._referrals.submission(agency, request_id, digest)
        return await asyncio.to_thread(self._deliveries.acknowledge, submission, places)

    async def pay(self, agency: Agency, asked: tuple[str, str, str], payment: Payment) -> tuple[Written, LocalizedText]:
        """Record a payment; return the case, and what the payment means where it stands.

        Args:
            agency: The referring agency.
            asked: The request's id and keyed hash, and the id of the case.
            payment: What was paid.

        Raises:
            EnterpriseNotFoundError: There is no such case of the caller's.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        written = await self._referrals.add(
            agency, asked, lambda case: self._referrals.entry(agency, case.referral_id, payment)
        )
        return written, MEANINGS[written.referral.stage]

    async def transport(self, case: Referral, agency: Agency, now: datetime) -> list[Evidence]:
        """Return how far each entry has come to each who received it; to whom does not refer, its own alone.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        found: list[Evidence] = []
        for recipient in self._shown(case, agency, now):
            received = await asyncio.to_thread(self._deliveries.received, recipient.agency_id, case.referral_id)
            found += [evidence_of(each, received, now, self._bounds) for each in arrivals_of(case, recipient)]
        return sorted(found, key=lambda each: (each.place, each.recipient))

    async def silences(self, case: Referral, agency: Agency) -> list[EstablishedSilence]:
        """Return the silences of a case that the record holds; to whom does not refer, its own alone.

        HRSS is told also those of whom a mandate has ended since.

        One that is still owed to the record is none yet, and what was done later takes none back.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        kept = await asyncio.to_thread(self._silences.of_case, case.referral_id)
        everything = agency.agency_id == case.agency
        own = (each for each in kept if everything or each.silence.recipient == agency.agency_id)
        return [each for each in own if each.number is not None]

    def _shown(self, case: Referral, agency: Agency, now: datetime) -> list[Agency]:
        """Return the recipients of which a party is shown how far entries have come: HRSS all, any other itself."""
        recipients = self._referrals.parties(case, now)
        if agency.agency_id == case.agency:
            return recipients
        return [each for each in recipients if each.agency_id == agency.agency_id]

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds what a request wrote. Blocking."""
        self._referrals.mark_recorded(request_id, through, number)

    async def keep_fetched(self, agency: Agency, referral_id: str, item_id: str) -> None:
        """Keep that the agency has fetched a file to its end, which is now: a long file may have begun before a bound.

        Raises:
            StoreUnavailableError: Nothing was stored.
        """
        now = self._referrals.now()
        await asyncio.to_thread(self._deliveries.fetched, agency.agency_id, referral_id, item_id, now)


def meaning_of(case: Referral, entry: ReferralEntry) -> LocalizedText | None:
    """Return what a payment meant where the case stood when it was recorded; None for any other entry."""
    if not isinstance(entry.content, Payment):
        return None
    before = [act for each in case.entries if each.place < entry.place and (act := each.act) is not None]
    return MEANINGS[stage_of(before)]
