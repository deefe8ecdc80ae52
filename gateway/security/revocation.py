"""Which certificates are revoked: a list of serial numbers or certificate revocation lists, in one file.

Fail closed: a list that cannot be read, is out of date or does not cover the issuer refuses everybody. Who decides on
a revocation, and how the file reaches this machine, is not here. OCSP is not spoken.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from gateway.security.leaf import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

SERIAL: Final = re.compile(r"[0-9A-Fa-f]{1,42}")
CRL_BEGIN: Final = b"-----BEGIN X509 CRL-----"
CRL_END: Final = b"-----END X509 CRL-----"


NEVER_CURRENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""End of a list that does not say by when the next must have come: it is out of date at any time."""


class RevokedError(Exception):
    """A chain is not acceptable now; the message is stable and short."""


class Revocations(Protocol):
    """What is revoked."""

    @property
    def until(self) -> datetime | None:
        """By when the next list must have come, UTC; None when this one says nothing of it."""

    def require_current(self, now: datetime) -> None:
        """Raise ``RevokedError`` when the list has outlived its own date."""

    def require_good(self, chain: Sequence[x509.Certificate]) -> None:
        """Raise ``RevokedError`` unless no certificate of *chain*, leaf first, is revoked."""


class SerialNumbers:
    """Serial numbers, whoever issued the certificates."""

    def __init__(self, serials: frozenset[int]) -> None:
        self._serials = serials

    @property
    def serials(self) -> frozenset[int]:
        """The serial numbers."""
        return self._serials

    @property
    def count(self) -> int:
        """How many serial numbers there are."""
        return len(self._serials)

    @property
    def until(self) -> datetime | None:
        """None: the list has no date."""
        return None

    def holds(self, serial: str) -> bool:
        """Return whether the list has this serial number, hexadecimal."""
        return int(serial, 16) in self._serials

    def require_current(self, now: datetime) -> None:
        """Do nothing: the list has no date."""

    def require_good(self, chain: Sequence[x509.Certificate]) -> None:
        """See ``Revocations``; the issuers of the chain can be revoked as well."""
        if any(certificate.serial_number in self._serials for certificate in chain):
            raise RevokedError("revoked")


class SignedLists:
    """Certificate revocation lists (RFC 5280, section 5), each signed by the authority whose certificates it names."""

    def __init__(self, lists: Sequence[x509.CertificateRevocationList]) -> None:
        self._lists = lists

    @property
    def until(self) -> datetime | None:
        """See ``Revocations``; of several lists the first."""
        return min(revoked.next_update_utc or NEVER_CURRENT for revoked in self._lists)

    def require_current(self, now: datetime) -> None:
        """See ``Revocations``; each list says when the next must have come."""
        for revoked in self._lists:
            if revoked.next_update_utc is None or revoked.next_update_utc <= now:
                raise RevokedError("revocation list out of date")

    def require_good(self, chain: Sequence[x509.Certificate]) -> None:
        """See ``Revocations``; the leaf's issuer must have a list here."""
        for place, (certificate, issuer) in enumerate(pairwise(chain)):
            named = [revoked for revoked in self._lists if revoked.issuer == issuer.subject]
            own = [revoked for revoked in named if _signed_by(revoked, issuer)]
            if place == 0 and not own:
                raise RevokedError("no revocation list of the issuer")
            if any(revoked.get_revoked_certificate_by_serial_number(certificate.serial_number) for revoked in own):
                raise RevokedError("revoked")


def parse_revocations(raw: bytes) -> Revocations:
    """Read the file.

    Args:
        raw: Either PEM certificate revocation lists, complete and direct ones; or UTF-8 text with one serial number a
            line, hexadecimal, colons allowed, and ``#`` before comments. A sound list without entries holds a comment:
            a file of zero bytes is what a full disk leaves. Between signed lists nothing stands but such comments: a
            serial number there would be passed over.

    Raises:
        ValueError: It is neither, or both.
    """
    if not raw.strip():
        raise ValueError("the list is empty; one without entries holds a comment")
    if CRL_BEGIN in raw:
        return SignedLists([_signed_list(pem) for pem in _blocks(raw)])
    lines = raw.decode("utf-8-sig").splitlines()
    return SerialNumbers(frozenset(serial for number, line in enumerate(lines, 1) for serial in _serials(number, line)))


def _serials(number: int, line: str) -> list[int]:
    text = line.partition("#")[0].strip().replace(":", "")
    if text and not SERIAL.fullmatch(text):
        raise ValueError(f"line {number} is no hexadecimal serial number")
    return [int(text, 16)] if text else []


def _blocks(raw: bytes) -> list[bytes]:
    before, *parts = raw.split(CRL_BEGIN)
    ended = [part.partition(CRL_END) for part in parts]
    for outside in (before.removeprefix(BOM_UTF8), *(after for _, _, after in ended)):
        if any(line.strip() and not line.lstrip().startswith(b"#") for line in outside.splitlines()):
            raise ValueError("beside the signed lists stands something that is no comment")
    return [CRL_BEGIN + content + end for content, end, _ in ended]


def _signed_list(pem: bytes) -> x509.CertificateRevocationList:
    try:
        revoked = x509.load_pem_x509_crl(pem)
        critical = [extension.oid.dotted_string for extension in revoked.extensions if extension.critical]
    except UNREADABLE as error:
        raise ValueError(f"a signed list cannot be read: {error}") from error
    if critical:
        raise ValueError(f"a revocation list has the critical extension {critical[0]}")
    return revoked


def _signed_by(revoked: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    return isinstance(key, EllipticCurvePublicKey | RSAPublicKey) and revoked.is_signature_valid(key)
