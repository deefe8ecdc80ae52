"""The cases of deciding systems on the wire. It translates; what may follow what is decided elsewhere."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from jointsanctions.v1 import case_pb2, credit_pb2

from gateway.domain.agencies import ASKING_ROLES
from gateway.rpc.case_answers import case_pb
from gateway.rpc.case_requests import read_amendment, read_closing, read_opening
from gateway.rpc.method import Method, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jointsanctions.v1 import case_pb2 as pb

    from gateway.domain.policy import Policy
    from gateway.rpc.method import Call
    from gateway.services.cases import CaseRequest, Cases


class CasesServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, cases: Cases, policy: Policy) -> None:
        self._cases = cases
        self._policy = policy

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        opening, amending, closing = (
            credit_pb2.OpenCaseRequest,
            credit_pb2.AmendCaseRequest,
            case_pb2.CloseCaseRequest,
        )
        recorded = self._recorded
        return [
            Method("CreditService/OpenCase", opening, ASKING_ROLES, run=self.open_case, recorded=recorded),
            Method("CreditService/AmendCase", amending, ASKING_ROLES, run=self.amend_case, recorded=recorded),
            Method("CreditService/CloseCase", closing, ASKING_ROLES, run=self.close_case, recorded=recorded),
        ]

    async def open_case(self, request: credit_pb2.OpenCaseRequest, call: Call) -> Reply:
        """See credit.proto."""
        case = await self._write(read_opening(request, call, self._policy), call)
        return Reply(credit_pb2.OpenCaseResponse(case=case))

    async def amend_case(self, request: credit_pb2.AmendCaseRequest, call: Call) -> Reply:
        """See credit.proto."""
        case = await self._write(read_amendment(request, call, self._policy), call)
        return Reply(credit_pb2.AmendCaseResponse(case=case))

    async def close_case(self, request: case_pb2.CloseCaseRequest, call: Call) -> Reply:
        """See case.proto."""
        case = await self._write(read_closing(request, call), call)
        return Reply(case_pb2.CloseCaseResponse(case=case))

    async def _write(self, request: CaseRequest, call: Call) -> pb.RegisteredCase:
        revision, case = await self._cases.write(request)
        call.told["revisions"] = [revision, revision]
        call.told["registered"] = {"id": case.key.case_id, "version": case.version}
        return case_pb(case)

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the act, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._cases.mark_recorded, str(told["request_id"]), through, number)
