"""``AuditService`` on the wire: searches of the record, each recorded like any other call."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import audit_pb2 as pb

from formats.civil import format_instant
from formats.identifiers import UsccError, plausible_uscc
from gateway.domain.agencies import Role
from gateway.domain.errors import FieldNotInMandateError, MalformedRequestError
from gateway.domain.officers import OfficerKnown
from gateway.domain.vocabulary import Area, Verdict
from gateway.rpc import fields
from gateway.rpc.answers import position_pb
from gateway.rpc.method import Method, Reply
from gateway.services.ports.audit import AccessFilter

if TYPE_CHECKING:
    from gateway.rpc.method import Call
    from gateway.services.ports.audit import AccessRow, AccessSearch

PAGE = 100
PAGE_LIMIT = 1_000
READERS = frozenset(Role) - {Role.OPERATOR, Role.SUBJECT, Role.PORTAL}
"""An agency sees its own calls, the auditor all of them."""


class AuditServicer:
    """Hands searches to the access index."""

    def __init__(self, search: AccessSearch) -> None:
        self._search = search

    def methods(self) -> list[Method]:
        """Return the service's methods, each with the roles that it is for."""
        return [Method("AuditService/SearchAccess", pb.SearchAccessRequest, READERS, run=self.search_access)]

    async def search_access(self, request: pb.SearchAccessRequest, call: Call) -> Reply:
        """See audit.proto."""
        officer = fields.required(request.searched_by, "searched_by", 64)
        call.told["officer"] = officer
        wanted = self._filter(request, call)
        size = request.page_size or PAGE
        if size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        call.told["search"] = _told(wanted)
        try:
            rows, token = await asyncio.to_thread(self._search.search, wanted, size, request.page_token)
        except ValueError as error:
            raise MalformedRequestError("page_token", "is no token of this search") from error
        entries = [_entry(row) for row in rows]
        return Reply(pb.SearchAccessResponse(entries=entries, next_page_token=token))

    @staticmethod
    def _filter(request: pb.SearchAccessRequest, call: Call) -> AccessFilter:
        agency = fields.text(request.agency, "agency", 64)
        if call.agency.role is not Role.AUDITOR:
            if agency and agency != call.agency.agency_id:
                raise FieldNotInMandateError("agency", "an agency sees its own calls only")
            agency = call.agency.agency_id
        uscc = ""
        if request.uscc:
            try:
                uscc = plausible_uscc(request.uscc)
            except UsccError as error:
                raise MalformedRequestError("uscc", str(error)) from error
        return AccessFilter(
            uscc=uscc,
            agency=agency,
            officer=fields.text(request.officer, "officer", 64),
            case_ref=fields.text(request.case_ref, "case_ref", 128),
            area=int(fields.word(Area, request.area, "area")) if request.area else 0,
            verdict=int(fields.word(Verdict, request.verdict, "verdict")) if request.verdict else 0,
            since=fields.instant(getattr(request, "from"), "from") if request.HasField("from") else None,
            until=fields.instant(request.until, "until") if request.HasField("until") else None,
            outcome=fields.text(request.outcome, "outcome", 64),
        )


def _told(wanted: AccessFilter) -> dict[str, object]:
    """Return what was searched for, as it is recorded: every filter that was set."""
    told = {
        "uscc": wanted.uscc,
        "agency": wanted.agency,
        "officer": wanted.officer,
        "case": wanted.case_ref,
        "area": wanted.area,
        "verdict": wanted.verdict,
        "since": wanted.since and format_instant(wanted.since),
        "until": wanted.until and format_instant(wanted.until),
        "outcome": wanted.outcome,
    }
    return {key: value for key, value in told.items() if value}


def _entry(row: AccessRow) -> pb.AccessEntry:
    """Show one row: who, when, where, which enterprise and verdict; no measures, grade or persons (R-03)."""
    body, line = row.content, row.line or {}
    caller = body.get("caller")
    seen = caller if isinstance(caller, dict) else {}
    said = body.get("assertion")
    assertion = said if isinstance(said, dict) else {}
    usccs = line.get("enterprises") or body.get("enterprises") or ()
    entry = pb.AccessEntry(
        position=position_pb(row.entry.writer, row.entry.number, row.entry.leaf, row.entry.time),
        agency=str(seen.get("agency", "")),
        role=str(seen.get("role", "")),
        officer=str(body.get("officer", "")),
        method=str(body.get("method", "")),
        outcome=str(body.get("outcome", "")),
        area=_number(body.get("area")),
        decision_point=_number(body.get("point")),
        case_ref=str(body.get("case", "")),
        usccs=[str(uscc) for uscc in usccs] if isinstance(usccs, (list, tuple)) else [],
        verdict=_number(line.get("verdict") or body.get("verdict")),
        field=str(body.get("field", "")),
        officer_known=_known(body.get("officer_by")),
        officer_key=str(assertion.get("kid", "")),
        officer_nonce=str(assertion.get("nonce", "")),
        assertion_fault=str(assertion.get("why", "")),
    )
    if row.item is not None:
        entry.item = row.item
    return entry


def _known(value: object) -> Any:  # noqa: ANN401 - likewise
    name = str(value).upper()
    return int(OfficerKnown.named(name)) if name in OfficerKnown.__members__ else 0


def _number(value: object) -> Any:  # noqa: ANN401 - an enum's number, as the body holds it
    return value if isinstance(value, int) else 0
