"""What a client's leaf certificate must be by itself, whoever issued it and whenever it is looked at.

gRPC accepts authorities as leaves, leaves without extended key usage and any number of names; each rule here closes
one of these. Chain, validity and revocation are in ``peer``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.security.names import CallerName, CallerNameError, parse_caller_name

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

E = TypeVar("E", bound=x509.ExtensionType)

CURVES: Final = (ec.SECP256R1, ec.SECP384R1)
RSA_BITS: Final = 2048
UNREADABLE: Final = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What ``cryptography`` raises for certificates that are not what RFC 5280 says."""


class LeafError(ValueError):
    """The certificate fails a rule; the message is stable and short."""


def read_caller(leaf: x509.Certificate, trust_domain: str) -> CallerName:
    """Return the one name that a leaf carries, once it has passed every rule on leaves.

    Raises:
        LeafError: It fails one. One of ``UNREADABLE`` where it is malformed.
    """
    try:
        _require_no_authority(leaf)
        _require_usage(leaf)
        _require_key(leaf.public_key())
        return parse_caller_name(_only_uri(leaf), trust_domain)
    except CallerNameError as error:
        raise LeafError(str(error)) from error


def _require_no_authority(leaf: x509.Certificate) -> None:
    """X509-SVID, section 5.2: an authority's certificate never speaks for a caller."""
    constraints = _extension(leaf, x509.BasicConstraints)
    usage = _extension(leaf, x509.KeyUsage)
    if (constraints and constraints.ca) or (usage and (usage.key_cert_sign or usage.crl_sign)):
        raise LeafError("an authority's certificate, not a leaf")


def _require_usage(leaf: x509.Certificate) -> None:
    usage = _extension(leaf, x509.KeyUsage)
    if usage is None or not usage.digital_signature:
        raise LeafError("key usage lacks digitalSignature")
    purposes = _extension(leaf, x509.ExtendedKeyUsage)
    if purposes is None:
        raise LeafError("no extended key usage")
    if ExtendedKeyUsageOID.CLIENT_AUTH not in purposes:
        raise LeafError("extended key usage lacks clientAuth")


def _require_key(key: CertificatePublicKeyTypes) -> None:
    if isinstance(key, ec.EllipticCurvePublicKey):
        if isinstance(key.curve, CURVES):
            return
    elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS:
        return
    raise LeafError("key is neither ECDSA P-256 or P-384 nor RSA of 2048 bits or more")


def _only_uri(leaf: x509.Certificate) -> str:
    names = _extension(leaf, x509.SubjectAlternativeName)
    uris = names.get_values_for_type(x509.UniformResourceIdentifier) if names else []
    if not uris:
        raise LeafError("no URI name")
    if len(uris) > 1:
        raise LeafError("two URI names")
    return uris[0]


def _extension(leaf: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return leaf.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
