"""``CreditService.ListCases`` on the wire: an agency's own cases, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import case_pb2 as pb

from gateway.domain.agencies import ASKING_ROLES
from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb
from gateway.rpc.case_answers import case_pb
from gateway.rpc.method import Method, Reply
from gateway.rpc.page_token import read_token, write_token
from gateway.rpc.points import read_area, tell_who_asks
from gateway.services.ports.cases import WantedCases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.rpc.method import Call
    from gateway.services.list_cases import ListCases, ListedCase

PAGE: Final = 50
PAGE_LIMIT: Final = 100


class CaseListsServicer:
    """Hands the call to its use case."""

    def __init__(self, cases: ListCases) -> None:
        self._cases = cases

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for."""
        return [Method("CreditService/ListCases", pb.ListCasesRequest, ASKING_ROLES, run=self.list_cases)]

    async def list_cases(self, request: pb.ListCasesRequest, call: Call) -> Reply:
        """See case.proto. Each party of which it is told that something weighs is a line of the entry."""
        tell_who_asks(request, call)
        areas = frozenset({read_area(request, call)}) if request.area else call.agency.areas
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        if request.page_size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        wanted = WantedCases(call.agency.agency_id, areas, request.closed_too, _before(request))
        page = await self._cases(wanted, request.page_size or PAGE)
        response = pb.ListCasesResponse(
            cases=[_listed(each) for each in page.listed],
            next_page_token=write_token(request, [str(page.before)]) if page.before else "",
        )
        return Reply(response, list(_lines(page.listed)))


def _before(request: pb.ListCasesRequest) -> int:
    (text,) = read_token(request, 1) or ("0",)
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise MalformedRequestError("page_token", "is no token of this request")
    return int(text)


def _lines(listed: Iterable[ListedCase]) -> Iterable[dict[str, object]]:
    """Yield whom the page tells of. The case is the agency's own, in its register and not here."""
    parties = (uscc for each in listed for uscc, _ in each.weighing)
    for place, uscc in enumerate(dict.fromkeys(parties)):
        yield {"item": place, "id": uscc, "enterprises": [uscc], "relations": ["SELF"]}


def _listed(listed: ListedCase) -> pb.ListedCase:
    shown = pb.ListedCase(
        case=case_pb(listed.case),
        weighing=[pb.WeighedParty(uscc=uscc, sequences=sequences) for uscc, sequences in listed.weighing],
        unacknowledged=listed.unacknowledged,
        overdue=listed.overdue,
    )
    if listed.first is not None and listed.last is not None:
        shown.first_sequence, shown.last_sequence = listed.first.sequence, listed.last.sequence
        shown.last_seen_at.CopyFrom(instant_pb(listed.last.seen_at))
    if listed.due is not None:
        shown.acknowledge_by, shown.provisional = listed.due.due.isoformat(), listed.due.provisional
    return shown
