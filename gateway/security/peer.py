"""Decides on every call whether the client certificate of its connection is acceptable *now*.

gRPC checks a certificate once, in the handshake, and a connection lives on after its certificate expired, was revoked
or lost its issuer. Reading a certificate is done once; the time, the revocations and the trusted authorities are
looked at in every call. Who the caller is to us, and what it may do, is for ``gateway.domain.agencies``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from gateway.domain.errors import CertificateRejectedError
from gateway.security.leaf import UNREADABLE, LeafError, read_caller
from gateway.security.revocation import Revocations, RevokedError, SerialNumbers, parse_revocations
from gateway.security.watched import UnusableFileError, WatchedFile
from gateway.services.ports.identity import PeerCertificate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

REMEMBERED: Final = 4096
"""Accepted certificates kept; beyond it all are read anew. A city has some hundreds of callers."""
INTERMEDIATES: Final = 4
"""Authorities at most between a leaf and one that is trusted."""
NOTHING_REVOKED: Final = SerialNumbers(frozenset())


@dataclass(slots=True)
class _Accepted:
    """A certificate that was read, the chain that was found for it, and the lists under which that was so."""

    peer: PeerCertificate
    chain: Sequence[x509.Certificate]
    not_before: datetime
    not_after: datetime
    issuers: Store
    revocations: Revocations | None = None


class CertificateVerifier:
    """The ``PeerVerifier`` of one trust domain. Use it from one thread."""

    def __init__(
        self,
        trust_domain: str,
        ca_bundle_path: Path,
        revoked_path: Path | None,
        every: float = 0.0,
        stale_after: timedelta | None = None,
    ) -> None:
        """Watch the files; they are read at the first call, and again whenever they change.

        Args:
            trust_domain: Ours; a name of another is refused.
            ca_bundle_path: PEM, the authorities that are trusted. An authority limited by a URI name constraint is
                refused with all its certificates: the verification library cannot check one.
            revoked_path: The list of ``gateway.security.revocation``; None when nothing is ever revoked.
            every: Seconds for which a look at the files holds; 0 looks in every call.
            stale_after: Age of the list's file beyond which everybody is refused, because revocations may have stopped
                coming; None for no limit but the dates that signed lists carry.
        """
        self._trust_domain = trust_domain
        self._issuers = WatchedFile(ca_bundle_path, _parse_issuers, every)
        self._revocations = WatchedFile(revoked_path, parse_revocations, every) if revoked_path else None
        self._stale_after = stale_after
        self._accepted: dict[tuple[bytes, bytes], _Accepted] = {}

    def verify(self, leaf_pem: bytes, chain_pem: bytes, now: datetime) -> PeerCertificate:
        """Return who the certificate names.

        Args:
            leaf_pem: The leaf.
            chain_pem: The intermediates that the peer sent, in any order; empty when it sent none.
            now: The present.

        Raises:
            CertificateRejectedError: It fails a rule; or the authorities or the revocations cannot be read now.
        """
        issuers = self._trusted()
        known = self._accepted.get((leaf_pem, chain_pem))
        if known is None or known.issuers is not issuers or not known.not_before <= now <= known.not_after:
            known = self._examine(leaf_pem, chain_pem, issuers, now)
        revocations = self._revoked(now)
        if known.revocations is not revocations:
            _require_good(revocations, known.chain)
            known.revocations = revocations
        return known.peer

    def fault(self, now: datetime) -> str:
        """Look at the files and return why nobody at all is let in now; empty when the lists let somebody in."""
        self._issuers.look()
        if self._revocations is not None:
            self._revocations.look()
        try:
            self._trusted()
            self._revoked(now)
        except CertificateRejectedError as error:
            return error.metadata["why"]
        return ""

    def _trusted(self) -> Store:
        try:
            return self._issuers.current()
        except UnusableFileError as error:
            raise CertificateRejectedError("trusted authorities cannot be read") from error

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
        if self._stale_after is not None and now - self._revocations.written_at > self._stale_after:
            raise CertificateRejectedError("revocation list out of date")
        return revocations

    def _examine(self, leaf_pem: bytes, chain_pem: bytes, issuers: Store, now: datetime) -> _Accepted:
        self._accepted.pop((leaf_pem, chain_pem), None)
        try:
            leaf = x509.load_pem_x509_certificate(leaf_pem)
            sent = x509.load_pem_x509_certificates(chain_pem) if chain_pem.strip() else []
            name = read_caller(leaf, self._trust_domain)
        except LeafError as error:
            raise CertificateRejectedError(str(error)) from error
        except UNREADABLE as error:
            raise CertificateRejectedError("unreadable certificate") from error
        _require_valid(leaf, now)
        chain = _chain(leaf, sent, issuers, now)
        accepted = _Accepted(
            peer=PeerCertificate(
                agency=name.agency,
                role=name.role,
                holder=name.holder,
                identity=name.uri,
                sha256=leaf.fingerprint(hashes.SHA256()).hex(),
            ),
            chain=chain,
            not_before=max(certificate.not_valid_before_utc for certificate in chain),
            not_after=min(certificate.not_valid_after_utc for certificate in chain),
            issuers=issuers,
        )
        if len(self._accepted) >= REMEMBERED:
            self._accepted.clear()
        self._accepted[leaf_pem, chain_pem] = accepted
        return accepted


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


def _chain(
    leaf: x509.Certificate, sent: list[x509.Certificate], issuers: Store, now: datetime
) -> Sequence[x509.Certificate]:
    """The chain from *leaf* to a trusted authority, both included; name constraints are checked on the way."""
    builder = PolicyBuilder().store(issuers).time(now).max_chain_depth(INTERMEDIATES)
    try:
        return builder.build_client_verifier().verify(leaf, sent).chain
    except (VerificationError, *UNREADABLE) as error:
        raise CertificateRejectedError("no chain to a trusted issuer") from error


def _parse_issuers(raw: bytes) -> Store:
    """A bundle with one unreadable certificate is refused whole; none at all is a ``ValueError`` as well."""
    return Store(x509.load_pem_x509_certificates(raw))
