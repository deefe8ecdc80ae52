"""Acts on cases from the wire: mandate first, then form; each fault names its field.

Whether an act may follow what is on record is decided in ``gateway.domain.cases`` and ``services``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import credit_pb2 as pb

from formats.civil import civil_date
from gateway.domain.cases import Applicant, CaseCloseReason, CaseClosing, CaseKey, CaseParty, CaseTerms
from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.points import read_area, read_mandated, require_own, require_territory
from gateway.rpc.questions import PARTIES_LIMIT, read_code, read_facts
from gateway.services.cases import CaseRequest

if TYPE_CHECKING:
    from jointsanctions.v1 import case_pb2, common_pb2

    from gateway.domain.case_facts import CaseFacts
    from gateway.domain.policy import Policy
    from gateway.domain.vocabulary import Area
    from gateway.rpc.method import Call
    from gateway.rpc.points import PointAsked

    Registering = pb.OpenCaseRequest | pb.AmendCaseRequest

APPLICANTS: Final = 100
ENTERPRISES: Final = 300
"""Of one case together, so that its act stays small and its parties are decided in one go."""
PART: Final = 64
NOTE: Final = 500


def read_opening(request: pb.OpenCaseRequest, call: Call, policy: Policy) -> CaseRequest:
    """Return the registration of a case. Raises as ``_registering`` does."""
    return _registering(request, call, policy)


def read_amendment(request: pb.AmendCaseRequest, call: Call, policy: Policy) -> CaseRequest:
    """Return an amendment. Raises as ``_registering`` does."""
    return _registering(request, call, policy)


def read_closing(request: case_pb2.CloseCaseRequest, call: Call) -> CaseRequest:
    """Return a closing; what was understood is told to the record as it is read.

    Raises:
        AreaNotInMandateError: The mandate does not cover the area.
        AuthorizationMissingError: There is no case number.
        MalformedRequestError: A field is missing, malformed or out of range.
    """
    area = read_area(request, call)
    call.told["request_id"] = fields.required(request.request_id, "request_id", 64)
    key = read_key(request, call, area)
    reason = fields.word(CaseCloseReason, request.reason, "reason")
    note = fields.text(request.note, "note", NOTE)
    return CaseRequest(request.request_id, _digest(request), key, CaseClosing(reason, request.officer, note))


def read_key(request: Any, call: Call, area: Area) -> CaseKey:  # noqa: ANN401 - one of several, which share these fields
    """Return which case of the caller's own a request is about, and tell the record.

    Raises:
        AuthorizationMissingError: There is no case number.
        MalformedRequestError: A field is missing or malformed.
    """
    fields.required(request.officer, "officer", 64)
    case_ref = fields.case_reference(request.case_ref, "case_ref")
    part = fields.text(request.part, "part", PART)
    if part:
        call.told["part"] = part
    return CaseKey(call.agency.agency_id, area, case_ref, part)


def _registering(request: Registering, call: Call, policy: Policy) -> CaseRequest:
    """Return terms that are registered; what was understood is told to the record as it is read.

    Raises:
        AreaNotInMandateError: The mandate does not cover the area or the point.
        TerritoryNotInMandateError: The mandate is bound to a territory, and the project lies outside.
        AuthorizationMissingError: There is no case number.
        MalformedRequestError: A field is missing, malformed or out of range.
    """
    asked = read_mandated(request, request.terms.decision_point, call, ("area", "terms.decision_point"))
    require_territory(request.terms.case_facts, call.agency, "terms.case_facts")
    require_own(asked, "terms.decision_point")
    call.told["request_id"] = fields.required(request.request_id, "request_id", 64)
    key = read_key(request, call, asked.area)
    replaces, reason = _amended(request) if isinstance(request, pb.AmendCaseRequest) else (0, "")
    nonconforming: list[str] = []
    terms = CaseTerms(
        point=asked.point,
        facts=_facts(request.terms.case_facts, asked, policy, key, call),
        applicants=_applicants(request.terms, nonconforming),
        consortia_fixed=request.terms.consortia_fixed,
        officer=request.officer,
        reason=reason,
    )
    return CaseRequest(request.request_id, _digest(request), key, terms, replaces, tuple(nonconforming))


def _amended(request: pb.AmendCaseRequest) -> tuple[int, str]:
    if request.replaces_version == 0:
        raise MalformedRequestError("replaces_version", "is required")
    return request.replaces_version, fields.required(request.reason, "reason", NOTE)


def _facts(sent: pb.CaseFacts, asked: PointAsked, policy: Policy, key: CaseKey, call: Call) -> CaseFacts:
    """Return the facts of the case, complete for the point; ``form`` is what each applicant is, and is not sent."""
    whole, base = pb.CaseFacts(), "terms.case_facts"
    whole.CopyFrom(sent)
    which = whole.WhichOneof("facts")
    own: Any = getattr(whole, which) if which else None
    if own is not None and "form" in own.DESCRIPTOR.fields_by_name:
        if own.form:
            raise MalformedRequestError(f"{base}.{which}.form", "is said by the applicants, and must be unset")
        own.form = pb.PARTICIPATION_FORM_SINGLE
    facts = read_facts(whole, asked, policy, civil_date(call.now), base)
    if facts.lot is not None and facts.lot != key.part:
        raise MalformedRequestError(f"{base}.{which}.lot", "is another than part")
    return facts


def _applicants(sent: pb.CaseTerms, nonconforming: list[str]) -> tuple[Applicant, ...]:
    if len(sent.applicants) > APPLICANTS:
        raise MalformedRequestError("terms.applicants", f"takes at most {APPLICANTS}")
    found = tuple(
        _applicant(each, f"terms.applicants[{place}]", nonconforming) for place, each in enumerate(sent.applicants)
    )
    if sum(len(each.parties) for each in found) > ENTERPRISES:
        raise MalformedRequestError("terms.applicants", f"name more than {ENTERPRISES} enterprises together")
    return found


def _applicant(sent: case_pb2.CaseApplicant, base: str, nonconforming: list[str]) -> Applicant:
    if len(sent.consortium_members) > PARTIES_LIMIT:
        raise MalformedRequestError(f"{base}.consortium_members", f"takes at most {PARTIES_LIMIT}")
    first = _party(sent.enterprise, f"{base}.enterprise", nonconforming)
    members = (
        _party(each, f"{base}.consortium_members[{place}]", nonconforming)
        for place, each in enumerate(sent.consortium_members)
    )
    return Applicant(first, tuple(members))


def _party(ref: common_pb2.EnterpriseRef, field: str, nonconforming: list[str]) -> CaseParty:
    code, conforming = read_code(ref.uscc, f"{field}.uscc")
    if not conforming:
        nonconforming.append(code)
    return CaseParty(code, fields.enterprise_name(ref.name, f"{field}.name"))


def _digest(request: Registering | case_pb2.CloseCaseRequest) -> str:
    return hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()
