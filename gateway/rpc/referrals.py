"""``ReferralService`` on the wire. It translates; who takes part, and which step may be taken, is decided elsewhere."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, cast

from jointsanctions.v1 import referral_pb2 as pb

from formats.civil import civil_date, format_instant
from gateway.domain.agencies import Role
from gateway.domain.clocks import Colour
from gateway.domain.errors import MalformedRequestError
from gateway.domain.referral_holds import holds_of
from gateway.domain.referral_stuck import stuck_of
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referrals import APPROVE, PARTIES, REFER
from gateway.rpc import fields
from gateway.rpc.method import Method, Reply
from gateway.rpc.page_token import read_token, write_token
from gateway.rpc.referral_answers import (
    agreement_of,
    evidence_pb,
    facts_pb,
    gaps_pb,
    payments_pb,
    referral_pb,
    silences_pb,
    steps_pb,
)
from gateway.rpc.referral_holds import hold_pb
from gateway.rpc.referral_requests import open_referral, referral_id, take_step
from gateway.rpc.referral_stuck import stuck_pb

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from google.protobuf.message import Message

    from gateway.domain.referrals import Referral
    from gateway.rpc.method import Call
    from gateway.rpc.record_fields import People
    from gateway.services.referral_inbox import ReferralInbox
    from gateway.services.referrals import Referrals, Written

PAGE, PAGE_LIMIT = 50, 200
APPROVING: Final = "ReferralService/ApproveReferral"
HRSS: Final = frozenset({Role.PRODUCER})
POLICE: Final = frozenset({Role.POLICE})
DECISIONS: Final = (
    Kind.FILING,
    Kind.NON_FILING,
    Kind.NON_FILING_UPHELD,
    Kind.EXTENSION,
    Kind.MATERIALS_REQUEST,
    Kind.FORWARDING,
)
STEPS: Final[Mapping[str, tuple[type[Message], type[Message], frozenset[Role], tuple[Kind, ...]]]] = {
    "ReferralService/ApproveReferral": (
        pb.ApproveReferralRequest,
        pb.ApproveReferralResponse,
        HRSS,
        (Kind.APPROVAL, Kind.REFUSAL),
    ),
    "ReferralService/SignReceipt": (pb.SignReceiptRequest, pb.SignReceiptResponse, POLICE, (Kind.RECEIPT,)),
    "ReferralService/DecideFiling": (pb.DecideFilingRequest, pb.DecideFilingResponse, POLICE, DECISIONS),
    "ReferralService/RequestReconsideration": (
        pb.RequestReconsiderationRequest,
        pb.RequestReconsiderationResponse,
        HRSS,
        (Kind.RECONSIDERATION_REQUEST,),
    ),
    "ReferralService/RequestSupervision": (
        pb.RequestSupervisionRequest,
        pb.RequestSupervisionResponse,
        HRSS,
        (Kind.SUPERVISION_REQUEST,),
    ),
    "ReferralService/RecordOutcome": (
        pb.RecordOutcomeRequest,
        pb.RecordOutcomeResponse,
        PARTIES,
        (
            Kind.HANDOVER,
            Kind.EXPLANATION_REQUEST,
            Kind.EXPLANATION,
            Kind.NON_FILING_VALID,
            Kind.FILING_ORDER,
            Kind.CORRECTION_NOTICE,
            Kind.URGING,
            Kind.WITHDRAWAL,
            Kind.INDICTMENT,
            Kind.NON_PROSECUTION,
            Kind.OPINION,
            Kind.OPINION_ANSWER,
            Kind.CONVICTION,
            Kind.ACQUITTAL,
            Kind.EXEMPTION,
            Kind.PROPERTY_RETURN,
            Kind.ADMINISTRATIVE_RETURN,
            Kind.CLOSING,
        ),
    ),
}
"""The methods that take a step: request, response, roles, and which steps."""


class ReferralsServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, referrals: Referrals, inbox: ReferralInbox, people: People) -> None:
        self._referrals = referrals
        self._inbox = inbox
        self._people = people

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        recorded = self._recorded
        return [
            Method("ReferralService/OpenReferral", pb.OpenReferralRequest, HRSS, run=self.open, recorded=recorded),
            *(
                Method(name, request, roles, run=self._taking(name), recorded=recorded)
                for name, (request, _, roles, _) in STEPS.items()
            ),
            Method("ReferralService/GetReferral", pb.GetReferralRequest, PARTIES, run=self.get_referral),
            Method("ReferralService/ListReferrals", pb.ListReferralsRequest, PARTIES, run=self.list_referrals),
        ]

    async def open(self, request: pb.OpenReferralRequest, call: Call) -> Reply:
        """See referral.proto."""
        call.agency.require_field(REFER, REFER)
        _note(request, call)
        if request.HasField("report"):
            call.told["referral_step"] = Kind.REPORT.name
        written = await self._referrals.open(call.agency, open_referral(self._people, request, call))
        self._told(written, call)
        case = written.referral
        return Reply(
            pb.OpenReferralResponse(
                referral=self.shown(case, call),
                version=case.version,
                gaps=gaps_pb(self._referrals.gaps(case, call.now)),
            )
        )

    async def get_referral(self, request: pb.GetReferralRequest, call: Call) -> Reply:
        """See referral.proto."""
        self.require_party(call)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        call.told["referral"] = referral_id(request.referral_id)
        case = await self._referrals.read(call.agency, request.referral_id)
        seen = [entry for entry in case.entries if case.sees(call.agency, entry)]
        answer = pb.GetReferralResponse(
            referral=await self._with_stuck(case, call),
            steps=steps_pb(seen),
            payments=payments_pb(seen),
            transport=evidence_pb(await self._inbox.transport(case, call.agency, call.now)),
            silences=silences_pb(await self._inbox.silences(case, call.agency)),
            court_agreement=agreement_of(case, call.agency.agency_id),
        )
        if call.agency.agency_id == case.agency:
            answer.holds.extend(hold_pb(hold, civil_date(call.now)) for hold in holds_of(case))
            answer.facts.CopyFrom(facts_pb(case))
            answer.version = case.version
            answer.gaps.extend(gaps_pb(self._referrals.gaps(case, call.now)))
        return Reply(answer)

    async def list_referrals(self, request: pb.ListReferralsRequest, call: Call) -> Reply:
        """See referral.proto. The entry names every case that is told."""
        self.require_party(call)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        if request.page_size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        size = request.page_size or PAGE
        after = read_token(request, 2)
        listed = await self._referrals.listed(call.agency, open_only=request.open_only)
        placed = sorted((self._place(case, call.now), case) for case in listed)
        left = [each for each in placed if after is None or each[0] > after]
        page = left[:size]
        call.told["referrals"] = [case.referral_id for _, case in page]
        return Reply(
            pb.ListReferralsResponse(
                referrals=[await self._with_stuck(case, call) for _, case in page],
                next_page_token=write_token(request, page[-1][0]) if len(left) > size else "",
            )
        )

    def _taking(self, name: str) -> Callable[[Any, Call], Awaitable[Reply]]:
        """Return the method that takes one of a method's steps."""
        _, response, _, kinds = STEPS[name]

        async def take(request: Any, call: Call) -> Reply:  # noqa: ANN401 - one of the requests of ``STEPS``
            if name == APPROVING:
                call.agency.require_field(APPROVE, APPROVE)
            self.require_party(call)
            _note(request, call)
            wanted = take_step(self._people, request, kinds, call)
            call.told["referral_step"] = wanted.act.kind.name
            written = await self._referrals.step(call.agency, wanted)
            self._told(written, call)
            answer: Any = response()
            answer.referral.CopyFrom(self.shown(written.referral, call))
            return Reply(answer)

        return take

    @staticmethod
    def require_party(call: Call) -> None:
        """Refuse a producer that does not refer cases: market regulation, say; the other roles take part by the case.

        Raises:
            FieldNotInMandateError: The mandate does not cover it.
        """
        if call.agency.role is Role.PRODUCER:
            call.agency.require_field(REFER, REFER)

    def shown(self, case: Referral, call: Call) -> pb.Referral:
        """Return a case as the caller is shown it, wherever that is."""
        return referral_pb(case, self._referrals.allowed(case, call.agency), self._referrals.clocks(case, call.now))

    async def _with_stuck(self, case: Referral, call: Call) -> pb.Referral:
        """Return a case as the caller is shown it, with what it waits for."""
        shown = self.shown(case, call)
        evidence = await self._inbox.transport(case, call.agency, call.now)
        shown.stuck.extend(stuck_pb(stuck_of(case, self._referrals.clocks(case, call.now), evidence)))
        return shown

    def _place(self, case: Referral, now: datetime) -> tuple[str, ...]:
        """Return the place of a case in the order of all: by the end of the clock that is most urgent."""
        running = [
            clock.deadline.ends_at
            for clock in self._referrals.clocks(case, now)
            if clock.colour in {Colour.GREEN, Colour.YELLOW, Colour.RED}
        ]
        return (format_instant(min(running)) if running else "~", case.referral_id)

    @staticmethod
    def _told(written: Written, call: Call) -> None:
        call.told["revisions"] = [written.revision, written.revision]
        call.told["referral_stage"] = written.referral.stage.name

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the step, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._referrals.mark_recorded, str(told["request_id"]), through, number)


def _note(request: Any, call: Call) -> None:  # noqa: ANN401 - one of the requests that write, which share these fields
    call.told.update(
        request_id=fields.required(request.request_id, "request_id", 64),
        officer=fields.required(request.officer, "officer", 64),
        referral=referral_id(request.referral_id),
    )
