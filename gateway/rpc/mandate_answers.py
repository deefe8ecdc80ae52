"""Mandates, proposals and callers for the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import admin_pb2 as pb
from jointsanctions.v1 import common_pb2

from gateway.domain.agencies import ALWAYS, NEVER, Agency
from gateway.domain.mandates import ProposalState
from gateway.rpc.answers import instant_pb

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.imports import Person
    from gateway.domain.mandates import MandateVersion, Proposal
    from gateway.services.change_mandates import Standing


def mandate_pb(mandate: Agency) -> pb.Mandate:
    """Return a mandate; of its quota only what is its own, and no instant where it has no bound."""
    sent = pb.Mandate(
        agency=mandate.agency_id,
        role=mandate.role.value,
        name=common_pb2.LocalizedText(zh=mandate.name_zh, en=mandate.name_en),
        territory=mandate.territory,
        areas=[area.value for area in sorted(mandate.areas)],  # type: ignore[misc]  # the same numbers
        decision_points=[point.value for point in sorted(mandate.points)],  # type: ignore[misc]  # likewise
        feeds=sorted(mandate.feeds),
        fields=sorted(mandate.fields),
        authorities=sorted(mandate.authorities),
        forwards=sorted(mandate.forwards),
        purposes=sorted(mandate.purposes),
        legal_basis=mandate.legal_basis,
        bound_to_territory=mandate.bound_to_territory,
    )
    if mandate.own_quota:
        sent.quota.CopyFrom(pb.MandateQuota(**{name: getattr(mandate.quota, name) for name in mandate.own_quota}))
    if mandate.valid_from != ALWAYS:
        sent.valid_from.CopyFrom(instant_pb(mandate.valid_from))
    if mandate.valid_until != NEVER:
        sent.valid_until.CopyFrom(instant_pb(mandate.valid_until))
    return sent


def proposal_pb(proposal: Proposal, state: ProposalState) -> pb.MandateProposal:
    """Return a proposal as it stands."""
    sent = pb.MandateProposal(
        proposal=proposal.proposal_id,
        replaces_version=proposal.replaces,
        proposed_by_agency=proposal.by.agency,
        proposed_by=proposal.by.holder,
        proposed_at=instant_pb(proposal.at),
        reason=proposal.reason,
        document_number=proposal.document_number,
        state=state.value,  # type: ignore[arg-type]  # the same numbers
    )
    if isinstance(proposal.wanted, Agency):
        sent.mandate.CopyFrom(mandate_pb(proposal.wanted))
    else:
        sent.ending.agency, sent.ending.role = proposal.caller
        if proposal.wanted.ends_at is not None:
            sent.ending.ends_at.CopyFrom(instant_pb(proposal.wanted.ends_at))
    return sent


def caller_pb(version: MandateVersion, now: datetime) -> pb.Caller:
    """Return a caller with its mandate."""
    return pb.Caller(
        mandate=mandate_pb(version.mandate),
        version=version.mandate.version,
        data_revision=version.revision,
        recorded_at=instant_pb(version.recorded_at),
        in_force=version.mandate.in_force(now),
        proposed_by=_named(version.proposed_by),
        approved_by=_named(version.approved_by),
    )


def standing_pb(standing: Standing, now: datetime) -> pb.Caller:
    """Return a caller with its mandate, if it has one, and what waits for it."""
    sent = pb.Caller() if standing.version is None else caller_pb(standing.version, now)
    if standing.waiting is not None:
        sent.waiting.CopyFrom(proposal_pb(standing.waiting, ProposalState.WAITING))
    return sent


def _named(person: Person | None) -> str:
    return "" if person is None else f"{person.agency}/{person.holder}"
