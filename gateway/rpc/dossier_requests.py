"""Dossiers from the wire: signatures, keys, uploads and sendings in their form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from formats.dossier import ID_FORM, ID_RULE
from gateway.domain.errors import MalformedRequestError
from gateway.domain.referral_parts import SentPart, WrappedKey
from gateway.domain.referral_payments import Payment
from gateway.domain.referral_words import ReferralActKind as Kind
from gateway.domain.referrals import Copies
from gateway.rpc import fields
from gateway.rpc.referral_requests import HASH, NUMBER, agency_id, referral_id, step
from gateway.services.dossiers import SendingRequest, SharingRequest
from gateway.services.ports.dossiers import SignedKey
from gateway.services.ports.evidence import SealedFile

if TYPE_CHECKING:
    from collections.abc import Collection

    from jointsanctions.v1 import referral_pb2 as pb

    from gateway.rpc.method import Call
    from gateway.rpc.record_fields import People

SIGNATURE_BYTES, CHAIN_BYTES, WRAPPED_BYTES, STATEMENT_BYTES = 1 << 10, 64 << 10, 2 << 10, 4 << 10
MANIFEST_BYTES: Final = 512 << 10
SEALED_LIMIT: Final = (4 << 30) + (16 << 12)
"""Bytes of the longest ciphertext: 4 GiB of content, with a tag for each chunk of 1 MiB."""
KEYS_SENT, KEYS_SHARED = 4_000, 2_000
PAID: Final = 10**13
_KID: Final = re.compile("[0-9a-f]{16}")


def item_id(value: str, field: str) -> str:
    """Return the id of a file."""
    if not ID_FORM.fullmatch(value):
        raise MalformedRequestError(field, ID_RULE)
    return value


def sealed_file(case: str, sha256: str, size: int) -> SealedFile:
    """Return what a sender declares of a file of a case, whose id has the form of one."""
    if not HASH.fullmatch(sha256):
        raise MalformedRequestError("sealed_sha256", "must be a SHA-256 in lower hexadecimal")
    if not 0 < size <= SEALED_LIMIT:
        raise MalformedRequestError("sealed_bytes", f"must be 1 to {SEALED_LIMIT}")
    return SealedFile(case, sha256, size)


def published_key(request: pb.PublishDossierKeyRequest) -> SignedKey:
    """Return a key as it is sent; whose it is and which id it has, its statement says."""
    if not 0 < len(request.statement) <= STATEMENT_BYTES:
        raise MalformedRequestError("statement", f"must be 1 to {STATEMENT_BYTES} bytes")
    value, chain = _signature(request.HasField("signature"), request.signature, "signature")
    return SignedKey("", "", request.statement, value, chain)


def send_referral(people: People, request: pb.SendReferralRequest, call: Call) -> SendingRequest:
    """Return a sending, with its copies, or a supplement, without."""
    act = step(request.step, "step", {Kind.SENDING, Kind.SUPPLEMENT}, call)
    copies = None
    if act.kind is Kind.SENDING:
        court = agency_id(request.court, "court") if request.court else ""
        copies = Copies(agency_id(request.procuratorate, "procuratorate"), court)
    elif request.procuratorate or request.court:
        raise MalformedRequestError("procuratorate" if request.procuratorate else "court", "is not for SUPPLEMENT")
    if not 0 < len(request.part.manifest) <= MANIFEST_BYTES:
        raise MalformedRequestError("part.manifest", f"must be 1 to {MANIFEST_BYTES} bytes")
    value, chain = _signature(request.part.HasField("signature"), request.part.signature, "part.signature")
    return SendingRequest(
        request_id=fields.required(request.request_id, "request_id", 64),
        digest=people.digest(request.SerializeToString(deterministic=True)),
        referral_id=referral_id(request.referral_id),
        act=act,
        part=SentPart(request.part.manifest, value, chain, _keys(request.part.keys, "part.keys", KEYS_SENT)),
        copies=copies,
    )


def share_dossier(people: People, request: pb.ShareDossierRequest) -> SharingRequest:
    """Return keys for further recipients."""
    return SharingRequest(
        request_id=fields.required(request.request_id, "request_id", 64),
        digest=people.digest(request.SerializeToString(deterministic=True)),
        referral_id=referral_id(request.referral_id),
        keys=_keys(request.keys, "keys", KEYS_SHARED),
    )


def payment(request: pb.RecordPaymentRequest) -> Payment:
    """Return what was paid."""
    sent = request.payment
    if not 0 < sent.paid_fen <= PAID:
        raise MalformedRequestError("payment.paid_fen", f"must be 1 to {PAID}")
    if not HASH.fullmatch(sent.document_sha256):
        raise MalformedRequestError("payment.document_sha256", "must be a SHA-256 in lower hexadecimal")
    return Payment(
        paid_on=fields.civil_day(sent.paid_on, "payment.paid_on"),
        paid_fen=sent.paid_fen,
        paid_in_full=sent.paid_in_full,
        compensation_paid=sent.compensation_paid,
        document_number=fields.required(sent.document_number, "payment.document_number", NUMBER),
        document_sha256=sent.document_sha256,
    )


def _signature(there: bool, sent: pb.DossierSignature, field: str) -> tuple[bytes, bytes]:  # noqa: FBT001 - two callers
    if not there or not 0 < len(sent.value) <= SIGNATURE_BYTES:
        raise MalformedRequestError(f"{field}.value", f"must be 1 to {SIGNATURE_BYTES} bytes")
    if not 0 < len(sent.chain) <= CHAIN_BYTES or not sent.chain.isascii():
        raise MalformedRequestError(f"{field}.chain", f"must be PEM of 1 to {CHAIN_BYTES} bytes")
    return sent.value, sent.chain


def _keys(sent: Collection[pb.WrappedKey], field: str, limit: int) -> tuple[WrappedKey, ...]:
    if not 1 <= len(sent) <= limit:
        raise MalformedRequestError(field, f"must be 1 to {limit}")
    return tuple(_key(each, f"{field}[{place}]") for place, each in enumerate(sent))


def _key(sent: pb.WrappedKey, field: str) -> WrappedKey:
    if not _KID.fullmatch(sent.kid):
        raise MalformedRequestError(f"{field}.kid", "must be 16 hexadecimal digits")
    if not 0 < len(sent.wrapped) <= WRAPPED_BYTES:
        raise MalformedRequestError(f"{field}.wrapped", f"must be 1 to {WRAPPED_BYTES} bytes")
    recipient = agency_id(sent.recipient, f"{field}.recipient")
    return WrappedKey(item_id(sent.item_id, f"{field}.item_id"), recipient, sent.kid, sent.wrapped)
