"""The adapter's certificate, read and checked before gRPC sees it.

gRPC answers bad key material with "Socket closed" at the first call; here the file at fault is named at the start.
Whether the gateway *accepts* the certificate is the gateway's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from adapters.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its key: PEM of the leaf with its intermediates, and the key as text and as read."""

    chain: bytes
    key_pem: bytes
    key: EllipticCurvePrivateKey | RSAPrivateKey

    def __repr__(self) -> str:
        """Without the key, which must reach no log."""
        return "Identity()"


def channel_credentials(ca_file: Path, certificate_file: Path, key_file: Path) -> grpc.ChannelCredentials:
    """Return credentials that trust only the authorities in *ca_file* and present one certificate.

    Args:
        ca_file: PEM, one or more certificates of the authorities that issue the gateway's certificate.
        certificate_file: PEM, our leaf first, then its intermediates.
        key_file: PEM, the leaf's private key, unencrypted, ECDSA or RSA (gRPC refuses Ed25519 in the handshake).

    Raises:
        SettingsError: A file is missing, is not what it should be, has expired, or key and certificate do not match.
    """
    authorities = _read(ca_file)
    _certificates(ca_file, authorities)
    identity = read_identity(certificate_file, key_file)
    return grpc.ssl_channel_credentials(authorities, identity.key_pem, identity.chain)


def read_identity(certificate_file: Path, key_file: Path) -> Identity:
    """Return a certificate that is in date and its key.

    Args:
        certificate_file: PEM, our leaf first, then its intermediates.
        key_file: PEM, the leaf's private key, unencrypted, ECDSA or RSA.

    Raises:
        SettingsError: A file is missing, is not what it should be, has expired, or key and certificate do not match.
    """
    chain, key_pem = _read_pair(certificate_file, key_file)
    leaf = _certificates(certificate_file, chain)[0]
    if leaf.not_valid_after_utc <= datetime.now(UTC):
        raise SettingsError(f"{certificate_file}: the certificate expired at {leaf.not_valid_after_utc.isoformat()}")
    key = _key(key_file, key_pem)
    if _spki(key.public_key()) != _spki(leaf.public_key()):
        raise SettingsError(f"{key_file}: the key does not belong to the certificate in {certificate_file}")
    return Identity(chain, key_pem, key)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error


def _read_pair(certificate_file: Path, key_file: Path) -> tuple[bytes, bytes]:
    """Certificate and key that belong together, though ``jsg pki renew`` may replace both while they are read."""
    for _ in range(_ATTEMPTS):
        try:
            chain, key = _read(certificate_file), _read(key_file)
            if _read(certificate_file) == chain:
                return chain, key
        except SettingsError:
            continue  # the folder that the links led to has just gone; a file that is not there is told below
    return _read(certificate_file), _read(key_file)


def _certificates(path: Path, pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise SettingsError(f"{path}: holds no PEM certificate") from error


def _key(path: Path, pem: bytes) -> EllipticCurvePrivateKey | RSAPrivateKey:
    try:
        key: PrivateKeyTypes = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{path}: holds no unencrypted PEM private key") from error
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise SettingsError(f"{path}: the key is neither ECDSA nor RSA")
    return key


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
