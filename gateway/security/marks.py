"""By what a certificate is matched against what is revoked: its issuer and number, and the hashes that it can have.

An ECDSA signature (r, s) is as good as (r, n - s): whoever has a certificate can make another of it that is signed as
well and has another hash. A hash alone would let the thief of a key go on with the other one.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.domain.revoked_certificates import CertificateNumber, Marks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.x509 import Certificate

_ORDERS: Final = (
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    0x01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409,
)
"""n of P-256, P-384 and P-521 (FIPS 186-4, D.1.2.3 to D.1.2.5): on which of them its authority signs, no leaf says."""
_EC_SIGNED: Final = "1.2.840.10045.4."
"""What the identifiers of all ECDSA signatures begin with (RFC 5758)."""


def marks_of(certificate: Certificate) -> Marks:
    """Return the marks of *certificate*, whoever signed it."""
    number = CertificateNumber(f"{certificate.serial_number:x}", certificate.issuer.rfc4514_string())
    return Marks(number, frozenset(_hashes(certificate)))


def _hashes(certificate: Certificate) -> Iterator[str]:
    whole = certificate.public_bytes(Encoding.DER)
    yield hashlib.sha256(whole).hexdigest()
    if not certificate.signature_algorithm_oid.dotted_string.startswith(_EC_SIGNED):
        return
    signed, algorithm = certificate.tbs_certificate_bytes, _algorithm(whole, certificate.tbs_certificate_bytes)
    r, s = decode_dss_signature(certificate.signature)
    for order in _ORDERS:
        if 0 < s < order and r < order:
            signature = b"\x03" + _with_length(b"\x00" + encode_dss_signature(r, order - s))
            yield hashlib.sha256(b"\x30" + _with_length(signed + algorithm + signature)).hexdigest()


def _algorithm(whole: bytes, signed: bytes) -> bytes:
    """Return the part between what is signed and the signature, as it stands there."""
    begin = whole.index(signed) + len(signed)
    return whole[begin : begin + 2 + whole[begin + 1]]


def _with_length(content: bytes) -> bytes:
    """Return *content* after its length in DER."""
    size = len(content)
    if size < 0x80:
        return bytes([size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([0x80 | len(length)]) + length + content
