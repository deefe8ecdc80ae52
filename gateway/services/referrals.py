"""Referrals: opened and corrected by HRSS, moved by the steps of whoever takes part, seen by nobody else (T-20..T-60).

Each step is judged and stored in one transaction and never changed. Which step may be taken is decided in
``gateway.domain.referral_steps``; who takes part, in ``gateway.domain.referrals``.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.clock_rules import AS_SHIPPED
from gateway.domain.court_agreements import NO_AGREEMENTS
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError
from gateway.domain.referral_elements import element_gaps
from gateway.domain.referral_running import clocks_of_referral, clocks_of_telling
from gateway.domain.referral_steps import allowed, require_step
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referral_words import ReferralStage as Stage
from gateway.domain.referrals import Referral, ReferralEntry, referral_of
from gateway.services.ports.facts import Submission
from gateway.services.referral_back_flow import consequence, require_effective, require_listing
from gateway.services.referral_facts import require_correctable, require_reportable
from gateway.services.referral_recipients import require_receiver

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.agencies import Agency, Role
    from gateway.domain.clock_rules import ClockParameters
    from gateway.domain.court_agreements import CourtAgreements
    from gateway.domain.referral_amounts import AmountTable
    from gateway.domain.referral_elements import CaseFacts, Gap
    from gateway.domain.referral_steps import ReferralAct
    from gateway.domain.referrals import Content
    from gateway.domain.running_clocks import RunningClock
    from gateway.services.ports.mandates import Callers
    from gateway.services.ports.referrals import Consequence, ReferralStore
    from gateway.services.ports.register import Clock

    Decide = Callable[[Sequence[ReferralEntry]], Sequence[ReferralEntry]]
    Follow = Callable[[Sequence[ReferralEntry], Sequence[ReferralEntry]], Consequence | None]

ENDED = frozenset({Stage.CLOSED})


@dataclass(frozen=True, slots=True)
class Written:
    """A case as it stands after what was written, and the newest data revision then."""

    revision: int
    referral: Referral


@dataclass(frozen=True, slots=True)
class FactsRequest:
    """Facts as read from the wire, and the report where they are reported."""

    request_id: str
    digest: str
    """Keyed hash of the request, hexadecimal."""
    referral_id: str
    facts: CaseFacts
    uscc: str
    replaces_version: int
    report: ReferralAct | None
    conforming: bool = True
    """Whether the code meets the standard."""


@dataclass(frozen=True, slots=True)
class StepRequest:
    """A step as read from the wire."""

    request_id: str
    digest: str
    referral_id: str
    act: ReferralAct


@dataclass(frozen=True, slots=True)
class Law:
    """By what cases are judged and their days are counted."""

    amounts: AmountTable
    calendar: WorkingCalendar
    parameters: ClockParameters = AS_SHIPPED
    agreements: CourtAgreements = NO_AGREEMENTS


class Referrals:
    """Writes and reads referrals."""

    def __init__(self, store: ReferralStore, callers: Callers, clock: Clock, writer: str, law: Law) -> None:
        self._store = store
        self._callers = callers
        self._clock = clock
        self._writer = writer
        self.law = law

    async def open(self, agency: Agency, request: FactsRequest) -> Written:
        """Store facts, and the report. That the caller refers cases has been checked.

        Raises:
            EnterpriseNotFoundError: The id is another agency's case: nothing more is said of it.
            MalformedRequestError: The listing that the facts name is not the enterprise's, or not the caller's; or the
                enterprise's code fails its check and no register knows it.
            StateError: The facts can no longer be corrected, the version is not the newest, or the report cannot be
                taken: it must not have a gap that blocks.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._open, agency, request)

    async def step(self, agency: Agency, request: StepRequest) -> Written:
        """Store a step.

        Raises:
            EnterpriseNotFoundError: There is no such case, or none in which the caller takes part.
            StateError: The step cannot be taken.
            MalformedRequestError: It names no agency that could get the case, or is a judgment that is not effective.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._step, agency, request)

    async def read(self, agency: Agency, referral_id: str) -> Referral:
        """Return a case in which the caller takes part.

        Raises:
            EnterpriseNotFoundError: There is no such case, or none in which the caller takes part.
            StoreUnavailableError: The store could not be read.
        """
        return require_seen(referral_of(await asyncio.to_thread(self._store.entries, referral_id)), agency, referral_id)

    async def listed(self, agency: Agency, *, open_only: bool) -> list[Referral]:
        """Return the cases in which the caller takes part, in order of their ids.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        every = await asyncio.to_thread(self._store.all_entries)
        cases = (referral_of(entries) for entries in every)
        return [
            case
            for case in cases
            if case is not None and case.takes_part(agency) and not (open_only and case.stage in ENDED)
        ]

    async def newest(self) -> int:
        """Return the place of the newest entry of all cases, by which is told that there may be something new.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._store.newest)

    def clocks(self, referral: Referral, now: datetime) -> tuple[RunningClock, ...]:
        """Return the clocks of a case as they stand at *now*."""
        law = self.law
        found = clocks_of_referral(
            referral.referral_id, referral.agency, referral.acts, now, law.calendar, law.parameters
        )
        told = clocks_of_telling(referral, now, (law.calendar, law.parameters))
        return tuple(sorted([*found, *told], key=lambda clock: clock.place))

    def gaps(self, referral: Referral, now: datetime) -> tuple[Gap, ...]:
        """Return what of the elements of the crime the file does not show on the day of *now*."""
        return element_gaps(referral.facts, self.law.amounts, civil_date(now))

    def allowed(self, referral: Referral, agency: Agency) -> tuple[Kind, ...]:
        """Return the steps that the caller may take now."""
        return allowed(referral.acts, agency.role) if referral.may_act(agency) else ()

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds what a request wrote. Blocking."""
        self._store.mark_recorded(request_id, through, number)

    def now(self) -> datetime:
        """Return the present, UTC."""
        return self._clock.now()

    def agency(self, agency_id: str, role: Role, now: datetime) -> Agency | None:
        """Return the agency of that id and role, if its mandate is in force."""
        wanted = (each for each in self._callers if (each.agency_id, each.role) == (agency_id, role))
        return next((each for each in wanted if each.in_force(now)), None)

    def in_force(self, now: datetime) -> frozenset[tuple[str, Role]]:
        """Return who has a mandate in force: by it a case may come to have another recipient without an entry."""
        return frozenset((each.agency_id, each.role) for each in self._callers if each.in_force(now))

    def parties(self, case: Referral, now: datetime) -> list[Agency]:
        """Return the agencies beside the referring one that take part in a case, in order of their ids."""
        known = {each.agency_id: each for each in self._callers if each.in_force(now) and case.takes_part(each)}
        return [known[agency_id] for agency_id in sorted(known) if agency_id != case.agency]

    def submission(self, agency: Agency, request_id: str, digest: str) -> Submission:
        """Return what tells a write from any other."""
        return Submission(request_id, 0, digest, "", agency.agency_id, self._writer, self._clock.now(), rows=())

    def entry(self, agency: Agency, referral_id: str, content: Content) -> ReferralEntry:
        """Return an entry of the present that is not stored yet."""
        return ReferralEntry(referral_id, content, agency.agency_id, self._clock.now())

    async def add(
        self, agency: Agency, asked: tuple[str, str, str], decide: Callable[[Referral], ReferralEntry]
    ) -> Written:
        """Add the entry that *decide* makes of a case in which the caller takes part.

        Args:
            agency: The caller.
            asked: The request's id and keyed hash, and the id of the case.
            decide: Is given the case as nobody changes it meanwhile; what it raises leaves it as it was.

        Raises:
            EnterpriseNotFoundError: There is no such case, or none in which the caller takes part.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        request_id, digest, referral_id = asked

        def added(entries: Sequence[ReferralEntry]) -> list[ReferralEntry]:
            return [decide(require_seen(referral_of(entries), agency, referral_id))]

        submission = self.submission(agency, request_id, digest)
        return await asyncio.to_thread(self._record, submission, referral_id, added)

    def _open(self, agency: Agency, request: FactsRequest) -> Written:
        now = self._clock.now()
        if not request.conforming and not self._store.nonconforming_known([request.uscc]):
            raise MalformedRequestError("facts.uscc", "fails its check and no register knows it")
        listing_id = request.facts.listing_id
        held = self._store.held_listing(listing_id) if listing_id else None

        def decide(entries: Sequence[ReferralEntry]) -> list[ReferralEntry]:
            before = referral_of(entries)
            if before is not None:
                require_seen(before, agency, request.referral_id)
            require_correctable(before, request)
            if held is not None:
                require_listing(held[1], agency, request.uscc)
            entry = self._entry(agency, request.referral_id, request.facts, now, request.uscc)
            if request.report is None:
                return [entry]
            require_reportable(request, before, self.law.amounts, now)
            return [entry, self._entry(agency, request.referral_id, request.report, now)]

        return self._record(self.submission(agency, request.request_id, request.digest), request.referral_id, decide)

    def _step(self, agency: Agency, request: StepRequest) -> Written:
        now = self._clock.now()

        def decide(entries: Sequence[ReferralEntry]) -> list[ReferralEntry]:
            case = require_seen(referral_of(entries), agency, request.referral_id)
            require_receiver(self, agency, request.act, now)
            require_step(case.acts, request.act, agency.role, now)
            require_effective(request.act, now)
            return [self._entry(agency, request.referral_id, request.act, now)]

        submission = self.submission(agency, request.request_id, request.digest)

        def follow(before: Sequence[ReferralEntry], _: Sequence[ReferralEntry]) -> Consequence | None:
            case = require_seen(referral_of(before), agency, request.referral_id)
            return consequence(case, request.act, agency, submission, self.law.calendar)

        return self._record(submission, request.referral_id, decide, follow)

    def _record(
        self, submission: Submission, referral_id: str, decide: Decide, follow: Follow | None = None
    ) -> Written:
        revision, entries = self._store.record(submission, referral_id, decide, follow)
        referral = referral_of(entries)
        assert referral is not None  # noqa: S101 - the first entry of a case is facts
        return Written(revision, referral)

    @staticmethod
    def _entry(
        agency: Agency, referral_id: str, content: CaseFacts | ReferralAct, now: datetime, uscc: str = ""
    ) -> ReferralEntry:
        return ReferralEntry(referral_id, content, agency.agency_id, now, uscc)


def require_seen(referral: Referral | None, agency: Agency, referral_id: str) -> Referral:
    """Return the case; to whom takes no part it is not there (T-60)."""
    if referral is None or not referral.takes_part(agency):
        raise EnterpriseNotFoundError("no such case is on record for this agency", referral=referral_id)
    return referral
