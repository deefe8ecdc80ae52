"""Who is calling: the client certificate of the connection, and nothing that a request says.

An officer is somebody at the caller, for whom an assertion of the caller's may speak; it changes nothing of who calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.domain.call_record import CallerSeen
from gateway.domain.errors import CertificateRejectedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from gateway.domain.agencies import Agencies, Agency
    from gateway.domain.officers import AssertedOfficer
    from gateway.services.ports.identity import OfficerVerifier, PeerVerifier, SignedCall

    Auth = Mapping[str, Iterable[bytes]]
    """``context.auth_context()``."""

TLS_VERSION = "TLSv1.3"


class Identity:
    """Tells who the peer of a connection is, anew on every call."""

    def __init__(self, verifier: PeerVerifier, agencies: Agencies, officers: OfficerVerifier) -> None:
        self._verifier = verifier
        self._agencies = agencies
        self._officers = officers

    def see(self, auth: Auth, peer: str, now: datetime) -> CallerSeen:
        """Return who calls, by a certificate that passes every rule.

        Args:
            auth: What the handshake says of the peer.
            peer: ``context.peer()``: the address.
            now: The present.

        Raises:
            CertificateRejectedError: No certificate, one that fails a rule, or a TLS version other than 1.3.
        """
        tls = _text(auth, "ssl_tls_version")
        leaf = b"".join(auth.get("x509_pem_cert", ()))
        if not leaf:
            raise CertificateRejectedError("no client certificate")
        if tls != TLS_VERSION:
            raise CertificateRejectedError(f"TLS version {tls or 'unknown'}, not {TLS_VERSION}")
        chain = b"".join(auth.get("x509_pem_cert_chain", ()))
        named = self._verifier.verify(leaf, chain, now)
        return CallerSeen(
            agency=named.agency,
            role=named.role,
            holder=named.holder,
            identity=named.identity,
            certificate=named.sha256,
            peer=peer,
            tls=tls,
            group=_text(auth, "ssl_negotiated_key_exchange_group"),
        )

    def mandate(self, seen: CallerSeen) -> Agency:
        """Return the mandate of the caller; raises ``CallerUnknownError`` when the certificate names none of ours."""
        return self._agencies.find(seen.agency, seen.role, seen.identity)

    def officer(self, assertion: str, call: SignedCall) -> AssertedOfficer:
        """Return the officer for whom *assertion* speaks; raises ``OfficerAssertionRejectedError``."""
        return self._officers.verify(assertion, call)


def unidentified(auth: Auth, peer: str) -> CallerSeen:
    """Return what can be recorded of a peer whose certificate was rejected: no name that it claims."""
    return CallerSeen(
        peer=peer,
        tls=_text(auth, "ssl_tls_version"),
        group=_text(auth, "ssl_negotiated_key_exchange_group"),
    )


def _text(auth: Auth, key: str) -> str:
    return b"".join(auth.get(key, ())).decode("ascii", "replace")
