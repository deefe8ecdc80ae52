"""``CreditService.ResolveEnterprise`` on the wire: candidates for a code or a name, within a case, and never a verdict.

It translates; who is a candidate and who is identified is decided in ``services`` and ``domain``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import candidate_pb2 as pb

from formats.civil import civil_date
from formats.identifiers import normalise_uscc
from gateway.domain.agencies import ASKING_ROLES
from gateway.domain.disclosure.words import FieldClass
from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.answers import wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.points import read_area
from gateway.rpc.questions import read_code
from gateway.services.resolve_enterprise import Sought

if TYPE_CHECKING:
    from datetime import date

    from gateway.domain.candidates import Candidate
    from gateway.domain.disclosure.sight import Disclosure
    from gateway.rpc.method import Call
    from gateway.services.resolve_enterprise import ResolveEnterprise

MOST: Final = 10
_ORGANISATION_CODE: Final = re.compile(r"[0-9A-Z]{8}[0-9X]")
"""GB 11714, without its hyphen. Its check is no ground to refuse it: old codes differ (I-03)."""


class ResolveServicer:
    """Hands the search to its use case."""

    def __init__(self, resolve: ResolveEnterprise, disclosure: Disclosure) -> None:
        self._resolve = resolve
        self._disclosure = disclosure

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for."""
        request = pb.ResolveEnterpriseRequest
        return [Method("CreditService/ResolveEnterprise", request, ASKING_ROLES, run=self.resolve_enterprise)]

    async def resolve_enterprise(self, request: pb.ResolveEnterpriseRequest, call: Call) -> Reply:
        """See credit.proto. The entry says what was sought, and who was shown."""
        _require_case(request, call)
        sought, conforming = _sought(request)
        call.told["sought"] = told_of(sought)
        if not 0 <= request.most <= MOST:
            raise MalformedRequestError("most", f"must be 1 to {MOST}, or 0 for {MOST}")
        day = civil_date(call.now)
        found = await self._resolve(sought, day, request.most or MOST, call.turn)
        if sought.uscc and not conforming and not found.candidates:
            raise MalformedRequestError("uscc", "fails its check and no register knows it")
        seen = self._disclosure.of_record(call.agency, approval=False).sees(FieldClass.IDENTITY)
        shown = found.candidates if seen else ()
        identified = [each.file.uscc for each in shown if each.identified]
        call.told.update(revision=found.revision, candidates=[each.file.uscc for each in shown])
        if identified:
            call.told["enterprises"] = identified
        return Reply(
            pb.ResolveEnterpriseResponse(
                candidates=[candidate_pb(each, day) for each in shown],
                left_out=found.left_out,
                data_revision=found.revision,
            )
        )


def _require_case(request: pb.ResolveEnterpriseRequest, call: Call) -> None:
    """Refuse whoever has no case in an area of its mandate; what was understood is told to the record.

    Raises:
        AreaNotInMandateError: The mandate does not cover the area.
        PurposeNotInMandateError: The mandate names the purposes, and not this one.
        AuthorizationMissingError: There is no case number (A-120).
        MalformedRequestError: A field is missing or malformed.
    """
    read_area(request, call)
    call.agency.require_purpose(request.purpose, "purpose")
    fields.case_reference(request.case_ref, "case_ref")
    fields.required(request.officer, "officer", 64)
    purpose = fields.text(request.purpose, "purpose", 256)
    if purpose:
        call.told["purpose"] = purpose


def _sought(request: pb.ResolveEnterpriseRequest) -> tuple[Sought, bool]:
    """Return what is looked for, and whether a unified code meets its standard.

    Raises:
        MalformedRequestError: Nothing or both codes were given, or one is malformed.
    """
    name = fields.enterprise_name(request.name, "name")
    if request.organisation_code:
        if request.uscc:
            raise MalformedRequestError("organisation_code", "must be empty beside uscc")
        return Sought(organisation_code=_organisation_code(request.organisation_code), name=name), True
    if request.uscc:
        code, conforming = read_code(request.uscc, "uscc")
        return Sought(uscc=code, name=name), conforming
    if not name:
        raise MalformedRequestError("name", "is required without a code")
    return Sought(name=name), True


def told_of(sought: Sought) -> dict[str, object]:
    """Return what is recorded of what was sought: the name as it was sent."""
    told = {"uscc": sought.uscc, "organisation_code": sought.organisation_code, "name": sought.name}
    return {key: value for key, value in told.items() if value}


def _organisation_code(sent: str) -> str:
    code = normalise_uscc(fields.text(sent, "organisation_code", 64))
    if _ORGANISATION_CODE.fullmatch(code) is None:
        raise MalformedRequestError("organisation_code", "must have 9 characters, digits and capital letters")
    return code


def candidate_pb(candidate: Candidate, day: date) -> pb.EnterpriseCandidate:
    """Return a candidate for the wire, under the name that it bears on *day*."""
    file, borne = candidate.file, candidate.file.on(day)
    shown = pb.EnterpriseCandidate(
        uscc=file.uscc,
        name=borne.name if borne else "",
        match_kind=wire(candidate.kind),
        identified=candidate.identified,
        foldings=[pb.NameFolding.Value(f"NAME_FOLDING_{each.value}") for each in candidate.foldings],
        name_agrees=candidate.name_agrees,
        business_status=file.status.value if file.status else "",
        relations=[
            pb.CandidateRelation(relation=each.kind.value, uscc=each.uscc, name=each.name) for each in file.relations
        ],
    )
    if candidate.matched is not None:
        shown.matched_name, shown.borne_since = candidate.matched.name, candidate.matched.since.isoformat()
        shown.borne_until = candidate.matched.until.isoformat() if candidate.matched.until else ""
    if candidate.likeness is not None:
        shown.likeness = candidate.likeness.per_mille
        shown.differences.extend(wire(each) for each in candidate.likeness.differences)
        shown.different_characters = candidate.likeness.characters
    return shown
