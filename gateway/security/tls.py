"""Checks the gateway's own key material before it is handed to gRPC, which keeps silent about bad material.

Used at the start and by the doctor. It builds no credentials: that is for ``rpc``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from gateway.security.leaf import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography.x509.verification import Subject

E = TypeVar("E", bound=x509.ExtensionType)


def check_material(cert_pem: bytes, key_pem: bytes, ca_pem: bytes, now: datetime) -> list[str]:
    """Return what is wrong with a server's material, one sentence each; empty when it is sound.

    Args:
        cert_pem: The leaf first, then its intermediates.
        key_pem: The leaf's private key, unencrypted.
        ca_pem: The authorities that callers trust.
        now: The present.
    """
    try:
        leaf, *intermediates = x509.load_pem_x509_certificates(cert_pem)
    except ValueError:
        return ["the certificate file holds no PEM certificate"]
    except UNREADABLE as error:
        return [f"the certificate file holds a certificate that cannot be read: {error}"]
    try:
        faults = [*_validity(leaf, now), *_purpose(leaf)]
        names = _names(leaf)
    except UNREADABLE:
        return ["the certificate's extensions are malformed"]
    faults += _key(leaf, key_pem)
    if not names:
        return [*faults, "the certificate names neither a host nor an IP address"]
    return [*faults, *_chain(leaf, intermediates, ca_pem, names, now)]


def _validity(leaf: x509.Certificate, now: datetime) -> list[str]:
    if now < leaf.not_valid_before_utc:
        return [f"the certificate is valid only from {leaf.not_valid_before_utc.isoformat()}"]
    if now > leaf.not_valid_after_utc:
        return [f"the certificate expired at {leaf.not_valid_after_utc.isoformat()}"]
    return []


def _purpose(leaf: x509.Certificate) -> list[str]:
    purposes = _extension(leaf, x509.ExtendedKeyUsage)
    if purposes is None or ExtendedKeyUsageOID.SERVER_AUTH not in purposes:
        return ["the certificate's extended key usage lacks serverAuth"]
    return []


def _names(leaf: x509.Certificate) -> list[Subject]:
    alternatives = _extension(leaf, x509.SubjectAlternativeName)
    if alternatives is None:
        return []
    hosts = alternatives.get_values_for_type(x509.DNSName)
    addresses = alternatives.get_values_for_type(x509.IPAddress)
    return [*map(x509.DNSName, hosts), *map(x509.IPAddress, addresses)]


def _key(leaf: x509.Certificate, key_pem: bytes) -> list[str]:
    try:
        key = load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return ["the key file holds no unencrypted PEM private key"]
    if not isinstance(key, EllipticCurvePrivateKey):
        return ["the key is not ECDSA, so that TLS 1.2 could not be shut out"]
    if key.public_key() != leaf.public_key():
        return ["the key does not belong to the certificate"]
    return []


def _chain(
    leaf: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    ca_pem: bytes,
    names: Sequence[Subject],
    now: datetime,
) -> list[str]:
    try:
        store = Store(x509.load_pem_x509_certificates(ca_pem))
    except ValueError:
        return ["the bundle of authorities holds no PEM certificate"]
    except UNREADABLE as error:
        return [f"the bundle of authorities holds a certificate that cannot be read: {error}"]
    verifier = PolicyBuilder().store(store).time(now).build_server_verifier(names[0])
    try:
        verifier.verify(leaf, list(intermediates))
    except (VerificationError, *UNREADABLE):
        return ["the certificate does not chain to an authority of the bundle"]
    return []


def _extension(leaf: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return leaf.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
