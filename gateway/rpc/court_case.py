"""A court's case and document, without which it is told nothing of the record of calls (I-60)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.rpc import authorizations, fields

if TYPE_CHECKING:
    from jointsanctions.v1 import day_index_pb2, opened_entry_pb2

    from gateway.rpc.method import Call

AUTHORIZATION: Final = "authorization_ref"


def require_court_case(
    request: day_index_pb2.GetDayProofRequest | opened_entry_pb2.OpenEntryRequest, call: Call
) -> None:
    """Require that a court names its case and a document that holds today, and tell the record both.

    Raises:
        AuthorizationMissingError: One is missing, or the document does not hold; before any format is looked at.
        MalformedRequestError: One is malformed.
    """
    if fields.recordable(request.officer, 64):
        call.told["officer"] = request.officer
    authorizations.require_sent(request.authorization_ref, AUTHORIZATION, "a court asks under a document")
    call.told["case"] = fields.case_reference(request.case_ref, "case_ref")
    read = authorizations.read_authorization(request.authorization_ref, civil_date(call.now), AUTHORIZATION)
    call.told.update(authorization=read.document_number, authorization_terms=read.terms())
