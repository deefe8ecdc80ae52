"""Who is calling: the client certificate of the connection, and nothing that a request says.

An officer is somebody at the caller, for whom an assertion of the caller's may speak; it changes nothing of who calls.
"""

from __future__ import annotations

import hashlib
import ssl
from functools import lru_cache
from typing import TYPE_CHECKING

from gateway.domain.call_record import CallerSeen
from gateway.domain.errors import CertificateRejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.officers import AssertedOfficer
    from gateway.rpc.begun import Context
    from gateway.services.ports.identity import OfficerVerifier, PeerVerifier, SignedCall
    from gateway.services.ports.mandates import Callers

    Auth = Mapping[str, Iterable[bytes]]
    """``context.auth_context()``."""
    PeerOf = Callable[[Context], tuple[Auth, str]]
    """Returns what the handshake says of who calls, and its address; empty where there was no handshake."""

TLS_VERSION = "TLSv1.3"


def handshaken(context: Context) -> tuple[Auth, str]:
    """Return what gRPC's own handshake says of who calls, and the address; nothing else that the call brings counts."""
    return context.auth_context(), context.peer()


class Identity:
    """Tells who the peer of a connection is, anew on every call."""

    def __init__(
        self, verifier: PeerVerifier, callers: Callers, officers: OfficerVerifier, peer_of: PeerOf = handshaken
    ) -> None:
        self._verifier = verifier
        self._callers = callers
        self._officers = officers
        self.peer_of = peer_of
        """Reads what the handshake says, ours or that of the proxy before us."""

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
        """Return the mandate of the caller, in force or not.

        Raises:
            CallerUnknownError: The certificate names none of ours.
            StoreUnavailableError: The mandates have not been seen for too long.
        """
        return self._callers.find(seen.agency, seen.role, seen.identity)

    def officer(self, assertion: str, call: SignedCall) -> AssertedOfficer:
        """Return the officer for whom *assertion* speaks; raises ``OfficerAssertionRejectedError``."""
        return self._officers.verify(assertion, call)


def unidentified(auth: Auth, peer: str) -> CallerSeen:
    """Return what can be recorded of a peer whose certificate was rejected: which one it is, no name that it claims.

    Its key was proved in the handshake: so whose it was can be found out, and what else was tried with it.
    """
    return CallerSeen(
        certificate=_fingerprint(b"".join(auth.get("x509_pem_cert", ()))),
        peer=peer,
        tls=_text(auth, "ssl_tls_version"),
        group=_text(auth, "ssl_negotiated_key_exchange_group"),
    )


@lru_cache(maxsize=1024)
def _fingerprint(leaf_pem: bytes) -> str:
    """Return the SHA-256 of a certificate's DER form; empty for what is none. Every call asks, most of them again."""
    try:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(leaf_pem.decode("ascii"))).hexdigest()
    except ValueError:
        return ""


def _text(auth: Auth, key: str) -> str:
    return b"".join(auth.get(key, ())).decode("ascii", "replace")
