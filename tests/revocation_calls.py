"""Revoking certificates over the wire: complete requests, and who holds which certificate. Nothing here asserts."""

from __future__ import annotations

import hashlib
import ssl
import uuid
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from jointsanctions.v1 import revocation_pb2 as pb
from mandate_calls import OPERATIONS, SERVICE, person

if TYPE_CHECKING:
    from e2e.served import Outcome, Served

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DOCUMENT = "府办〔2026〕11号"


def order(**what: Any) -> pb.RevokeCertificateRequest:
    """Return a complete request; *what* names the certificate, or replaces a field."""
    whole = {
        "request_id": str(uuid.uuid4()),
        "officer": "o",
        "reason": pb.REVOCATION_REASON_KEY_COMPROMISE,
        "document_number": DOCUMENT,
    }
    return pb.RevokeCertificateRequest(**{**whole, **what})


def send_order(gateway: Served, request: pb.RevokeCertificateRequest, who: str = OPERATIONS) -> Outcome:
    return gateway.send(f"{SERVICE}/RevokeCertificate", request, person(gateway, who) if who.count(".") == 2 else who)


def pem_of(gateway: Served, who: str) -> str:
    """Return the certificate of *who*, issued where there is none, with what is above it."""
    if who.count(".") == 2:
        person(gateway, who)
    else:
        gateway.credentials(who)
    return (gateway.place.state / "pki" / "clients" / f"{who}.pem").read_text(encoding="ascii")


def certificate_of(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificates(pem.encode())[0]


def sha256_of(pem: str) -> str:
    return hashlib.sha256(certificate_of(pem).public_bytes(Encoding.DER)).hexdigest()


def number_of(pem: str, **parts: str) -> pb.CertificateNumber:
    leaf = certificate_of(pem)
    whole = {"serial_number": f"{leaf.serial_number:x}", "issuer": leaf.issuer.rfc4514_string()}
    return pb.CertificateNumber(**{**whole, **parts})


def twin(leaf: x509.Certificate) -> bytes:
    """Return *leaf*, signed on P-256, with the other of the two signatures that its authority has made at once; PEM."""
    der = leaf.public_bytes(Encoding.DER)
    r, s = decode_dss_signature(leaf.signature)
    signature = encode_dss_signature(r, P256_ORDER - s)
    rest = der[der.index(leaf.tbs_certificate_bytes) :]
    content = rest[: len(rest) - len(leaf.signature) - 3]
    # BIT STRING with its one length byte: a signature on P-256 has at most 72 bytes.
    content += bytes([3, len(signature) + 1, 0]) + signature
    whole = b"\x30\x82" + len(content).to_bytes(2, "big") + content
    return ssl.DER_cert_to_PEM_cert(whole).encode()
