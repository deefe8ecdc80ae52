"""Which certificate is meant by one that is sent, by its number or by its hash, and whose it is.

Nothing that a certificate says of itself is believed: whose it is follows from authorities that are trusted, so that
nobody names another's number and issuer in a certificate of his own making.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from gateway.domain.errors import CertificateRejectedError, MalformedRequestError, StoreUnavailableError
from gateway.domain.revoked_certificates import CertificateNumber, NamedCertificate
from gateway.security.chains import SENT, find_chain
from gateway.security.leaf import UNREADABLE, read_caller
from gateway.security.marks import marks_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gateway.domain.revoked_certificates import Marks
    from gateway.security.names import CallerName
    from gateway.security.peer import CertificateVerifier


class SentCertificates:
    """The port ``CertificateReader``. Use it from the thread that uses the verifier."""

    def __init__(self, verifier: CertificateVerifier, trust_domain: str) -> None:
        """Take what judges callers' certificates, and the domain whose names are ours."""
        self._verifier = verifier
        self._trust_domain = trust_domain

    def read(self, pem: bytes, now: datetime) -> NamedCertificate:
        """Return what the first certificate of *pem* is; see the port."""
        try:
            leaf, *sent = x509.load_pem_x509_certificates(pem)
            marks = marks_of(leaf)
        except UNREADABLE as error:
            raise MalformedRequestError("certificate", "holds no PEM certificate that can be read") from error
        if len(sent) > SENT:
            raise MalformedRequestError("certificate", f"takes at most {SENT} authorities beside the certificate")
        name = self._name(leaf, sent, now)
        sha256 = leaf.fingerprint(hashes.SHA256()).hex()
        if name is None:
            return NamedCertificate(marks.number, sha256)
        return NamedCertificate(marks.number, sha256, name.agency, name.role, name.holder)

    def recognised(self, named: NamedCertificate) -> NamedCertificate:
        """Return *named* with what is known of it; see the port."""
        named = replace(named, number=_spelled(named.number))
        for peer, chain in self._verifier.called():
            if named.is_one_of(chain[:1]):
                return NamedCertificate(chain[0].number, peer.sha256, peer.agency, peer.role, peer.holder)
        return named

    def presented(self, sha256: str) -> Sequence[Marks]:
        """Return the marks of who calls; see the port."""
        chains = [chain for peer, chain in self._verifier.called() if peer.sha256 == sha256]
        if not chains:
            raise StoreUnavailableError("the certificate of this call is not at hand any more", kind="CERTIFICATE")
        return [marks for chain in chains for marks in chain]

    def _name(self, leaf: x509.Certificate, sent: list[x509.Certificate], now: datetime) -> CallerName | None:
        """Return whose *leaf* is; None where no trusted authority says so, at a moment at which it was valid."""
        at = min(max(now, leaf.not_valid_before_utc), leaf.not_valid_after_utc)
        try:
            name = read_caller(leaf, self._trust_domain)
            find_chain(leaf, sent, self._verifier.trusted(), at)
        except (CertificateRejectedError, *UNREADABLE):
            return None
        return name


def _spelled(number: CertificateNumber | None) -> CertificateNumber | None:
    """Return a number with its issuer's name as we write it, in which a certificate's is compared."""
    if number is None:
        return None
    try:
        issuer = x509.Name.from_rfc4514_string(number.issuer).rfc4514_string()
    except ValueError as error:
        raise MalformedRequestError("number.issuer", "is no name as RFC 4514 writes it, such as CN=…,O=…") from error
    return CertificateNumber(number.serial, issuer)
