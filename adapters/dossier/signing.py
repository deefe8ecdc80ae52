"""Who says so: a detached signature by the key of a caller's certificate, with the certificates behind it.

A manifest, the announcement of a recipient's key and a receipt are signed by the certificate with which their maker
calls the gateway. Whoever verifies needs the authorities' certificates and no gateway, and can do so long after the
certificate ended: it is judged at the moment of signing, which the signed content names and the record of the call
proves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from adapters.credentials import read_identity
from adapters.dossier.errors import DossierError, DossierFault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

_DOMAIN: Final = b"joint-sanctions-signed/v1\n"
CHAIN_BYTES: Final = 64 << 10
"""Of all certificates of one signature."""
INTERMEDIATES: Final = 4
UNREADABLE: Final = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What reading a certificate or a signature raises."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A detached signature: the value, and PEM of the signer's certificate with its intermediates behind it."""

    value: bytes
    chain: bytes


class Signer:
    """Signs with the key of a certificate. May be shared by threads."""

    def __init__(self, certificate_file: Path, key_file: Path) -> None:
        """Read both.

        Raises:
            SettingsError: They cannot be used, or do not belong together; the message names the file.
        """
        identity = read_identity(certificate_file, key_file)
        self._key = identity.key
        self._chain = identity.chain

    @property
    def name(self) -> str:
        """The name that the certificate bears: ``spiffe://…``.

        Raises:
            DossierError: ``NOT_SIGNED``: it bears none, or several.
        """
        return _only_name(x509.load_pem_x509_certificates(self._chain)[0])

    def sign(self, purpose: str, content: bytes) -> Signature:
        """Return a signature of *content* that holds for this *purpose* alone, such as ``manifest``."""
        signed = _signed(purpose, content)
        if isinstance(self._key, EllipticCurvePrivateKey):
            return Signature(self._key.sign(signed, ECDSA(SHA256())), self._chain)
        padding = PSS(MGF1(SHA256()), SHA256.digest_size)
        return Signature(self._key.sign(signed, padding, SHA256()), self._chain)

    @property
    def certificates(self) -> list[x509.Certificate]:
        """The own certificate, and its intermediates behind it."""
        return x509.load_pem_x509_certificates(self._chain)

    def sign_attributes(self, attributes: bytes) -> bytes:
        """Return the signature of a CMS signature's attributes, the same for the same (RFC 6979, PKCS #1 v1.5).

        They begin otherwise than what ``sign`` signs, so that neither can be taken for the other.
        """
        if isinstance(self._key, EllipticCurvePrivateKey):
            return self._key.sign(attributes, ECDSA(SHA256(), deterministic_signing=True))
        return self._key.sign(attributes, PKCS1v15(), SHA256())


def authorities(ca_file: Path) -> Store:
    """Return the authorities of a PEM bundle.

    Raises:
        DossierError: ``KEY_UNUSABLE``: the file cannot be read or holds none.
    """
    try:
        return Store(x509.load_pem_x509_certificates(ca_file.read_bytes()))
    except (OSError, *UNREADABLE) as error:
        raise DossierError(DossierFault.KEY_UNUSABLE, f"{ca_file}: holds no certificates of authorities") from error


def signer_of(purpose: str, content: bytes, signature: Signature, trusted: Store, at: datetime) -> str:
    """Return whose certificate signed *content* for *purpose*, as the name that it bears: ``spiffe://…``.

    Args:
        purpose: What it must have been signed for.
        content: The bytes that were signed.
        signature: The signature with its certificates.
        trusted: Authorities.
        at: The moment of signing, UTC, as the content names it: the certificate must have been in date then.

    Raises:
        DossierError: ``NOT_SIGNED``: signature, certificate or chain does not hold.
    """
    if len(signature.chain) > CHAIN_BYTES:
        raise _refused("too many certificates")
    try:
        leaf, *sent = x509.load_pem_x509_certificates(signature.chain)
        _verify(leaf, signature.value, _signed(purpose, content))
    except (InvalidSignature, *UNREADABLE) as error:
        raise _refused(str(error) or type(error).__name__) from error
    return certificate_holder(leaf, sent, trusted, at)


def certificate_holder(leaf: x509.Certificate, sent: Sequence[x509.Certificate], trusted: Store, at: datetime) -> str:
    """Return whom a certificate names, ``spiffe://…``, once it leads to an authority by way of *sent*.

    Raises:
        DossierError: ``NOT_SIGNED``: it does not, was not in date at that moment, or names nobody or several.
    """
    try:
        builder = PolicyBuilder().store(trusted).time(at).max_chain_depth(INTERMEDIATES)
        builder.build_client_verifier().verify(leaf, list(sent))
        return _only_name(leaf)
    except (VerificationError, *UNREADABLE) as error:
        raise _refused(str(error) or type(error).__name__) from error


def pem_fingerprint(signature: Signature) -> str:
    """Return the SHA-256 of the signer's certificate, hexadecimal, by which the gateway's record names it.

    Raises:
        DossierError: ``NOT_SIGNED``: there is no certificate.
    """
    try:
        leaf = x509.load_pem_x509_certificates(signature.chain)[0]
    except UNREADABLE as error:
        raise _refused("no certificate") from error
    return leaf.fingerprint(SHA256()).hex()


def _verify(leaf: x509.Certificate, value: bytes, signed: bytes) -> None:
    key = leaf.public_key()
    if isinstance(key, EllipticCurvePublicKey):
        key.verify(value, signed, ECDSA(SHA256()))
    elif isinstance(key, RSAPublicKey):
        key.verify(value, signed, PSS(MGF1(SHA256()), SHA256.digest_size), SHA256())
    else:
        raise _refused("the key is neither ECDSA nor RSA")


def _only_name(leaf: x509.Certificate) -> str:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise _refused("the certificate names nobody") from None
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    if len(uris) != 1:
        raise _refused("the certificate must bear exactly one URI name")
    return str(uris[0])


def _signed(purpose: str, content: bytes) -> bytes:
    return _DOMAIN + purpose.encode() + b"\n" + content


def _refused(why: str) -> DossierError:
    return DossierError(DossierFault.NOT_SIGNED, f"signature: {why}")
