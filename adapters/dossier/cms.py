"""A detached CMS signature (RFC 5652) with the attributes of CAdES baseline B (ETSI EN 319 122-1), both ways.

Of CMS one form is spoken: one signer, SHA-256, ECDSA or RSA, the certificates within, and the four signed attributes
content type, signing time, message digest and signing certificates, all of them. It is written in DER and the same for
the same, so that who verifies makes it anew from what it says and compares every byte: an attribute, a signer or an
algorithm that is not of this form is not looked past. ``cryptography`` verifies no CMS: what it does here is the DER.

Whose certificate it must be is not asked here: ``signing.certificate_holder`` judges that.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from adapters.dossier import cms_form as form
from adapters.dossier.errors import DossierError, DossierFault
from adapters.dossier.signing import CHAIN_BYTES, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography import x509

    from adapters.dossier.signing import Signer

T = TypeVar("T")
CMS_BYTES: Final = CHAIN_BYTES


@dataclass(frozen=True, slots=True)
class CmsSigned:
    """Who signed: the certificates, the signer's first, and when, UTC, as the signature itself says."""

    chain: tuple[x509.Certificate, ...]
    at: datetime


def sign_cms(content: bytes, signer: Signer, at: datetime) -> bytes:
    """Return a detached signature of *content* in DER; the same for the same arguments.

    Args:
        content: What is signed.
        signer: Who signs.
        at: Moment of signing, UTC, of which whole seconds are written; in the years 1950 to 2049.
    """
    chain = signer.certificates
    attributes = _attributes(content, chain, at)
    return _written(attributes, chain, signer.sign_attributes(asn1.encode_der(attributes)))


def read_cms(signature: bytes, content: bytes) -> CmsSigned:
    """Return who signed *content*, once the signature holds; whether the certificate is to be believed is not asked.

    Raises:
        DossierError: ``NOT_SIGNED``: it is no such signature, or one of another content.
    """
    if len(signature) > CMS_BYTES:
        raise _refused(f"over {CMS_BYTES} bytes")
    try:
        data = asn1.decode_der(form.ContentInfo, signature).content
        (signer,) = data.signers.as_list()
        said = {each.kind: each.values for each in signer.attributes.as_list()}
        chain = _in_order(data.certificates.as_list(), said[form.SIGNING_CERTIFICATE])
        at = _only(said[form.SIGNING_TIME], asn1.UTCTime).as_datetime()
        attributes = _attributes(content, chain, at)
        if _written(attributes, chain, signer.signature) != signature:
            raise _refused("is not of the form that this program writes, or is one of another content")
        _verify(chain[0], signer.signature, asn1.encode_der(attributes))
    except InvalidSignature as error:
        raise _refused("does not hold") from error
    except (LookupError, OverflowError, *UNREADABLE) as error:
        raise _refused(str(error) or type(error).__name__) from error
    return CmsSigned(tuple(chain), at)


def _attributes(content: bytes, chain: Sequence[x509.Certificate], at: datetime) -> asn1.SetOf[form.Attribute]:
    hashes = [form.CertificateHash(sha256=each.fingerprint(SHA256())) for each in chain]
    return asn1.SetOf(
        [
            _attribute(form.CONTENT_TYPE, asn1.encode_der(form.DATA)),
            _attribute(form.SIGNING_TIME, asn1.encode_der(asn1.UTCTime(at.replace(microsecond=0)))),
            _attribute(form.MESSAGE_DIGEST, asn1.encode_der(hashlib.sha256(content).digest())),
            _attribute(form.SIGNING_CERTIFICATE, asn1.encode_der(form.SigningCertificate(certificates=hashes))),
        ]
    )


def _written(attributes: asn1.SetOf[form.Attribute], chain: Sequence[x509.Certificate], value: bytes) -> bytes:
    leaf = chain[0]
    sha256 = form.Algorithm(name=form.SHA256, parameters=None)
    signer = form.SignerInfo(
        version=1,
        signer=form.Issued(issuer=_raw(leaf.issuer.public_bytes()), serial_number=leaf.serial_number),
        digest_algorithm=sha256,
        attributes=attributes,
        signature_algorithm=_algorithm(leaf),
        signature=value,
    )
    data = form.SignedData(
        version=1,
        digest_algorithms=asn1.SetOf([sha256]),
        content=form.Content(kind=form.DATA),
        certificates=asn1.SetOf(list(chain)),
        signers=asn1.SetOf([signer]),
    )
    return asn1.encode_der(form.ContentInfo(kind=form.SIGNED_DATA, content=data))


def _algorithm(leaf: x509.Certificate) -> form.Algorithm:
    key = leaf.public_key()
    if isinstance(key, EllipticCurvePublicKey):
        return form.Algorithm(name=form.ECDSA_SHA256, parameters=None)
    if isinstance(key, RSAPublicKey):
        return form.Algorithm(name=form.RSA_SHA256, parameters=asn1.Null())
    raise _refused("the key is neither ECDSA nor RSA")


def _verify(leaf: x509.Certificate, value: bytes, signed: bytes) -> None:
    key = leaf.public_key()
    if isinstance(key, EllipticCurvePublicKey):
        key.verify(value, signed, ECDSA(SHA256()))
    elif isinstance(key, RSAPublicKey):
        key.verify(value, signed, PKCS1v15(), SHA256())


def _in_order(certificates: Sequence[x509.Certificate], listed: asn1.SetOf[asn1.TLV]) -> list[x509.Certificate]:
    """Return the certificates as the signer lists them, its own first: a set has no order."""
    by_hash = {each.fingerprint(SHA256()): each for each in certificates}
    return [by_hash[each.sha256] for each in _only(listed, form.SigningCertificate).certificates]


def _only(values: asn1.SetOf[asn1.TLV], kind: type[T]) -> T:
    (value,) = values.as_list()
    found: T = value.parse(kind)
    return found


def _attribute(kind: x509.ObjectIdentifier, value: bytes) -> form.Attribute:
    return form.Attribute(kind=kind, values=asn1.SetOf([_raw(value)]))


def _raw(value: bytes) -> asn1.TLV:
    """Return an encoded value as it stands: the library makes such a thing by reading one only."""
    return asn1.decode_der(asn1.TLV, value)


def _refused(why: str) -> DossierError:
    return DossierError(DossierFault.NOT_SIGNED, f"signature: {why}")
