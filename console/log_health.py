"""How the log is, from what it lets everybody prove: how new its checkpoint is, who cosigned it, that it only grew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import grpc
from jointsanctions.v1 import common_pb2, log_pb2

from adapters.errors import GatewayError
from console.log_proof import Proof, checkpoint_of, follows, proof_of

if TYPE_CHECKING:
    from adapters.client import GatewayClient
    from formats.checkpoint import Checkpoint

WAITS: Final = timedelta(minutes=1)
"""How long an entry may wait for its checkpoint before something is wrong: one comes within a second."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the log, for the next one to be compared with.

    Attributes:
        checkpoint: What it showed.
        own: Where the look itself was recorded.
    """

    checkpoint: Checkpoint
    own: common_pb2.AuditPosition

    @property
    def at(self) -> datetime:
        """When it was, UTC, by the gateway's clock."""
        return self.own.recorded_at.ToDatetime(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Health:
    """What one look showed.

    Attributes:
        look: The look.
        newest: The proof of the newest entry under the checkpoint.
        witnessed: The proof of the opening, which is shown under the largest checkpoint that a witness has cosigned.
        age: From the newest entry under the checkpoint until the look; None where there is none but the opening.
        growth: ``""`` without an earlier look; otherwise as ``growth`` returns it.
        recorded: Of the earlier look: ``""`` without one, ``"covered"``, ``"waits"`` (it is younger than a minute) or
            ``"missing"``.
    """

    look: Look
    newest: Proof
    witnessed: Proof
    age: timedelta | None
    growth: str
    recorded: str

    @property
    def fresh(self) -> bool:
        """Whether what was recorded last stood under a checkpoint within a minute."""
        return self.age is not None and self.age <= WAITS


def look_at(client: GatewayClient, officer: str, before: Look | None) -> Health:
    """Look at the newest checkpoint, and at what became of an earlier look.

    Raises:
        NoteError: What the gateway showed cannot be read.
        GatewayError: A call got no answer.
    """
    look = _looked(client, officer)
    origin, size = look.checkpoint.origin, look.checkpoint.size
    newest = _proven(client, log_pb2.GetInclusionProofRequest(origin=origin, index=size - 1, officer=officer))
    witnessed = _proven(client, log_pb2.GetInclusionProofRequest(origin=origin, index=0, officer=officer))
    sealed = newest.sealed
    age = None if sealed is None else max(look.at - sealed[2], timedelta(0))
    grown = growth(client, officer, before.checkpoint) if before is not None else ""
    return Health(look, newest, witnessed, age, grown, _recorded(client, officer, before, look.at) if before else "")


def growth(client: GatewayClient, officer: str, kept: Checkpoint) -> str:
    """Tell what became of the log of a checkpoint that was kept.

    Returns:
        ``"grew"``: it only adds to it, or is the same. ``"shorter"``: it has fewer entries now. ``"rewritten"``: what
        stood under it stands there no more as it did. ``"renewed"``: it only adds to it, and another log goes on since.

    Raises:
        NoteError: What the gateway showed cannot be read.
        GatewayError: A call got no answer, or there is no such log.
    """
    request = log_pb2.GetCheckpointRequest(origin=kept.origin, officer=officer)
    if checkpoint_of(client.audit("GetCheckpoint", request, log_pb2.GetCheckpointResponse).checkpoint).size < kept.size:
        return "shorter"
    asked = log_pb2.GetConsistencyProofRequest(origin=kept.origin, old_size=kept.size, officer=officer)
    if not follows(kept, client.audit("GetConsistencyProof", asked, log_pb2.GetConsistencyProofResponse)):
        return "rewritten"
    return "grew" if _looked(client, officer).checkpoint.origin == kept.origin else "renewed"


def _looked(client: GatewayClient, officer: str) -> Look:
    answer = client.audit("GetCheckpoint", log_pb2.GetCheckpointRequest(officer=officer), log_pb2.GetCheckpointResponse)
    return Look(checkpoint_of(answer.checkpoint), answer.audit_position)


def _proven(client: GatewayClient, request: log_pb2.GetInclusionProofRequest) -> Proof:
    return proof_of(client.audit("GetInclusionProof", request, log_pb2.GetInclusionProofResponse))


def _recorded(client: GatewayClient, officer: str, before: Look, now: datetime) -> str:
    own = before.own
    request = log_pb2.GetInclusionProofRequest(writer=own.writer, number=own.number, officer=officer)
    try:
        proof = _proven(client, request)
    except GatewayError as error:
        if error.code != grpc.StatusCode.NOT_FOUND:
            raise
        return "waits" if now - before.at <= WAITS else "missing"
    return "covered" if proof.holds and proof.leaf == own.leaf_hash else "missing"
