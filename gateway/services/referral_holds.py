"""Placing and releasing legal holds on referrals, and telling retention what of the record they keep."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.referral_holds import HoldStep, holds_of, releasing, require_placing
from gateway.domain.referrals import referral_of
from gateway.domain.retention import LegalHold

if TYPE_CHECKING:
    from datetime import date

    from gateway.domain.agencies import Agency
    from gateway.domain.referral_holds import Hold, HoldAct
    from gateway.domain.referrals import Referral, ReferralEntry
    from gateway.services.ports.referrals import ReferralStore
    from gateway.services.referrals import Referrals


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """A hold, or a word for its release, as read from the wire."""

    request_id: str
    digest: str
    """Keyed hash of the request, hexadecimal."""
    referral_id: str
    act: HoldAct
    """Of a word for a release, which of the two it is, is found out here."""


class ReferralHolds:
    """Holds on the cases of a referring agency."""

    def __init__(self, referrals: Referrals) -> None:
        self._referrals = referrals

    async def act(self, agency: Agency, request: HoldRequest) -> tuple[int, Hold]:
        """Store an act on a hold; return the data revision, and the hold as it stands then.

        Raises:
            EnterpriseNotFoundError: There is no such case of the caller's, or no such hold.
            MalformedRequestError: It names no file of the case, or a last day that is past.
            StateError: The id is used, or the hold holds no more.
            SecondPersonRequiredError: A word for a release is nobody's, or the first person's.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """

        def decide(case: Referral) -> ReferralEntry:
            act, today = request.act, civil_date(self._referrals.now())
            if act.step is HoldStep.PLACING:
                require_placing(case, act, today)
            else:
                act = releasing(case, act, today)
            return self._referrals.entry(agency, case.referral_id, act)

        asked = (request.request_id, request.digest, request.referral_id)
        written = await self._referrals.add(agency, asked, decide)
        hold_id = request.act.hold_id
        return written.revision, next(each for each in holds_of(written.referral) if each.placed.hold_id == hold_id)


class HeldReferrals:
    """Finds the holds of all cases; a case is read again when it got an entry. Blocking, and usable from any thread."""

    def __init__(self, store: ReferralStore) -> None:
        self._store = store
        self._reached = 0
        self._held: dict[str, tuple[Hold, ...]] = {}
        self._reading = threading.Lock()

    def __call__(self, day: date) -> list[LegalHold]:
        """Return what of the record is kept on *day*: all that names a case of which anything is on hold.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        with self._reading:
            newest, changed = self._store.changed(self._reached)
            for referral_id in changed:
                case = referral_of(self._store.entries(referral_id))
                self._held[referral_id] = holds_of(case) if case is not None else ()
            self._reached = newest
            return [
                LegalHold(hold.placed.document_number, referral=referral_id)
                for referral_id, holds in self._held.items()
                for hold in holds
                if hold.in_force(day)
            ]
