"""Questions about natural persons from the wire: grant and consent first, then form; no fault shows the document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date, format_instant
from formats.resident_ids import ResidentIdError, parse_resident_id
from gateway.domain.agencies import Role
from gateway.domain.confirmations import Confirmation
from gateway.domain.errors import AuthorizationMissingError, MalformedRequestError
from gateway.domain.kinds.fact import DOCUMENT_TYPES
from gateway.rpc import fields
from gateway.rpc.authorizations import read_authorization, require_sent

if TYPE_CHECKING:
    from jointsanctions.v1 import credit_pb2 as pb
    from jointsanctions.v1 import listing_pb2

    from gateway.rpc.method import Call

PERSONS: Final = "persons"
"""The grant without which nobody asks about a person."""
CHECKED: Final = "RESIDENT_ID"
"""The one kind of document whose number has a check character (I-20, I-21)."""
LARGEST_NUMBER: Final = 2**63 - 1
LEAF_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document as the caller named it: it lives no longer than the call, and shows itself nowhere."""

    kind: str
    number: str
    name: str

    def __repr__(self) -> str:
        return f"NamedDocument(kind={self.kind!r})"


def require_mandate(request: pb.CheckPersonRequest, call: Call) -> None:
    """Refuse whoever may not ask about persons, and a bank without the person's consent; before any form is looked at.

    Raises:
        FieldNotInMandateError: The mandate does not cover persons.
        AuthorizationMissingError: A bank names no consent (R-04).
    """
    call.agency.require_field(PERSONS, "person")
    if call.agency.role is Role.BANK:
        require_sent(
            request.authorization_ref, "authorization_ref", "a bank needs the person's written consent (R-04, I-61)"
        )


def require_nothing_else(question: pb.Question) -> None:
    """Raise ``MalformedRequestError`` for what a question about an enterprise may ask, and one about a person not."""
    if question.authorization_ref:
        raise MalformedRequestError("question.authorization_ref", "must be empty here: authorization_ref says it")
    if question.explain:
        # The rules that did not fire would tell of which records there are.
        raise MalformedRequestError("question.explain", "is not answered about a person")


def tell_authorization(request: pb.CheckPersonRequest, call: Call) -> None:
    """Judge the consent where one is named, and tell the record of it.

    Raises:
        MalformedRequestError: A field of it is malformed.
        AuthorizationMissingError: It does not hold today, or is for another purpose than the question (CRR art. 20).
    """
    if not request.HasField("authorization_ref"):
        return
    consent = read_authorization(request.authorization_ref, civil_date(call.now), "authorization_ref", with_expiry=True)
    call.told.update(authorization=consent.document_number, authorization_terms=consent.terms())
    if consent.purpose.strip() != request.question.purpose.strip():
        raise AuthorizationMissingError("authorization_ref.purpose", "is another purpose than the question's")


def read_document(ref: listing_pb2.PersonRef) -> NamedDocument:
    """Return who is asked about.

    Raises:
        MalformedRequestError: Type, number or name are missing or malformed; the error shows no part of the number.
    """
    kind = fields.required(ref.document_type, "person.document_type", 32)
    if kind not in DOCUMENT_TYPES:
        raise MalformedRequestError("person.document_type", "is none of the kinds of documents")
    number = fields.document_number(ref.document_number, "person.document_number", 32)
    if kind == CHECKED:
        try:
            parse_resident_id(number)
        except ResidentIdError as error:
            # One wrong character would find nobody, and be taken for a clear answer.
            raise MalformedRequestError("person.document_number", str(error)) from None
    name = fields.text(ref.name, "person.name", 120)
    if name.isspace() or (not name and kind != CHECKED):
        raise MalformedRequestError("person.name", "is required" if not name else "is blank")
    return NamedDocument(kind, number, name)


def read_confirmation(request: pb.CheckPersonRequest) -> Confirmation | None:
    """Return the officer's confirmation; None where there is none.

    Raises:
        MalformedRequestError: A field of it is missing or malformed, or the question is not about the present.
    """
    if not request.HasField("confirmation"):
        return None
    question, sent = request.question, request.confirmation
    if question.preview or question.HasField("as_of") or question.HasField("known_at"):
        raise MalformedRequestError("confirmation", "is only for a question about the present")
    officer = fields.required(sent.officer, "confirmation.officer", 64)
    if not sent.HasField("confirmed_at"):
        raise MalformedRequestError("confirmation.confirmed_at", "is required")
    confirmed_at = fields.instant(sent.confirmed_at, "confirmation.confirmed_at")
    position = sent.position
    writer = fields.required(position.writer, "confirmation.position.writer", 64)
    if position.number > LARGEST_NUMBER:
        raise MalformedRequestError("confirmation.position.number", "is no number of an entry")
    if len(position.leaf_hash) != LEAF_BYTES:
        raise MalformedRequestError("confirmation.position.leaf_hash", f"must have {LEAF_BYTES} bytes")
    return Confirmation(officer, confirmed_at, writer, position.number, position.leaf_hash)


def told_confirmation(confirmation: Confirmation) -> dict[str, object]:
    """Return what is recorded of a confirmation: all of it but the hash, which stands with the entry itself."""
    return {
        "officer": confirmation.officer,
        "at": format_instant(confirmation.confirmed_at),
        "writer": confirmation.writer,
        "number": confirmation.number,
    }
