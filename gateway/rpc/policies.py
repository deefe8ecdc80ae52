"""``AdminService``'s policies on the wire: proposed by one person, approved by another. It translates."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

from jointsanctions.v1 import policy_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.errors import EnterpriseNotFoundError
from gateway.domain.policy_versions import PolicyProposalState
from gateway.rpc import fields
from gateway.rpc.admin import word_of
from gateway.rpc.answers import wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.policy_requests import read_text
from gateway.services.change_policy import WantedPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.policy_text import PolicyText
    from gateway.domain.policy_versions import PolicyProposal, PolicyVersion
    from gateway.rpc.method import Call
    from gateway.services.change_policy import ChangePolicy

LISTED: Final = 100


class PoliciesServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, policies: ChangePolicy) -> None:
        self._policies = policies
        self._one = asyncio.Semaphore(1)
        """Policies are read one after another: that computes, and calls are answered beside it."""

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        operators = frozenset({Role.OPERATOR})
        lookers = operators | {Role.AUDITOR}
        propose, approve = pb.ProposePolicyRequest, pb.ApprovePolicyRequest
        return [
            Method("AdminService/ProposePolicy", propose, operators, run=self.propose, recorded=self._recorded),
            Method("AdminService/ApprovePolicy", approve, operators, run=self.approve, recorded=self._recorded),
            Method("AdminService/ListPolicies", pb.ListPoliciesRequest, lookers, run=self.list_policies),
        ]

    async def propose(self, request: pb.ProposePolicyRequest, call: Call) -> Reply:
        """See policy.proto."""
        word = word_of(request, call)
        wanted = WantedPolicy(
            text=read_text(request.policy, "policy"),
            holds_on=fields.civil_day(request.holds_on, "holds_on"),
            reason=fields.required(request.reason, "reason", 500),
            document_number=fields.required(request.document_number, "document_number", 128),
        )
        call.told["document"] = wanted.document_number
        async with self._one:
            revision, proposal = await self._policies.propose(word, wanted)
        call.told.update(_told(proposal), proposal=proposal.proposal_id, revisions=[revision, revision])
        return Reply(pb.ProposePolicyResponse(proposal=proposal_pb(proposal, PolicyProposalState.WAITING)))

    async def approve(self, request: pb.ApprovePolicyRequest, call: Call) -> Reply:
        """See policy.proto."""
        word = word_of(request, call)
        proposal_id = fields.required(request.proposal, "proposal", 64)
        call.told["proposal"] = proposal_id
        async with self._one:
            version = await self._policies.approve(word, proposal_id)
        call.told.update(_told(version.proposal), revisions=[version.revision, version.revision])
        call.told["policy_number"] = version.number
        return Reply(pb.ApprovePolicyResponse(policy=version_pb(version), data_revision=version.revision))

    async def list_policies(self, request: pb.ListPoliciesRequest, call: Call) -> Reply:
        """See policy.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        wanted = fields.text(request.proposal, "proposal", 64)
        found = await self._policies.standing(call.now)
        approved = {version.proposal.proposal_id for version in found.versions}
        shown = pb.ListPoliciesResponse(
            number=found.number,
            policies=[version_pb(each) for each in reversed(found.versions[-LISTED:])],
            proposals=[proposal_pb(each, state) for each, state in found.proposals if each.proposal_id not in approved][
                :LISTED
            ],
        )
        if found.ends_at is not None:
            shown.ends_at.FromDatetime(found.ends_at)
        if wanted:
            call.told["proposal"] = wanted
            text = next((each.text for each, _ in found.proposals if each.proposal_id == wanted), None)
            if text is None:
                raise EnterpriseNotFoundError("there is no such proposal", proposal=wanted)
            shown.policy.CopyFrom(text_pb(text))
        return Reply(shown)

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the write, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._policies.mark_recorded, str(told["request_id"]), through, number)


def text_pb(text: PolicyText) -> pb.PolicyText:
    """Return a policy as text."""
    files = [pb.PolicyFile(name=name, content=content) for name, content in sorted(text.files.items())]
    return pb.PolicyText(profile=text.profile, files=files)


def proposal_pb(proposal: PolicyProposal, state: PolicyProposalState) -> pb.PolicyProposal:
    """Return a proposal and how it stands."""
    shown = pb.PolicyProposal(
        proposal=proposal.proposal_id,
        profile=proposal.text.profile,
        version=proposal.version,
        digest=proposal.digest,
        holds_on=proposal.holds_on.isoformat(),
        replaces_number=proposal.replaces,
        proposed_by_agency=proposal.by.agency,
        proposed_by=proposal.by.holder,
        reason=proposal.reason,
        document_number=proposal.document_number,
        state=wire(state),
    )
    shown.proposed_at.FromDatetime(proposal.at)
    return shown


def version_pb(version: PolicyVersion) -> pb.PolicyVersion:
    """Return a policy that was approved."""
    shown = pb.PolicyVersion(
        number=version.number,
        proposal=proposal_pb(version.proposal, PolicyProposalState.APPROVED),
        data_revision=version.revision,
        approved_by_agency=version.approved_by.agency,
        approved_by=version.approved_by.holder,
    )
    shown.holds_from.FromDatetime(version.holds_from)
    shown.approved_at.FromDatetime(version.recorded_at)
    return shown


def _told(proposal: PolicyProposal) -> dict[str, object]:
    said = {"profile": proposal.text.profile, "digest": proposal.digest, "holds_on": proposal.holds_on.isoformat()}
    return {"proposed_policy": said}
