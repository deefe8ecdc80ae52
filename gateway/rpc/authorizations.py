"""An authorisation from the wire: that there is one, then its form, then that it holds (I-60, R-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.authorizations import Authorization
from gateway.domain.errors import AuthorizationMissingError
from gateway.rpc import fields

if TYPE_CHECKING:
    from datetime import date

    from jointsanctions.v1 import common_pb2


def require_sent(sent: common_pb2.Authorization, field: str, why: str) -> None:
    """Raise ``AuthorizationMissingError`` with *why* unless a document is named; call it before any format is checked.

    A message that is there and names none is none: its other fields are about nothing.
    """
    if not sent.document_number.strip():
        raise AuthorizationMissingError(field, why)


def read_authorization(
    sent: common_pb2.Authorization, today: date, field: str, *, with_expiry: bool = False
) -> Authorization:
    """Return the document that was named, in force on *today*.

    Args:
        sent: The message; that it names a document has been required (``require_sent``).
        today: The civil day of the call, UTC+8.
        field: Its path on the wire.
        with_expiry: It must name its last day.

    Raises:
        MalformedRequestError: A field is missing or malformed.
        AuthorizationMissingError: It is not signed yet, has expired, or names no last day where it must.
    """
    read = Authorization(
        document_number=sent.document_number,
        signed_on=fields.civil_day(sent.signed_on, f"{field}.signed_on"),
        purpose=sent.purpose,
        expires_on=fields.optional_day(sent.expires_on, f"{field}.expires_on"),
    )
    read.require_form(field)
    read.require_in_force(today, field, with_expiry=with_expiry)
    return read
