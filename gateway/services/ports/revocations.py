"""Certificates that are revoked at the gateway: where they are kept, what is known of them now, and who reads them.

Protocols; no behaviour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from gateway.domain.revoked_certificates import Marks, NamedCertificate, Revoked, RevokedSet
    from gateway.services.ports.facts import Submission


class StandingRevocations(Protocol):
    """What is revoked, as it stands now; safe to use from several threads."""

    def current(self) -> RevokedSet:
        """Return what is revoked: the same object for as long as nothing is added.

        Raises:
            StoreUnavailableError: It has not been seen for too long: nobody is let in on an old list.
        """


class RevocationStore(Protocol):
    """Revocations, only ever added. Blocking: call it in a thread; raises ``StoreUnavailableError``."""

    def newest(self) -> int:
        """Return the number of the newest; 0 when there is none."""

    def after(self, number: int) -> list[Revoked]:
        """Return those after *number*, in their order."""

    def add(
        self, submission: Submission, certificate: NamedCertificate, decide: Callable[[int], Revoked]
    ) -> tuple[int, Revoked, bool]:
        """Keep a revocation, once.

        *decide* makes it of its number. Return the newest data revision, the revocation, and whether the certificate
        was revoked before: then nothing is added. Idempotent by request id like ``FactStore.submit``; it takes no data
        revision, because it changes no answer.
        """

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds a write, as ``FactStore.mark_recorded`` does."""


class CertificateReader(Protocol):
    """Tells what certificate is meant by what was sent."""

    def read(self, pem: bytes, now: datetime) -> NamedCertificate:
        """Return what the first certificate of *pem* is, and whose, where authorities that are trusted say so.

        Raises:
            MalformedRequestError: The field ``certificate`` holds none that can be read.
        """

    def recognised(self, named: NamedCertificate) -> NamedCertificate:
        """Return *named* with all that is known of it because it has called here; otherwise as it is.

        Raises:
            MalformedRequestError: The field ``number.issuer`` holds no name as RFC 4514 writes it.
        """

    def presented(self, sha256: str) -> Sequence[Marks]:
        """Return the marks of a caller's certificate and of those above it, which it has called with just now.

        Raises:
            StoreUnavailableError: They are not at hand any more; the caller may try again.
        """
