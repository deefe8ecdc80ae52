"""A repair that the credit platform shows and that is not on record here: reported, and rejected (C-02).

Where the two differ, the platform prevails for the time being: what it names has no effect from then on. It can name
only what it was told of, by code, day and document number, and ends nothing: the authority decides, by a repair, a
revocation or withdrawal, or by rejecting what is shown.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.domain.authorities import require_authority
from gateway.domain.errors import (
    EnterpriseNotFoundError,
    FieldNotInMandateError,
    MalformedRequestError,
)
from gateway.domain.listing_acts import Act
from gateway.domain.vocabulary import ListingActKind
from gateway.services.listing_steps import NewAct, StepRequest
from gateway.services.ports.facts import Submission
from gateway.services.shown_repair_rows import KINDS, Rejected, Reported, refused, rejection_row, report_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.agencies import Agency
    from gateway.services.listing_steps import ListingSteps
    from gateway.services.ports.facts import FactStore
    from gateway.services.ports.register import Clock

_log = logging.getLogger(__name__)
GRANT: Final = "shown_repairs"
FEED: Final = "shown_repairs"
"""Under which name its revisions are told; it is no feed that anybody submits to."""
LISTING: Final = "listing"


@dataclass(frozen=True, slots=True)
class Suspended:
    """What has no effect since a revision, and whose authority has to decide."""

    revision: int
    record_id: str
    authority: str


class ShownRepairs:
    """Takes reports and rejections."""

    def __init__(
        self,
        store: FactStore,
        steps: ListingSteps,
        clock: Clock,
        writer: str,
        kinds_of_feed: Mapping[str, frozenset[str]],
    ) -> None:
        self._store = store
        self._steps = steps
        self._clock = clock
        self._writer = writer
        self._kinds_of_feed = kinds_of_feed

    @staticmethod
    def require(agency: Agency) -> None:
        """Refuse whoever may not report for the platform.

        Raises:
            FieldNotInMandateError: The mandate does not cover it.
        """
        agency.require_field(GRANT, "kind")

    def require_decider(self, agency: Agency, kind: str, authority: str) -> None:
        """Refuse whoever does not decide on records of *kind* as *authority* (L-01).

        Raises:
            FieldNotInMandateError: None of the caller's feeds carries it, or the caller may not act as this authority.
        """
        carrying = [feed for feed in agency.feeds if kind in KINDS and kind in self._kinds_of_feed.get(feed, ())]
        if not carrying:
            raise FieldNotInMandateError("kind", "no feed of this caller carries what can be shown under this name")
        require_authority(agency, authority, "authority", carrying)

    async def report(self, agency: Agency, wanted: Reported) -> Suspended:
        """Let what the platform shows as repaired have no effect any more.

        Raises:
            MalformedRequestError: The kind is none, or the repair is shown from a day ahead or before the decision.
            EnterpriseNotFoundError: Nothing is on record under this code, day and document number.
            StateError: It has ended here too, it has no effect already, or this was reported under the same document
                before; or more than one record is named so.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._report, agency, wanted)

    async def reject(self, agency: Agency, wanted: Rejected) -> tuple[int, str]:
        """Let a publication or penalty have its effect again; return the revision and the enterprise's code.

        Raises:
            MalformedRequestError: The rejection lies ahead, or before the day from which the repair is shown.
            EnterpriseNotFoundError: No record of this kind is on record under this id.
            FieldNotInMandateError: The record is another authority's, or of a kind that the caller does not carry.
            StateError: No repair of it is shown.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._reject, agency, wanted)

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds a report or rejection. Blocking."""
        self._store.mark_recorded(request_id, through, number)

    def _report(self, agency: Agency, wanted: Reported) -> Suspended:
        if wanted.kind != LISTING and wanted.kind not in KINDS:
            raise MalformedRequestError("kind", f"is none of {', '.join([LISTING, *KINDS])}")
        if wanted.shown_on > civil_date(self._clock.now()):
            raise MalformedRequestError("shown_on", "lies ahead")
        if wanted.shown_on < wanted.decided_on:
            raise MalformedRequestError("shown_on", "lies before the decision")
        found = self._store.decided(wanted.kind, wanted.uscc, wanted.document_number, wanted.decided_on)
        if not found:
            raise EnterpriseNotFoundError(f"no {wanted.kind} is on record under this code, day and document number")
        if len(found) > 1:
            raise refused(", ".join(found), "AMBIGUOUS", "more than one record is named so")
        take = self._suspend_listing if wanted.kind == LISTING else self._suspend_fact
        suspended = take(agency, wanted, found[0])
        _log.warning(
            "the platform shows a repair that is not on record: the authority has to decide",
            extra={"record": suspended.record_id, "revision": suspended.revision},
        )
        return suspended

    def _suspend_listing(self, agency: Agency, wanted: Reported, listing_id: str) -> Suspended:
        _, held = self._store.held_listing(listing_id)
        assert held is not None  # noqa: S101 - it was found, and listings are never taken out
        authority = held.listing.acts[0].authority
        act = Act(ListingActKind.REPAIR_SHOWN, wanted.shown_on, wanted.repair_number, authority, "")
        step = StepRequest(wanted.request_id, wanted.digest, listing_id, (NewAct(act),))
        revision, _ = self._steps.take(agency, step, FEED)
        return Suspended(revision, listing_id, authority)

    def _suspend_fact(self, agency: Agency, wanted: Reported, record_id: str) -> Suspended:
        submission = self._submission(agency, wanted.request_id, wanted.digest)
        revision, held = self._store.withdraw(submission, record_id, lambda held: report_row(wanted, record_id, held))
        return Suspended(revision, record_id, held.fact.authority)

    def _reject(self, agency: Agency, wanted: Rejected) -> tuple[int, str]:
        if wanted.decided_on > civil_date(self._clock.now()):
            raise MalformedRequestError("decided_on", "lies ahead")
        submission = self._submission(agency, wanted.request_id, wanted.digest)
        revision, held = self._store.withdraw(submission, wanted.record_id, lambda held: rejection_row(wanted, held))
        return revision, held.uscc

    def _submission(self, agency: Agency, request_id: str, digest: str) -> Submission:
        return Submission(request_id, 0, digest, FEED, agency.agency_id, self._writer, self._clock.now(), rows=())
