"""``RegistryService/ListEarlyWarnings`` on the wire. It translates and decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import early_warning_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.prevention import EarlyWarningKind
from gateway.rpc import fields
from gateway.rpc.answers import text_pb, wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.page_token import read_token, write_token
from gateway.rpc.questions import read_code

if TYPE_CHECKING:
    from gateway.domain.prevention import EarlyWarning
    from gateway.rpc.method import Call
    from gateway.services.list_early_warnings import ListEarlyWarnings, Warned

PAGE = 50
PAGE_LIMIT = 200


class EarlyWarningsServicer:
    """Hands the call to its use case."""

    def __init__(self, warnings: ListEarlyWarnings) -> None:
        self._warnings = warnings

    def methods(self) -> list[Method]:
        """Return the method, with the role that it is for."""
        producers = frozenset({Role.PRODUCER})
        name = "RegistryService/ListEarlyWarnings"
        return [Method(name, pb.ListEarlyWarningsRequest, producers, run=self.list_early_warnings)]

    async def list_early_warnings(self, request: pb.ListEarlyWarningsRequest, call: Call) -> Reply:
        """See registry.proto."""
        self._warnings.require(call.agency)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        kinds = _kinds(request)
        if kinds:
            call.told["search"] = {"kinds": sorted(kind.name for kind in kinds)}
        size = request.page_size or PAGE
        if size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        after = read_token(request, 1) or ("",)
        if request.uscc:
            code, _ = read_code(request.uscc, "uscc")
            call.told["enterprises"] = [code]
            page = await self._warnings.about(code, kinds, call.now)
        else:
            page = await self._warnings(kinds, call.now, after[0], size)
        call.told["revision"] = page.revision
        return Reply(
            pb.ListEarlyWarningsResponse(
                warnings=[_warning(warned, warning) for warned in page.warned for warning in warned.warnings],
                next_page_token=write_token(request, [page.next_after]) if page.next_after else "",
                data_revision=page.revision,
            )
        )


def _kinds(request: pb.ListEarlyWarningsRequest) -> frozenset[EarlyWarningKind]:
    kinds = [fields.word(EarlyWarningKind, kind, f"kinds[{number}]") for number, kind in enumerate(request.kinds)]
    if len(set(kinds)) != len(kinds):
        raise MalformedRequestError("kinds", "names one twice")
    return frozenset(kinds)


def _warning(warned: Warned, warning: EarlyWarning) -> pb.EarlyWarning:
    return pb.EarlyWarning(
        kind=wire(warning.kind),
        rule_id=warning.rule_id,
        uscc=warned.uscc,
        name=warned.name,
        record_ids=warning.record_ids,
        on=warning.on.isoformat(),
        text=text_pb(warning.text),
        project=warning.project,
        unknown=warning.unknown,
    )
