"""Revoked certificates for the wire, and for the record of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import revocation_pb2 as pb

from gateway.rpc.answers import instant_pb

if TYPE_CHECKING:
    from gateway.domain.revoked_certificates import Revoked


def revoked_pb(revoked: Revoked) -> pb.RevokedCertificate:
    """Return a revocation as it is kept."""
    certificate = revoked.certificate
    sent = pb.RevokedCertificate(
        number=revoked.number,
        sha256=certificate.sha256,
        agency=certificate.agency,
        role=certificate.role,
        holder=certificate.holder,
        reason=revoked.reason.value,  # type: ignore[arg-type]  # the same numbers
        document_number=revoked.document_number,
        revoked_at=instant_pb(revoked.at),
        revoked_by=revoked.by,
        officer=revoked.officer,
    )
    if certificate.number is not None:
        sent.serial_number, sent.issuer = certificate.number.serial, certificate.number.issuer
    return sent


def told_of(revoked: Revoked) -> dict[str, object]:
    """Return what is recorded of a revocation: which certificate, whose, and why."""
    certificate = revoked.certificate
    named = {
        "number": revoked.number,
        "sha256": certificate.sha256,
        "serial": certificate.number.serial if certificate.number is not None else "",
        "issuer": certificate.number.issuer if certificate.number is not None else "",
        "of": "/".join(part for part in (certificate.agency, certificate.role, certificate.holder) if part),
        "reason": revoked.reason.name,
    }
    return {"revoked": {key: value for key, value in named.items() if value}, "document": revoked.document_number}
