"""``jsg policy list|propose|approve``: the policy, changed by two persons.

Each speaks by a certificate that names a person: ``--as AGENCY.operator.HOLDER``.
"""

from __future__ import annotations

import json
import sys
import uuid
from typing import TYPE_CHECKING, Any, Final

from google.protobuf import json_format
from jointsanctions.v1 import policy_pb2 as pb

from adapters.errors import GatewayError
from gateway.cli.account import account
from gateway.cli.connection import client_file, connect
from gateway.cli.mandate_show import refusal_lines
from gateway.cli.policy_files import policy_text
from gateway.cli.show import local
from gateway.settings import ConfigurationError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from google.protobuf.message import Message

OK, ERROR, WAITS = 0, 1, 4
OTHER: Final = "--as gateway-operations.operator.zhao"
PATIENCE_SECONDS: Final = 30.0
STATES: Final = {
    pb.POLICY_PROPOSAL_STATE_WAITING: "待批准 WAITING",
    pb.POLICY_PROPOSAL_STATE_APPROVED: "已批准 APPROVED",
    pb.POLICY_PROPOSAL_STATE_SUPERSEDED: "已被取代 SUPERSEDED",
    pb.POLICY_PROPOSAL_STATE_EXPIRED: "已过期 EXPIRED",
}


def run_list(arguments: argparse.Namespace) -> int:
    """Print which policy holds, which will, and what was proposed; with ``--save``, write the files of a proposal."""
    if bool(arguments.save) is not bool(arguments.proposal):
        raise ConfigurationError("--save", "-", "goes with --proposal")
    request = pb.ListPoliciesRequest(officer=_officer(arguments), proposal=arguments.proposal)
    with connect(arguments, client_file(arguments).operations) as client:
        found = client.admin("ListPolicies", request, pb.ListPoliciesResponse)
    if arguments.save:
        _save(found.policy, arguments.save)
    return _print(arguments, found, list_lines(found))


def run_propose(arguments: argparse.Namespace) -> int:
    """Propose a policy; 4, because another person has to approve it."""
    request = pb.ProposePolicyRequest(
        request_id=str(uuid.uuid4()),
        officer=_officer(arguments),
        policy=policy_text(arguments),
        holds_on=arguments.holds_on,
        reason=arguments.reason,
        document_number=arguments.document,
    )
    done = _sent(arguments, "ProposePolicy", request, pb.ProposePolicyResponse)
    if done is None:
        return ERROR
    _print(arguments, done, [*proposal_lines(done.proposal), f"jsg {OTHER} policy approve {done.proposal.proposal}"])
    return WAITS


def run_approve(arguments: argparse.Namespace) -> int:
    """Approve a proposal; 1 and why when that cannot be."""
    officer = _officer(arguments)
    named = f"{arguments.caller}\0{officer}\0{arguments.proposal}"
    # The same word of the same person has the same id: one that was broken off is answered, not refused.
    word = str(uuid.uuid5(uuid.NAMESPACE_URL, named))
    request = pb.ApprovePolicyRequest(request_id=word, officer=officer, proposal=arguments.proposal)
    done = _sent(arguments, "ApprovePolicy", request, pb.ApprovePolicyResponse)
    if done is None:
        return ERROR
    return _print(arguments, done, ["已批准 approved", *version_lines(done.policy)])


def list_lines(found: pb.ListPoliciesResponse) -> Iterator[str]:
    """Yield the lines about all policies."""
    number = found.number or "0, 配置文件中的政策 that of the configuration"
    yield f"现行 in force     {number}"
    if found.HasField("ends_at"):
        yield f"下一版 next       {local(found.ends_at)}"
    for version in found.policies:
        yield from version_lines(version)
    for proposal in found.proposals:
        yield from proposal_lines(proposal)


def version_lines(version: pb.PolicyVersion) -> Iterator[str]:
    """Yield the lines about a policy that was approved."""
    proposal = version.proposal
    yield f"\n政策 policy {version.number}  {proposal.profile} {proposal.version} {proposal.digest[:12]}"
    yield f"  自 holds from     {local(version.holds_from)}, data revision {version.data_revision}"
    yield f"  提出/批准 by      {_person(proposal)} / {version.approved_by_agency}/{version.approved_by}"
    yield f"  理由 reason       {proposal.reason} ({proposal.document_number})"


def proposal_lines(proposal: pb.PolicyProposal) -> Iterator[str]:
    """Yield the lines about a proposal."""
    yield f"\n{STATES[proposal.state]}  {proposal.proposal}"
    yield f"  政策 policy       {proposal.profile} {proposal.version} {proposal.digest[:12]}"
    yield f"  自 holds on       {proposal.holds_on}"
    yield f"  提出 by           {_person(proposal)}, {local(proposal.proposed_at)}"
    yield f"  理由 reason       {proposal.reason} ({proposal.document_number})"


def _person(proposal: pb.PolicyProposal) -> str:
    return f"{proposal.proposed_by_agency}/{proposal.proposed_by}"


def _officer(arguments: argparse.Namespace) -> str:
    return arguments.officer or account()


def _save(text: pb.PolicyText, folder: Path) -> None:
    """Write the files of a proposal into a folder that is not there yet, for lint and diff."""
    if folder.exists():
        raise ConfigurationError(str(folder), "-", "is there already: name a new folder")
    for each in text.files:
        target = folder / each.name
        if not target.resolve().is_relative_to(folder.resolve()):
            raise ConfigurationError(each.name, "-", "lies outside the folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(each.content)


def _sent(arguments: argparse.Namespace, rpc: str, request: Message, answer: type[Any]) -> Any:  # noqa: ANN401 - of that type
    """Return the answer; None when it was refused, which is said."""
    with connect(arguments, client_file(arguments).operations, PATIENCE_SECONDS) as client:
        try:
            return client.admin(rpc, request, answer)
        except GatewayError as error:
            said = f"{error.code.name} {error.reason}: {error.message}"
            print("\n".join([f"jsg policy: {said}", *refusal_lines(error)]), file=sys.stderr)
            return None


def _print(arguments: argparse.Namespace, message: Message, lines: Iterable[str]) -> int:
    plain = json_format.MessageToDict(message, preserving_proto_field_name=True)
    print(json.dumps(plain, ensure_ascii=False, indent=2) if arguments.json else "\n".join(lines).lstrip("\n"))
    return OK
