"""Who calls, and whose number a record names: certificates and persons.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class PersonVault(Protocol):
    """Keeps persons' numbers out of the store's readable columns (I-22)."""

    def key(self, document_type: str, document_number: str) -> str:
        """Return the keyed hash by which a person is found, hexadecimal."""

    def seal(self, text: str) -> bytes:
        """Return *text* encrypted for storage; raises ``StoreUnavailableError`` when it cannot be."""

    def conceal(self, digest: str) -> str:
        """Return the keyed hash of the digest of what may hold a person's number, hexadecimal."""


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """What a client certificate says, once every rule for certificates has been checked."""

    agency: str
    role: str
    holder: str
    identity: str
    """Its one URI name."""
    sha256: str
    """Of the DER form, hexadecimal."""


@dataclass(frozen=True, slots=True)
class KeyMaterial:
    """What a server shakes hands with, as PEM."""

    certificate: bytes
    """The leaf first, then its intermediates."""
    key: bytes
    """The leaf's, unencrypted."""
    ca_bundle: bytes
    """The authorities that may issue callers' certificates."""


class PeerVerifier(Protocol):
    """Decides whether a client certificate is acceptable now."""

    def verify(self, leaf_pem: bytes, chain_pem: bytes, now: datetime) -> PeerCertificate:
        """Return who the certificate names; raises ``CertificateRejectedError`` saying which rule it fails."""
