"""The ASN.1 of one form of CMS SignedData (RFC 5652, RFC 5035), for ``cms``: one signer, its certificates within."""

from __future__ import annotations

from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1

DATA: Final = x509.ObjectIdentifier("1.2.840.113549.1.7.1")
SIGNED_DATA: Final = x509.ObjectIdentifier("1.2.840.113549.1.7.2")
CONTENT_TYPE: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_TIME: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.5")
SIGNING_CERTIFICATE: Final = x509.ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
SHA256: Final = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
ECDSA_SHA256: Final = x509.ObjectIdentifier("1.2.840.10045.4.3.2")
RSA_SHA256: Final = x509.ObjectIdentifier("1.2.840.113549.1.1.11")


@asn1.sequence
class Algorithm:
    """AlgorithmIdentifier: without parameters, or with a NULL."""

    name: x509.ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class Attribute:
    """One signed attribute with its values."""

    kind: x509.ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class CertificateHash:
    """ESSCertIDv2 by SHA-256, its default."""

    sha256: bytes


@asn1.sequence
class SigningCertificate:
    """SigningCertificateV2."""

    certificates: list[CertificateHash]


@asn1.sequence
class Content:
    """EncapsulatedContentInfo without content: the signature is detached."""

    kind: x509.ObjectIdentifier


@asn1.sequence
class Issued:
    """IssuerAndSerialNumber."""

    issuer: asn1.TLV
    serial_number: int


@asn1.sequence
class SignerInfo:
    """Who signed, what and how."""

    version: int
    signer: Issued
    digest_algorithm: Algorithm
    attributes: Annotated[asn1.SetOf[Attribute], asn1.Implicit(0)]
    signature_algorithm: Algorithm
    signature: bytes


@asn1.sequence
class SignedData:
    """The signature as a whole."""

    version: int
    digest_algorithms: asn1.SetOf[Algorithm]
    content: Content
    certificates: Annotated[asn1.SetOf[x509.Certificate], asn1.Implicit(0)]
    signers: asn1.SetOf[SignerInfo]


@asn1.sequence
class ContentInfo:
    """What a file with a signature holds."""

    kind: x509.ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]
