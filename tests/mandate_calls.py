"""Proposing and approving mandates over the wire, as two persons at the operator's. All must succeed."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import admin_pb2 as pb

from gateway.rpc.mandate_answers import mandate_pb
from gateway.security.pki import issue_client

if TYPE_CHECKING:
    from collections.abc import Callable

    from e2e.served import Outcome, Served

    from gateway.domain.agencies import Agency

SERVICE = "/jointsanctions.v1.AdminService"
OPERATIONS = "gateway-operations.operator"
CHEN, ZHAO = f"{OPERATIONS}.chen", f"{OPERATIONS}.zhao"
BASIS = "示例市人民政府办公室 府办〔2026〕9号"
WITHIN = 1.0
"""Seconds within which a change holds in every process."""


def person(gateway: Served, who: str) -> str:
    """Issue a person's certificate where there is none, and return whose it is."""
    pki = gateway.place.state / "pki"
    if not (pki / "clients" / f"{who}.pem").exists():
        issue_client(pki, *who.split("."), 90, datetime.now(UTC))
    return who


def send(gateway: Served, rpc: str, request: Any, who: str = CHEN) -> Outcome:
    return gateway.send(f"{SERVICE}/{rpc}", request, person(gateway, who) if who.count(".") == 2 else who)


def wanted(entry: Agency, **bounds: datetime) -> pb.ProposeMandateRequest:
    """Return a request for what *entry* grants, with a legal basis and these bounds of validity."""
    request = pb.ProposeMandateRequest(mandate=mandate_pb(entry))
    request.mandate.legal_basis = BASIS
    for name, moment in bounds.items():
        getattr(request.mandate, name).FromDatetime(moment)
    return complete(request)


def end_of(who: str) -> pb.ProposeMandateRequest:
    agency, role = who.split(".")
    return complete(pb.ProposeMandateRequest(ending=pb.MandateEnding(agency=agency, role=role)))


def complete(request: pb.ProposeMandateRequest) -> pb.ProposeMandateRequest:
    request.request_id = str(uuid.uuid4())
    request.officer, request.reason, request.document_number = "o", "新职责", "府办〔2026〕9号"
    return request


def propose(gateway: Served, request: pb.ProposeMandateRequest, who: str = CHEN) -> str:
    """Propose, and return the proposal's id."""
    outcome = send(gateway, "ProposeMandate", request, who)
    assert outcome.ok, outcome.text()
    return pb.ProposeMandateResponse.FromString(outcome.answer).proposal.proposal


def approval(proposal: str) -> pb.ApproveMandateRequest:
    return pb.ApproveMandateRequest(request_id=str(uuid.uuid4()), officer="o", proposal=proposal)


def approve(gateway: Served, proposal: str, who: str = ZHAO) -> pb.ApproveMandateResponse:
    outcome = send(gateway, "ApproveMandate", approval(proposal), who)
    assert outcome.ok, outcome.text()
    return pb.ApproveMandateResponse.FromString(outcome.answer)


def changed(gateway: Served, request: pb.ProposeMandateRequest) -> float:
    """Propose and approve; return when it was approved, by the monotonic clock."""
    approve(gateway, propose(gateway, request))
    return time.monotonic()


def seen(ask: Callable[[], str], outcome: str, since: float) -> float:
    """Ask until the outcome is this one, and return after how many seconds it was."""
    while (found := ask()) != outcome:
        assert time.monotonic() - since < 20, f"still {found}"
    return time.monotonic() - since
