"""The public keys that speak for officers: read from PEM, each with the one algorithm that it signs by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

RSA_BITS: Final = range(2048, 8193)
"""Below they are weak, above one signature takes long to verify."""
HALF: Final = 32
"""Bytes of each of the two numbers of an ECDSA signature over P-256 (RFC 7518, section 3.4)."""
KEYS_HELD: Final = 4_096


class OfficerKeyError(ValueError):
    """Bytes that are no key which may speak for officers; the message says why."""


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key and its algorithm, ``ES256`` or ``PS256``: no header chooses another."""

    algorithm: str
    key: EllipticCurvePublicKey | RSAPublicKey

    def signed(self, signature: bytes, content: bytes) -> bool:
        """Return whether *signature*, as a JWS has it, is this key's over *content*."""
        try:
            if isinstance(self.key, RSAPublicKey):
                self.key.verify(signature, content, PSS(MGF1(SHA256()), SHA256.digest_size), SHA256())
                return True
            if len(signature) != 2 * HALF:
                return False
            r, s = (int.from_bytes(half, "big") for half in (signature[:HALF], signature[HALF:]))
            self.key.verify(encode_dss_signature(r, s), content, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


@lru_cache(maxsize=KEYS_HELD)
def read_officer_key(pem: bytes) -> VerifyingKey:
    """Return the key in *pem*.

    Raises:
        OfficerKeyError: It is no public key, or neither ECDSA on P-256 nor RSA of 2048 to 8192 bits.
    """
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise OfficerKeyError("is no public key in PEM") from error
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return VerifyingKey("ES256", key)
    if isinstance(key, RSAPublicKey) and key.key_size in RSA_BITS:
        return VerifyingKey("PS256", key)
    raise OfficerKeyError("is neither an ECDSA key on P-256 nor an RSA key of 2048 to 8192 bits")


def make_officer_key() -> tuple[bytes, bytes]:
    """Return a new ECDSA key on P-256, unencrypted, and its public key; both PEM."""
    key = generate_private_key(SECP256R1())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), public
