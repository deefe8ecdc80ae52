"""Proposing and approving policies over the wire, as two persons at the operator's. All must succeed."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import policy_pb2 as pb
from mandate_calls import CHEN, OPERATIONS, ZHAO, send

from formats.civil import civil_date
from gateway.settings.policy_source import files_of

if TYPE_CHECKING:
    from e2e.served import Outcome, Served

SHIPPED = Path(__file__).parents[1] / "config" / "policy"
NATIONAL = "national-2026"

__all__ = ["CHEN", "OPERATIONS", "ZHAO", "send"]


def text_of(profile: str = "shiyan", edits: Any = ()) -> pb.PolicyText:
    """Return the shipped policy of a profile with replacements: (file, expression, what takes its place)."""
    files = files_of(SHIPPED, profile)
    for file, before, after in edits:
        written = files[file].decode()
        assert re.search(before, written), before
        files[file] = re.sub(before, after, written).encode()
    return pb.PolicyText(profile=profile, files=[pb.PolicyFile(name=n, content=c) for n, c in files.items()])


def versioned(name: str, profile: str = "shiyan") -> pb.PolicyText:
    """Return the shipped policy under another version: it says the same and has a digest of its own."""
    return text_of(profile, [(f"{profile}.toml", 'version = "2026-11"', f'version = "{name}"')])


def today() -> str:
    return civil_date(datetime.now(UTC)).isoformat()


def proposal_of(text: pb.PolicyText, holds_on: str = "") -> pb.ProposePolicyRequest:
    return pb.ProposePolicyRequest(
        request_id=str(uuid.uuid4()),
        officer="o",
        policy=text,
        holds_on=holds_on or today(),
        reason="新法施行",
        document_number="府办〔2026〕9号",
    )


def propose(gateway: Served, request: pb.ProposePolicyRequest, who: str = CHEN) -> pb.PolicyProposal:
    outcome = send(gateway, "ProposePolicy", request, who)
    assert outcome.ok, outcome.text()
    return pb.ProposePolicyResponse.FromString(outcome.answer).proposal


def approval(proposal: str) -> pb.ApprovePolicyRequest:
    return pb.ApprovePolicyRequest(request_id=str(uuid.uuid4()), officer="o", proposal=proposal)


def approve(gateway: Served, proposal: str, who: str = ZHAO) -> pb.ApprovePolicyResponse:
    outcome = send(gateway, "ApprovePolicy", approval(proposal), who)
    assert outcome.ok, outcome.text()
    return pb.ApprovePolicyResponse.FromString(outcome.answer)


def listed(gateway: Served, proposal: str = "", who: str = OPERATIONS) -> pb.ListPoliciesResponse:
    outcome = send(gateway, "ListPolicies", pb.ListPoliciesRequest(officer="o", proposal=proposal), who)
    assert outcome.ok, outcome.text()
    return pb.ListPoliciesResponse.FromString(outcome.answer)


def refused(gateway: Served, rpc: str, request: Any, who: str = CHEN) -> Outcome:
    outcome = send(gateway, rpc, request, who)
    assert not outcome.ok
    return outcome
