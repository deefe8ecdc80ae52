"""Which certificate is to be revoked, and why, from the wire; each fault names its field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import MalformedRequestError
from gateway.domain.revoked_certificates import CertificateNumber, NamedCertificate, RevocationReason
from gateway.rpc import fields
from gateway.services.revoke_certificate import Order

if TYPE_CHECKING:
    from jointsanctions.v1 import revocation_pb2 as pb

PEM_LIMIT: Final = 32 * 1024
"""Characters of a certificate with those above it."""
ISSUER: Final = 512
DOCUMENT: Final = 128
_SERIAL: Final = re.compile(r"[0-9a-f]{1,42}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def read_order(request: pb.RevokeCertificateRequest) -> Order:
    """Return what is ordered.

    Raises:
        MalformedRequestError: A field is missing, malformed or out of range.
    """
    return Order(
        certificate=_certificate(request),
        reason=fields.word(RevocationReason, request.reason, "reason"),
        document_number=fields.required(request.document_number, "document_number", DOCUMENT),
        own_certificate=_sha256(request.own_certificate, "own_certificate") if request.own_certificate else "",
    )


def _certificate(request: pb.RevokeCertificateRequest) -> NamedCertificate | bytes:
    which = request.WhichOneof("what")
    if which is None:
        raise MalformedRequestError("certificate", "is required, or sha256, or number")
    if which == "sha256":
        return NamedCertificate(sha256=_sha256(request.sha256, "sha256"))
    if which == "number":
        return NamedCertificate(_number(request.number))
    if len(request.certificate) > PEM_LIMIT or not request.certificate.isascii():
        raise MalformedRequestError("certificate", f"must be PEM of at most {PEM_LIMIT} characters")
    return request.certificate.encode()


def _number(sent: pb.CertificateNumber) -> CertificateNumber:
    serial = sent.serial_number.replace(":", "").lower().lstrip("0")
    if not _SERIAL.fullmatch(serial):
        raise MalformedRequestError("number.serial_number", "must be 1 to 42 hexadecimal digits, and not 0")
    return CertificateNumber(serial, fields.required(sent.issuer, "number.issuer", ISSUER))


def _sha256(sent: str, field: str) -> str:
    sha256 = sent.replace(":", "").lower()
    if not _SHA256.fullmatch(sha256):
        raise MalformedRequestError(field, "must be 64 hexadecimal digits")
    return sha256
