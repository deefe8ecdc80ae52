"""Signs, for each call, which officer it is made by: the assertion that a gateway wants of an agency with a key.

For a deciding system behind its agency's sign-on: sign only for an officer whom that has identified. What an assertion
says and how it is judged is in the gateway's ``docs/officers.md``.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from adapters.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from google.protobuf.message import Message

METADATA_KEY: Final = "jsg-officer-assertion"
"""Under which an assertion is sent."""
LIFE_SECONDS: Final = 30
NONCE_BYTES: Final = 18
HALF: Final = 32


class OfficerSigner:
    """The key of one agency that speaks for its officers. May be shared by threads."""

    def __init__(
        self, agency: str, kid: str, key_file: Path, gateway: str, clock: Callable[[], float] = time.time
    ) -> None:
        """Read the key.

        Args:
            agency: The agency's id, as in its certificate.
            kid: Under which name the gateway has registered the public key.
            key_file: PEM private key, unencrypted: ECDSA on P-256 (ES256) or RSA (PS256).
            gateway: Name of the gateway, for which alone the assertions are.
            clock: Seconds since 1970.

        Raises:
            SettingsError: The file cannot be used; the message names it.
        """
        self._agency = agency
        self._kid = kid
        self._gateway = gateway
        self._clock = clock
        self._key = _read_key(key_file)

    def assertion(self, officer: str, path: str, request: bytes) -> str:
        """Return an assertion that *officer* makes this call; it is good for once, for half a minute.

        Args:
            officer: Id of the officer, at most 64 bytes.
            path: Of the method, like "/jointsanctions.v1.CreditService/CheckEligibility".
            request: The bytes that are sent; of a stream, those of its first message.
        """
        issued = int(self._clock())
        claims = {
            "iss": self._agency,
            "sub": officer,
            "aud": self._gateway,
            "iat": issued,
            "exp": issued + LIFE_SECONDS,
            "jti": _encoded(secrets.token_bytes(NONCE_BYTES)),
            "request_sha256": hashlib.sha256(request).hexdigest(),
            "method": path,
        }
        algorithm = "PS256" if isinstance(self._key, RSAPrivateKey) else "ES256"
        header = {"alg": algorithm, "kid": self._kid}
        signed = f"{_encoded(_json(header))}.{_encoded(_json(claims))}"
        return f"{signed}.{_encoded(self._signature(signed.encode()))}"

    def metadata(self, path: str, message: Message, request: bytes) -> tuple[tuple[str, str], ...]:
        """Return the metadata of a call of *message*, whose bytes are *request*; none where it names no officer."""
        officer = officer_of(message)
        return ((METADATA_KEY, self.assertion(officer, path, request)),) if officer else ()

    def _signature(self, content: bytes) -> bytes:
        """Return the signature as a JWS has it (RFC 7518, sections 3.4 and 3.5)."""
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(content, PSS(MGF1(SHA256()), SHA256.digest_size), SHA256())
        r, s = decode_dss_signature(self._key.sign(content, ECDSA(SHA256())))
        return r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")


def officer_of(message: Message) -> str:
    """Return the officer whom a request names as the one who calls; empty where it names none."""
    part: Any = message
    for head in ("question", "step"):
        if head in message.DESCRIPTOR.fields_by_name and "officer" not in message.DESCRIPTOR.fields_by_name:
            part = getattr(message, head)
    # In a search "officer" is whom it looks for.
    return str(getattr(part, "searched_by", "") or getattr(part, "officer", ""))


def _read_key(file: Path) -> EllipticCurvePrivateKey | RSAPrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{file}: no unencrypted private key in PEM") from error
    if isinstance(key, RSAPrivateKey) or (
        isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
    ):
        return key
    raise SettingsError(f"{file}: neither an ECDSA key on P-256 nor an RSA key")


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
