"""Who calls, and whose number a record names: certificates, officers and persons.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.officers import AssertedOfficer


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


@dataclass(frozen=True, slots=True)
class SignedCall:
    """What an assertion must be about: this call and no other."""

    agency: Agency
    """Whose certificate the connection has."""
    path: str
    """Of the method, like "/jointsanctions.v1.CreditService/CheckEligibility"."""
    request_sha256: str
    """Of the request's bytes as they came, of a stream those of its first message; hexadecimal."""
    now: datetime
    """The present of the call, UTC."""


class OfficerVerifier(Protocol):
    """Decides whether an assertion speaks for an officer."""

    def verify(self, assertion: str, call: SignedCall) -> AssertedOfficer:
        """Return the officer; the same assertion is never accepted again by the same verifier.

        Raises:
            OfficerAssertionRejectedError: It is not acceptable for this call; ``why`` says what is wrong.
        """
