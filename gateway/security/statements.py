"""Detached signatures by callers' certificates: of manifests, and of the keys to which dossiers are sealed.

The same rules as in ``adapters.dossier.signing``, which is the recipients' side of it and shares no code with this one:
what the gateway lets through, they verify again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.domain.errors import CertificateRejectedError, MalformedRequestError
from gateway.security.leaf import UNREADABLE

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.services.ports.identity import PeerCertificate, PeerVerifier

_DOMAIN: Final = b"joint-sanctions-signed/v1\n"


class StatementVerifier:
    """Tells whose certificate signed something."""

    def __init__(self, peers: PeerVerifier) -> None:
        """Take what judges the certificates of callers: one that could not call cannot sign either."""
        self._peers = peers

    def signer(self, purpose: str, content: bytes, value: bytes, chain: bytes, now: datetime) -> PeerCertificate:
        """Return whose certificate signed *content* for *purpose*, judged at *now*.

        Raises:
            MalformedRequestError: The field ``signature`` is none that holds: not by this certificate, or by one with
                which its owner could not call now.
        """
        try:
            leaf, *sent = x509.load_pem_x509_certificates(chain)
        except UNREADABLE as error:
            raise MalformedRequestError("signature.chain", "holds no certificates in PEM") from error
        rest = b"".join(each.public_bytes(Encoding.PEM) for each in sent)
        try:
            peer = self._peers.verify(leaf.public_bytes(Encoding.PEM), rest, now)
        except CertificateRejectedError as error:
            raise MalformedRequestError("signature.chain", f"is refused: {error.metadata['why']}") from error
        signed = _DOMAIN + purpose.encode() + b"\n" + content
        key = leaf.public_key()
        try:
            if isinstance(key, EllipticCurvePublicKey):
                key.verify(value, signed, ECDSA(SHA256()))
            elif isinstance(key, RSAPublicKey):
                key.verify(value, signed, PSS(MGF1(SHA256()), SHA256.digest_size), SHA256())
            else:
                raise MalformedRequestError("signature.chain", "the key is neither ECDSA nor RSA")
        except InvalidSignature as error:
            raise MalformedRequestError("signature.value", f"is none of {purpose!r} by this certificate") from error
        return peer
