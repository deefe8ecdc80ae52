"""Which recorded calls a search or an export is for: its filter, read from the request, and as it is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formats.civil import format_instant
from formats.identifiers import UsccError, plausible_uscc
from gateway.domain.agencies import Role
from gateway.domain.errors import FieldNotInMandateError, MalformedRequestError
from gateway.domain.vocabulary import Area, Verdict
from gateway.rpc import fields
from gateway.services.ports.audit import AccessFilter

if TYPE_CHECKING:
    from jointsanctions.v1 import audit_pb2, export_pb2

    from gateway.rpc.method import Call

    Looking = audit_pb2.SearchAccessRequest | export_pb2.ExportAccessRequest

READERS = frozenset(Role) - {Role.OPERATOR, Role.SUBJECT, Role.PORTAL}
"""An agency sees its own calls, the auditor all of them."""


def read_filter(request: Looking, call: Call) -> AccessFilter:
    """Return what is looked for, of a caller other than the auditor among its own calls.

    Raises:
        FieldNotInMandateError: Another agency's calls are looked for.
        MalformedRequestError: A field is malformed.
    """
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


def told_of(wanted: AccessFilter, *, without_outcome: bool) -> dict[str, object]:
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
        "without_outcome": without_outcome,
    }
    return {key: value for key, value in told.items() if value}
