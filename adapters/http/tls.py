"""TLS of the side-car: its own certificate, clients of the right authorities, and none that was revoked.

The list of revoked clients (a CRL, PEM) is looked at before every handshake and every request: a new one is used from
then on, and a connection that was made under an earlier one ends with its next request. Fail closed: a list that is not
there, cannot be read, was not issued by an authority of the clients, or is out of date lets nobody in.
"""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from adapters.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_END: Final = b"-----END X509 CRL-----"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ClientFiles:
    """What a side-car needs to speak TLS, all PEM.

    Attributes:
        certificate: Chain of its own certificate.
        key: Its key.
        authorities: Certificates of the authorities that issue the clients' certificates, and sign what is revoked.
        revocations: Their lists of what is revoked, one or more.
    """

    certificate: Path
    key: Path
    authorities: Path
    revocations: Path


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of the lists: the file as it was, and what is to be made of it."""

    file: tuple[int, int, int]
    context: ssl.SSLContext | None
    until: datetime


_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ClientTls:
    """What every connection has to pass; may be shared by threads."""

    def __init__(self, files: ClientFiles, clock: Callable[[], datetime]) -> None:
        """Read everything.

        Args:
            files: The files; *revocations* alone is read again, whenever it changes.
            clock: Returns our present, UTC.

        Raises:
            SettingsError: A file cannot be used, or the list is out of date; the message names it.
        """
        self._files = files
        self._clock = clock
        self._lock = Lock()
        file = _identity(files)
        until = _ends(files, clock())
        self._read = _Read(file, self._context(revocations=True), until)
        self.front = self._context(revocations=False)
        """What connections are accepted with; it lets nobody in unless the list that is used now does."""
        self.front.sni_callback = self._choose

    def current(self) -> ssl.SSLContext | None:
        """Return what a connection must have been made under to be good now; None: nobody is let in."""
        with self._lock:
            file = _identity(self._files, missing=(0, 0, 0))
            if file != self._read.file:
                self._read = self._again(file)
            found = self._read
        return found.context if self._clock() < found.until else None

    def _again(self, file: tuple[int, int, int]) -> _Read:
        try:
            until = _ends(self._files, self._clock())
            return _Read(file, self._context(revocations=True), until)
        except SettingsError as error:
            _log.error("no client is let in: %s", error)
            return _Read(file, None, _NEVER)

    def _choose(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> int | None:
        found = self.current()
        if found is None:
            return int(ssl.AlertDescription.ALERT_DESCRIPTION_ACCESS_DENIED)
        connection.context = found
        return None

    def _context(self, *, revocations: bool) -> ssl.SSLContext:
        files = self._files
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.verify_mode = ssl.CERT_REQUIRED
        # Whoever is named is trusted, and not whoever else the same root certifies.
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN | ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
        # A session that is taken up again would not show its certificate again.
        context.num_tickets = 0
        try:
            context.load_cert_chain(files.certificate, files.key)
            context.load_verify_locations(files.authorities)
            if revocations:
                context.load_verify_locations(files.revocations)
        except (OSError, ssl.SSLError) as error:
            named = ", ".join(str(each) for each in (files.certificate, files.key, files.authorities))
            raise SettingsError(f"{named}, {files.revocations}: cannot be used: {error}") from error
        return context


def _identity(files: ClientFiles, missing: tuple[int, int, int] | None = None) -> tuple[int, int, int]:
    """Return what changes when the list is replaced; *missing* when it is not there."""
    try:
        found = files.revocations.stat()
    except OSError as error:
        if missing is not None:
            return missing
        raise SettingsError(f"{files.revocations}: {error.strerror}") from error
    return found.st_mtime_ns, found.st_size, found.st_ino


def _ends(files: ClientFiles, now: datetime) -> datetime:
    """Hold the lists against their authorities and the present, and return when the first of them ends.

    Raises:
        SettingsError: There is none, or one that cannot be used now.
    """
    file = files.revocations
    try:
        authorities = x509.load_pem_x509_certificates(files.authorities.read_bytes())
        parts = file.read_bytes().split(_END)
        lists = [x509.load_pem_x509_crl(part + _END) for part in parts[:-1]]
    except OSError as error:
        raise SettingsError(f"{error.filename}: {error.strerror}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{file}: it is no list of revoked certificates in PEM: {error}") from error
    if not lists or parts[-1].strip():
        raise SettingsError(f"{file}: one list of revoked certificates or more is expected, in PEM, and nothing else")
    for each in lists:
        if not any(_signed_by(each, authority) for authority in authorities):
            raise SettingsError(f"{file}: a list is not signed by any of {files.authorities}")
        ends = each.next_update_utc
        if ends is None or not each.last_update_utc <= now < ends:
            raise SettingsError(f"{file}: a list is not of the present: {each.last_update_utc} to {ends}")
    return min(each.next_update_utc for each in lists if each.next_update_utc is not None)


def _signed_by(revoked: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    key = authority.public_key()
    if authority.subject != revoked.issuer or not isinstance(key, EllipticCurvePublicKey | RSAPublicKey):
        return False
    try:
        return revoked.is_signature_valid(key)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
