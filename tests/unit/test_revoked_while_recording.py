"""A caller whose certificate is revoked while its answer waits for the disk is told nothing."""

from __future__ import annotations

import asyncio

import pytest
from contract.test_every_method_is_guarded import AbortedError, Context, Door
from jointsanctions.v1 import credit_pb2

from gateway.domain.agencies import Role
from gateway.domain.audit import Position
from gateway.domain.errors import CertificateRejectedError
from gateway.rpc import endpoint
from gateway.rpc.method import Method, Reply


class SlowDoor(Door):
    """Its disk is slow; ``revoked_meanwhile`` says whether its caller is revoked in that time."""

    def __init__(self, *, revoked_meanwhile):
        super().__init__(Role.BANK)
        self.revoked_meanwhile = revoked_meanwhile

    def see(self, auth, peer, now):
        if self.bodies and self.revoked_meanwhile:
            raise CertificateRejectedError("revoked")
        return super().see(auth, peer, now)

    def record(self, draft):
        super().record(draft)
        durable = asyncio.get_running_loop().create_future()
        durable.set_result(Position("w", 0, bytes(32), self.now()))
        return durable


def served(door):
    async def answer(_request, _call):
        return Reply(credit_pb2.CheckEligibilityResponse())

    method = Method("X/Y", credit_pb2.CheckEligibilityRequest, frozenset({Role.BANK}), run=answer)
    return asyncio.run(endpoint.Endpoint(door, door, door, str).unary(method, b"", Context()))


def test_it_is_refused_and_both_are_on_record(monkeypatch):
    monkeypatch.setattr(endpoint, "ADMIT_SECONDS", 0)
    door = SlowDoor(revoked_meanwhile=True)

    with pytest.raises(AbortedError, match="UNAUTHENTICATED"):
        served(door)
    assert [body["outcome"] for body in door.bodies] == ["OK", "CERTIFICATE_REJECTED"]


def test_whoever_still_may_call_is_answered(monkeypatch):
    monkeypatch.setattr(endpoint, "ADMIT_SECONDS", 0)
    door = SlowDoor(revoked_meanwhile=False)

    assert served(door)
    assert [body["outcome"] for body in door.bodies] == ["OK"]
