"""Mandates, proposals and callers in words, Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.cli.pki_at_gateway import revoked_line
from gateway.cli.show import local
from gateway.domain.agencies import CLOSED_POINTS
from gateway.domain.vocabulary import Area, DecisionPoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jointsanctions.v1 import admin_pb2 as pb

    from adapters.errors import GatewayError

REFUSED: Final = {
    "NO_HOLDER": "证书未载明个人 the certificate names no person: use one issued as agency/role/holder",
    "SAME_PERSON": "提出人不得自行批准 whoever proposed cannot approve",
    "NOT_FROM_THIS_STATE": "该提案已不待批准 the proposal does not wait for an approval any more",
}


def caller_lines(caller: pb.Caller) -> Iterator[str]:
    """Yield the lines about one caller: its mandate, and what waits for an approval."""
    if caller.version:
        held = "有效 in force" if caller.in_force else "未生效或已失效 NOT in force"
        yield f"{caller.mandate.agency}/{caller.mandate.role}  {caller.mandate.name.zh}  {held}  v{caller.version}"
        yield from mandate_lines(caller.mandate)
        if caller.approved_by:
            yield f"  提出/批准 by      {caller.proposed_by} / {caller.approved_by}, {local(caller.recorded_at)}"
    for revoked in caller.revoked:
        yield f"  已吊销 revoked    {revoked_line(revoked)}"
    if caller.HasField("waiting"):
        yield from proposal_lines(caller.waiting)


def mandate_lines(mandate: pb.Mandate) -> Iterator[str]:
    """Yield what a mandate grants, one line a key; what it does not grant has none."""
    granted = (
        ("领域 areas", [Area(each).name for each in mandate.areas]),
        ("决定环节 points", _points(mandate)),
        ("数据来源 feeds", mandate.feeds),
        ("字段 fields", mandate.fields),
        ("认定机关 authority", mandate.authorities),
        ("转送 forwards", mandate.forwards),
        ("用途 purposes", mandate.purposes),
        ("限额 quota", [f"{field.name}={value}" for field, value in mandate.quota.ListFields()]),
        ("地域 territory", [f"{mandate.territory} only"] if mandate.bound_to_territory else []),
        ("依据 basis", [mandate.legal_basis] if mandate.legal_basis else []),
    )
    for name, values in granted:
        if values:
            yield f"  {name:16} {', '.join(values)}"
    begins = local(mandate.valid_from) if mandate.HasField("valid_from") else ""
    ends = local(mandate.valid_until) if mandate.HasField("valid_until") else ""
    if begins or ends:
        yield f"  {'期限 validity':16} [{begins or '…'}, {ends or '…'})"


def proposal_lines(proposal: pb.MandateProposal) -> Iterator[str]:
    """Yield the lines about a proposal."""
    named = proposal.mandate if proposal.HasField("mandate") else proposal.ending
    by = f"{proposal.proposed_by_agency}/{proposal.proposed_by}"
    yield f"  待批准 WAITING   {proposal.proposal}  {named.agency}/{named.role}  {by}, {local(proposal.proposed_at)}"
    yield f"  {'理由 reason':16} {proposal.reason} ({proposal.document_number})"
    if proposal.HasField("mandate"):
        yield from (f"  {line}" for line in mandate_lines(proposal.mandate))
    else:
        at = local(proposal.ending.ends_at) if proposal.ending.HasField("ends_at") else "批准时 when it is approved"
        yield f"    {'终止 ends':16} {at}"


def refusal_lines(error: GatewayError) -> Iterator[str]:
    """Yield why a proposal or an approval was refused, where there is more to say than the gateway said."""
    why = error.metadata.get("why", "")
    if why in REFUSED:
        yield f"  未办 refused     {REFUSED[why]}"


def _points(mandate: pb.Mandate) -> list[str]:
    """Return the points as ``agencies.toml`` would name them: all open ones of an area as one."""
    left, named = {DecisionPoint(each) for each in mandate.decision_points}, []
    for area in sorted(Area(each) for each in mandate.areas):
        open_points = {point for point in DecisionPoint if point.area is area} - CLOSED_POINTS
        if open_points and open_points <= left:
            left -= open_points
            named.append(f"{area.name}_*")
    return [*named, *(point.name for point in sorted(left))]
