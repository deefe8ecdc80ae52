"""What is needed of signatures, of keys to which dossiers are sealed, and of what recipients have received.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from gateway.domain.referral_inbox import Received
    from gateway.services.ports.facts import Submission
    from gateway.services.ports.identity import PeerCertificate


@dataclass(frozen=True, slots=True)
class SignedKey:
    """A published key: its statement's bytes, the signature over them, and PEM of the signer's certificates."""

    agency: str
    kid: str
    statement: bytes
    signature: bytes
    chain: bytes


class SignerNames(Protocol):
    """Tells whose certificate signed something."""

    def signer(self, purpose: str, content: bytes, value: bytes, chain: bytes, now: datetime) -> PeerCertificate:
        """Return whose; raises ``MalformedRequestError`` naming a field of ``signature``."""


class Deliveries(Protocol):
    """What recipients have received, and their keys. Blocking: call it in a thread."""

    def acknowledge(self, submission: Submission, places: Collection[int]) -> tuple[int, int]:
        """Keep that the submission's agency has those entries; return the data revision, and how many were new.

        Idempotent by request id like ``FactStore.submit``.
        """

    def fetched(self, agency: str, referral_id: str, item_id: str, at: datetime) -> None:
        """Keep that an agency has fetched a file to its end; the first time counts."""

    def received(self, agency: str, referral_id: str) -> Received:
        """Return what an agency has acknowledged and fetched of a case; without one, all that it has acknowledged."""

    def publish(self, submission: Submission, key: SignedKey) -> int:
        """Keep a key; return the data revision. The same key again changes nothing."""

    def keys(self, agencies: Collection[str]) -> list[SignedKey]:
        """Return the keys of those agencies, the newest of each first."""
