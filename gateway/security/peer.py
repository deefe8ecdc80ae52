"""Decides on every call whether the client certificate of its connection is acceptable *now*.

gRPC checks a certificate once, in the handshake, and a connection lives on after its certificate expired, was revoked
or lost its issuer. Reading a certificate is done once; the time, the revocations and the trusted authorities are
looked at in every call. Who the caller is to us, and what it may do, is for ``gateway.domain.agencies``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from gateway.domain.errors import CertificateRejectedError
from gateway.security.chains import find_chain, parse_issuers, read_sent
from gateway.security.leaf import UNREADABLE, LeafError, read_caller
from gateway.security.marks import marks_of
from gateway.security.revocation import Revocations, RevokedError, SerialNumbers, parse_revocations
from gateway.security.watched import UnusableFileError, WatchedFile
from gateway.services.ports.identity import PeerCertificate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from cryptography.x509.verification import Store

    from gateway.domain.revoked_certificates import Marks, RevokedSet
    from gateway.services.ports.revocations import StandingRevocations

REMEMBERED: Final = 4096
"""Accepted certificates kept; beyond it all are read anew. A city has some hundreds of callers."""
CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""How far ahead of this machine's clock that of the machine which wrote the list may be."""
NOTHING_REVOKED: Final = SerialNumbers(frozenset())


@dataclass(slots=True)
class _Accepted:
    """A certificate that was read, the chain that was found for it, and the lists under which that was so."""

    peer: PeerCertificate
    chain: Sequence[x509.Certificate]
    marks: tuple[Marks, ...]
    """Of the chain, in its order."""
    not_before: datetime
    not_after: datetime
    issuers: Store
    revocations: Revocations | None = None
    stored: RevokedSet | None = None


class CertificateVerifier:
    """The ``PeerVerifier`` of one trust domain. Use it from one thread."""

    def __init__(
        self,
        trust_domain: str,
        ca_bundle_path: Path,
        revoked_path: Path | None,
        every: float = 0.0,
        stale_after: timedelta | None = None,
        stored: StandingRevocations | None = None,
    ) -> None:
        """Watch the files; they are read at the first call, and again whenever they change.

        Args:
            trust_domain: Ours; a name of another is refused.
            ca_bundle_path: PEM, the authorities that are trusted. An authority limited by a URI name constraint is
                refused with all its certificates: the verification library cannot check one.
            revoked_path: The list of ``gateway.security.revocation``; None when nothing is ever revoked.
            every: Seconds for which a look at the files holds; 0 looks in every call.
            stale_after: Age of the list's file beyond which everybody is refused, because revocations may have stopped
                coming; likewise when it is dated ahead. None for no limit but the dates that signed lists carry.
            stored: What is revoked beside the list, at the gateway; None where there is no store to look at.
        """
        self._trust_domain = trust_domain
        self._issuers = WatchedFile(ca_bundle_path, parse_issuers, every)
        self._revocations = WatchedFile(revoked_path, parse_revocations, every) if revoked_path else None
        self._stale_after = stale_after
        self._stored = stored
        self._accepted: dict[bytes, _Accepted] = {}
        """By a hash of what was presented: beside its leaf a caller may send 100 KB of whatever it likes."""

    def verify(self, leaf_pem: bytes, chain_pem: bytes, now: datetime) -> PeerCertificate:
        """Return who the certificate names.

        Args:
            leaf_pem: The leaf.
            chain_pem: The intermediates that the peer sent, in any order; empty when it sent none.
            now: The present.

        Raises:
            CertificateRejectedError: It fails a rule; or the authorities or the revocations cannot be read now.
            StoreUnavailableError: What is revoked at the gateway has not been seen for too long.
        """
        issuers = self.trusted()
        presented = hashlib.sha256(leaf_pem + b"\0" + chain_pem).digest()
        known = self._accepted.get(presented)
        if known is None or known.issuers is not issuers or not known.not_before <= now <= known.not_after:
            self._accepted.pop(presented, None)
            known = self._examine(leaf_pem, chain_pem, issuers, now)
            if len(self._accepted) >= REMEMBERED:
                self._accepted.clear()
            self._accepted[presented] = known
        revocations = self._revoked(now)
        if known.revocations is not revocations:
            _require_good(revocations, known.chain)
            known.revocations = revocations
        stored = None if self._stored is None else self._stored.current()
        if stored is not None and known.stored is not stored:
            if any(stored.has(marks) for marks in known.marks):
                raise CertificateRejectedError("revoked")
            known.stored = stored
        return known.peer

    def trusted(self) -> Store:
        """Return the authorities that are trusted now; raises ``CertificateRejectedError`` when they cannot be read."""
        try:
            return self._issuers.current()
        except UnusableFileError as error:
            raise CertificateRejectedError("trusted authorities cannot be read") from error

    def called(self) -> list[tuple[PeerCertificate, tuple[Marks, ...]]]:
        """Return who was let in since the authorities last changed, as far as is remembered, each with its chain."""
        return [(known.peer, known.marks) for known in self._accepted.values()]

    def fault(self, now: datetime) -> str:
        """Look at the files and return why nobody at all is let in now; empty when the lists let somebody in."""
        self._issuers.look()
        if self._revocations is not None:
            self._revocations.look()
        try:
            self.trusted()
            self._revoked(now)
        except CertificateRejectedError as error:
            return error.metadata["why"]
        return ""

    def _revoked(self, now: datetime) -> Revocations:
        """The list, which is readable and not out of date."""
        if self._revocations is None:
            return NOTHING_REVOKED
        try:
            revocations = self._revocations.current()
            revocations.require_current(now)
        except UnusableFileError as error:
            raise CertificateRejectedError("revocation list cannot be read") from error
        except RevokedError as error:
            raise CertificateRejectedError(str(error)) from error
        if self._stale_after is not None:
            age = now - self._revocations.written_at
            if age > self._stale_after:
                raise CertificateRejectedError("revocation list out of date")
            if age < -CLOCKS_DIFFER:
                raise CertificateRejectedError("revocation list dated ahead")
        return revocations

    def _examine(self, leaf_pem: bytes, chain_pem: bytes, issuers: Store, now: datetime) -> _Accepted:
        try:
            leaf = x509.load_pem_x509_certificate(leaf_pem)
            sent = read_sent(chain_pem)
            name = read_caller(leaf, self._trust_domain)
        except LeafError as error:
            raise CertificateRejectedError(str(error)) from error
        except UNREADABLE as error:
            raise CertificateRejectedError("unreadable certificate") from error
        _require_valid(leaf, now)
        chain = find_chain(leaf, sent, issuers, now)
        return _Accepted(
            peer=PeerCertificate(
                agency=name.agency,
                role=name.role,
                holder=name.holder,
                identity=name.uri,
                sha256=leaf.fingerprint(hashes.SHA256()).hex(),
            ),
            chain=chain,
            marks=tuple(marks_of(certificate) for certificate in chain),
            not_before=max(certificate.not_valid_before_utc for certificate in chain),
            not_after=min(certificate.not_valid_after_utc for certificate in chain),
            issuers=issuers,
        )


def _require_good(revocations: Revocations, chain: Sequence[x509.Certificate]) -> None:
    try:
        revocations.require_good(chain)
    except RevokedError as error:
        raise CertificateRejectedError(str(error)) from error


def _require_valid(leaf: x509.Certificate, now: datetime) -> None:
    if now < leaf.not_valid_before_utc:
        raise CertificateRejectedError("not yet valid")
    if now > leaf.not_valid_after_utc:
        raise CertificateRejectedError("expired")
