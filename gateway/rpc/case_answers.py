"""Cases as messages. Only the case's own agency is ever sent one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import case_pb2 as pb
from jointsanctions.v1 import common_pb2

from gateway.rpc.answers import instant_pb, wire

if TYPE_CHECKING:
    from gateway.domain.cases import Applicant, Case, CaseParty


def case_pb(case: Case) -> pb.RegisteredCase:
    """Return a case as it is registered."""
    shown = pb.RegisteredCase(
        case_id=case.key.case_id,
        area=wire(case.key.area),
        case_ref=case.key.case_ref,
        part=case.key.part,
        version=case.version,
        decision_point=wire(case.terms.point),
        applicants=[_applicant(each) for each in case.terms.applicants],
        consortia_fixed=case.terms.consortia_fixed,
        opened_at=instant_pb(case.opened_at),
    )
    if case.cutoff_at is not None:
        shown.cutoff_at.CopyFrom(instant_pb(case.cutoff_at))
    if case.closing is not None and case.closed_at is not None:
        shown.closed_at.CopyFrom(instant_pb(case.closed_at))
        shown.close_reason = wire(case.closing.reason)
    return shown


def _applicant(applicant: Applicant) -> pb.CaseApplicant:
    members = [_party(each) for each in applicant.members]
    return pb.CaseApplicant(enterprise=_party(applicant.enterprise), consortium_members=members)


def _party(party: CaseParty) -> common_pb2.EnterpriseRef:
    return common_pb2.EnterpriseRef(uscc=party.uscc, name=party.name)
