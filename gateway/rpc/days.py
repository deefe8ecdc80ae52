"""The proofs of days on the wire: all calls about an enterprise, and how often a caller called."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import day_index_pb2 as pb

from formats.civil import civil_date, format_instant, midnight
from formats.day_proof import ORDINARY, SIDES
from gateway.domain.agencies import Role
from gateway.domain.errors import FieldNotInMandateError, MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.access_filter import READERS
from gateway.rpc.court_case import require_court_case
from gateway.rpc.explain_grade import read_party
from gateway.rpc.method import Method, Reply
from gateway.rpc.points import tell_who_asks
from gateway.rpc.questions import read_code

if TYPE_CHECKING:
    from datetime import date

    from gateway.rpc.method import Call
    from gateway.services.prove_days import ProveDays

DAYS: Final = 31
"""Of one proof, at most: an answer has a size."""
AUTHORIZATION: Final = "authorization_ref"


class DaysServicer:
    """Hands questions for proofs to the use case."""

    def __init__(self, prove: ProveDays) -> None:
        self._prove = prove

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        both, own = frozenset({Role.AUDITOR, Role.COURT}), frozenset({Role.SUBJECT})
        return [
            Method("AuditService/GetDayProof", pb.GetDayProofRequest, both, run=self.get_day_proof),
            Method("AuditService/GetCallCount", pb.GetCallCountRequest, READERS, run=self.get_call_count),
            Method("SubjectService/GetOwnDayProof", pb.GetOwnDayProofRequest, own, run=self.get_own_day_proof),
        ]

    async def get_day_proof(self, request: pb.GetDayProofRequest, call: Call) -> Reply:
        """See day_index.proto."""
        if fields.recordable(request.officer, 64):
            call.told["officer"] = request.officer
        _require_case(request, call)
        fields.required(request.officer, "officer", 64)
        uscc, _ = read_code(request.uscc, "uscc")
        first, last = _span(request.from_day, request.until_day, call)
        call.told["search"] = {"uscc": uscc, **_searched(first, last)}
        proof = await asyncio.to_thread(self._prove.proof, uscc, first, last, SIDES)
        return Reply(pb.GetDayProofResponse(proof=proof))

    async def get_own_day_proof(self, request: pb.GetOwnDayProofRequest, call: Call) -> Reply:
        """See day_index.proto."""
        tell_who_asks(request, call)
        fields.case_reference(request.case_ref, "case_ref")
        fields.required(request.officer, "officer", 64)
        party = read_party(request.enterprise, call)
        first, last = _span(request.from_day, request.until_day, call)
        call.told["search"] = _searched(first, last)
        proof = await asyncio.to_thread(self._prove.proof, party.uscc, first, last, (ORDINARY,))
        return Reply(pb.GetOwnDayProofResponse(proof=proof))

    async def get_call_count(self, request: pb.GetCallCountRequest, call: Call) -> Reply:
        """See day_index.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        agency, role = _whose(request, call)
        day = fields.civil_day(request.day, "day")
        call.told["search"] = {"agency": agency, **_searched(day, day)}
        proof = await asyncio.to_thread(self._prove.count, day, agency, role)
        return Reply(
            pb.GetCallCountResponse(
                answered=proof.answered,
                others=proof.others,
                answered_total=proof.answered_total,
                others_total=proof.others_total,
                root=proof.root,
                chain=proof.chain,
                receipt=proof.receipt,
            )
        )


def _require_case(request: pb.GetDayProofRequest, call: Call) -> None:
    """A court asks in its case and under a document; an auditor asks about the record itself."""
    if call.agency.role is Role.COURT:
        require_court_case(request, call)
    elif request.case_ref:
        raise MalformedRequestError("case_ref", "is for courts")
    elif request.HasField("authorization_ref"):
        raise MalformedRequestError("authorization_ref", "is for courts")


def _whose(request: pb.GetCallCountRequest, call: Call) -> tuple[str, str]:
    """Return whose calls are counted: an agency's own, or those that an auditor names."""
    own = (call.agency.agency_id, call.agency.role.value)
    agency = fields.text(request.agency, "agency", 64) or own[0]
    role = fields.text(request.agency_role, "agency_role", 32) or own[1]
    if call.agency.role is not Role.AUDITOR:
        if agency != own[0]:
            raise FieldNotInMandateError("agency", "an agency sees its own calls only")
        if role != own[1]:
            raise FieldNotInMandateError("agency_role", "an agency sees the calls of its own role only")
    return agency, role


def _span(sent_first: str, sent_last: str, call: Call) -> tuple[date, date]:
    first, last = fields.civil_day(sent_first, "from_day"), fields.civil_day(sent_last, "until_day")
    if last < first:
        raise MalformedRequestError("until_day", "must not lie before from_day")
    if last - first >= timedelta(days=DAYS):
        raise MalformedRequestError("until_day", f"a proof is of {DAYS} days at most")
    if last >= civil_date(call.now):
        raise MalformedRequestError("until_day", "must be over: a day is indexed after its end")
    return first, last


def _searched(first: date, last: date) -> dict[str, object]:
    """Return the days as they are recorded: the starts of the first and of the last."""
    return {"since": format_instant(midnight(first)), "until": format_instant(midnight(last))}
