"""Referrals from the wire: facts and steps in their form. Whether a step may be taken is decided elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from formats.dossier import ID_FORM, ID_RULE
from gateway.domain.agency_forms import AGENCY_ID
from gateway.domain.errors import MalformedRequestError
from gateway.domain.referral_amounts import WorkerClaim
from gateway.domain.referral_elements import CaseFacts, OrderDelivery, PaymentOrder, ReferralConduct, ReferralDebtor
from gateway.domain.referral_steps import ReferralAct
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.rpc import fields
from gateway.rpc.questions import read_code
from gateway.services.referrals import FactsRequest, StepRequest

if TYPE_CHECKING:
    from collections.abc import Collection

    from jointsanctions.v1 import referral_pb2 as pb

    from gateway.rpc.method import Call
    from gateway.rpc.record_fields import People

OFFICER, NUMBER, REASONS, WORKER, LISTING = 64, 128, 4_000, 64, 128
"""Bytes of an officer, of a document number, of reasons, of a worker's reference, and of a listing's id."""
OFFICERS, CLAIMS, TEAM = 20, 2_000, 2
"""Officers of a step and claims of a case at most, and officers of a report at least (T-20)."""
OWED: Final = 10**13
"""Fen that one worker is owed at most: what is more is no wage."""
MONTHS: Final = 600
HASH: Final = re.compile("[0-9a-f]{64}")


def referral_id(value: str) -> str:
    """Return the id of a case, which has the form of one."""
    if not ID_FORM.fullmatch(value):
        raise MalformedRequestError("referral_id", ID_RULE)
    return value


def open_referral(people: People, request: pb.OpenReferralRequest, call: Call) -> FactsRequest:
    """Facts, and the report where there is one."""
    if not request.HasField("facts"):
        raise MalformedRequestError("facts", "is required")
    uscc, conforming = read_code(request.facts.uscc, "facts.uscc") if request.facts.uscc else ("", True)
    report = None
    if request.HasField("report"):
        report = step(request.report, "report", {Kind.REPORT}, call)
        if len(report.officers) < TEAM:
            raise MalformedRequestError("report.officers", "names fewer than the two officers of a team (T-20)")
    return FactsRequest(
        request_id=fields.required(request.request_id, "request_id", 64),
        digest=people.digest(request.SerializeToString(deterministic=True)),
        referral_id=referral_id(request.referral_id),
        facts=_facts(request.facts),
        uscc=uscc,
        conforming=conforming,
        replaces_version=request.replaces_version,
        report=report,
    )


def take_step(
    people: People,
    request: Any,  # noqa: ANN401 - one of six, which share these fields
    kinds: Collection[Kind],
    call: Call,
) -> StepRequest:
    """A step of one of *kinds*."""
    if not request.HasField("step"):
        raise MalformedRequestError("step", "is required")
    return StepRequest(
        request_id=fields.required(request.request_id, "request_id", 64),
        digest=people.digest(request.SerializeToString(deterministic=True)),
        referral_id=referral_id(request.referral_id),
        act=step(request.step, "step", kinds, call),
    )


def step(sent: pb.ReferralStep, base: str, kinds: Collection[Kind], call: Call) -> ReferralAct:
    """Return the step with whose certificate brought it."""
    kind = fields.word(Kind, sent.kind, f"{base}.kind")
    if kind not in kinds:
        wanted = ", ".join(each.name for each in kinds)
        raise MalformedRequestError(f"{base}.kind", f"is {kind.name}; this method takes {wanted}")
    if not HASH.fullmatch(sent.document_sha256):
        raise MalformedRequestError(f"{base}.document_sha256", "must be a SHA-256 in lower hexadecimal")
    return ReferralAct(
        kind=kind,
        agency=call.agency.agency_id,
        at=fields.instant(sent.at, f"{base}.at"),
        document_number=fields.required(sent.document_number, f"{base}.document_number", NUMBER),
        document_sha256=sent.document_sha256,
        officers=_officers(sent.officers, f"{base}.officers"),
        reasons=fields.text(sent.reasons, f"{base}.reasons", REASONS),
        to_agency=agency_id(sent.to_agency, f"{base}.to_agency") if sent.to_agency else "",
        holder=call.seen.holder,
        effective_on=fields.optional_day(sent.effective_on, f"{base}.effective_on"),
    )


def agency_id(value: str, field: str) -> str:
    """Return an agency's id, which has the form of one."""
    if not AGENCY_ID.fullmatch(value):
        raise MalformedRequestError(field, "must be the id of an agency")
    return value


def _officers(sent: Collection[str], field: str) -> tuple[str, ...]:
    if not 1 <= len(sent) <= OFFICERS:
        raise MalformedRequestError(field, f"must name 1 to {OFFICERS} officers")
    officers = tuple(fields.required(each, f"{field}[{place}]", OFFICER) for place, each in enumerate(sent))
    if len(set(officers)) != len(officers):
        raise MalformedRequestError(field, "names an officer twice")
    return officers


def _facts(sent: pb.ReferralFacts) -> CaseFacts:
    conducts = [fields.word(ReferralConduct, each, f"facts.conducts[{n}]") for n, each in enumerate(sent.conducts)]
    if len(set(conducts)) != len(conducts):
        raise MalformedRequestError("facts.conducts", "names one twice")
    if not sent.HasField("order"):
        raise MalformedRequestError("facts.order", "is required")
    return CaseFacts(
        county=fields.division(sent.county, "facts.county"),
        debtor=fields.word(ReferralDebtor, sent.debtor, "facts.debtor"),
        claims=_claims(sent.claims),
        order=_order(sent.order),
        conducts=frozenset(conducts),
        excuse_proven=sent.excuse_proven,
        serious_consequences=sent.serious_consequences,
        listing_id=fields.text(sent.listing_id, "facts.listing_id", LISTING),
    )


def _claims(sent: Collection[pb.WorkerClaim]) -> tuple[WorkerClaim, ...]:
    if not 1 <= len(sent) <= CLAIMS:
        raise MalformedRequestError("facts.claims", f"must be 1 to {CLAIMS}")
    claims = tuple(_claim(each, f"facts.claims[{place}]") for place, each in enumerate(sent))
    if len({claim.worker for claim in claims}) != len(claims):
        raise MalformedRequestError("facts.claims", "names a worker twice")
    return claims


def _claim(sent: pb.WorkerClaim, field: str) -> WorkerClaim:
    if not 0 <= sent.owed_fen <= OWED:
        raise MalformedRequestError(f"{field}.owed_fen", f"must be 0 to {OWED}")
    if sent.unpaid_months > MONTHS:
        raise MalformedRequestError(f"{field}.unpaid_months", f"must be 0 to {MONTHS}")
    return WorkerClaim(fields.required(sent.worker, f"{field}.worker", WORKER), sent.owed_fen, sent.unpaid_months)


def _order(sent: pb.PaymentOrder) -> PaymentOrder:
    delivered = fields.optional_day(sent.delivered_on, "facts.order.delivered_on")
    delivery = fields.word(OrderDelivery, sent.delivery, "facts.order.delivery") if sent.delivery else None
    if (delivered is None) is not (delivery is None):
        raise MalformedRequestError("facts.order.delivery", "goes with delivered_on: both or none")
    issued = fields.civil_day(sent.issued_on, "facts.order.issued_on")
    due = fields.civil_day(sent.due_on, "facts.order.due_on")
    if due < issued:
        raise MalformedRequestError("facts.order.due_on", "lies before the order")
    if delivered is not None and delivered < issued:
        raise MalformedRequestError("facts.order.delivered_on", "lies before the order")
    return PaymentOrder(
        document_number=fields.required(sent.document_number, "facts.order.document_number", NUMBER),
        issued_on=issued,
        delivered_on=delivered,
        delivery=delivery,
        due_on=due,
    )
