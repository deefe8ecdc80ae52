"""Which certificates a folder of ``pki`` knows, and in what state each of them is. It changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.security.leaf import UNREADABLE
from gateway.security.names import CallerNameError, parse_caller_name
from gateway.security.pki import PkiError
from gateway.security.revocation import RevokedError, parse_revocations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from gateway.security.revocation import Revocations


class Kind(StrEnum):
    """What a certificate is for."""

    AUTHORITY = "authority"
    SERVER = "server"
    CALLER = "caller"
    OTHER = "other"
    """A leaf that names neither a caller nor a server: no work of ``jsg pki``."""


@dataclass(frozen=True, slots=True)
class Known:
    """A certificate that the folder knows."""

    name: str
    """``root``, ``issuing``, ``server``, or the caller as ``agency/role[/holder]``."""
    kind: Kind
    certificate: x509.Certificate
    file: Path | None
    """Where it is in use; None for one that was replaced and is kept for the list only."""

    @property
    def serial(self) -> str:
        """Its serial number, hexadecimal."""
        return f"{self.certificate.serial_number:x}"

    def days_left(self, now: datetime) -> int:
        """Return the whole days until it ends; negative once it has ended."""
        return (self.certificate.not_valid_after_utc - now) // timedelta(days=1)

    def ends_within(self, span: timedelta, now: datetime) -> bool:
        """Return whether it ends within *span* of *now*, or has ended."""
        return self.certificate.not_valid_after_utc - now <= span


def known_certificates(folder: Path) -> list[Known]:
    """Return what lies in *folder*: authorities, the gateway's, callers' by name, then those that were replaced.

    Raises:
        PkiError: There is no such folder, or a file of it cannot be read.
    """
    if not folder.is_dir():
        raise PkiError(f"{folder} is not there; `jsg pki init` makes it")
    authorities = [
        Known(name, Kind.AUTHORITY, _read(folder / f"{name}.pem"), folder / f"{name}.pem")
        for name in ("root", "issuing")
        if (folder / f"{name}.pem").exists()
    ]
    files = [file for file in (folder / "server.pem", *sorted((folder / "clients").glob("*.pem"))) if file.exists()]
    used = [_leaf(_read(file), file) for file in files]
    serials = {known.serial for known in used}
    kept = [_leaf(_read(file), None) for file in sorted((folder / "issued").glob("*.pem"))]
    replaced = sorted(
        (known for known in kept if known.serial not in serials),
        key=lambda known: (known.name, known.certificate.not_valid_after_utc, known.serial),
    )
    return [*authorities, *used, *replaced]


def read_revocations(folder: Path) -> Revocations:
    """Return the list of *folder*; raises ``PkiError`` when it cannot be read: then the gateway refuses everybody."""
    path = folder / "revoked.txt"
    try:
        return parse_revocations(path.read_bytes())
    except OSError as error:
        raise PkiError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise PkiError(f"{path}: {error}; until it is mended every caller is refused") from error


def why_revoked(known: Known, issuer: x509.Certificate | None, revocations: Revocations) -> str:
    """Return why the gateway would refuse *known* by the list; empty when the list says nothing of it."""
    chain: Sequence[x509.Certificate] = (known.certificate,)
    if issuer is not None and known.kind is not Kind.AUTHORITY:
        chain = (known.certificate, issuer)
    try:
        revocations.require_good(chain)
    except RevokedError as error:
        return str(error)
    return ""


def issued_by(certificate: x509.Certificate, issuer: x509.Certificate | None) -> bool:
    """Return whether *issuer* signed *certificate*; False when there is none."""
    if issuer is None:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def issuing_of(known: Sequence[Known]) -> x509.Certificate | None:
    """Return the certificate of the issuing authority; None where the folder has none."""
    return next((each.certificate for each in known if each.name == "issuing"), None)


def _leaf(certificate: x509.Certificate, file: Path | None) -> Known:
    try:
        kind, name = next(_names(certificate))
    except UNREADABLE:
        kind, name = Kind.OTHER, ""
    return Known(name or certificate.subject.rfc4514_string(), kind, certificate, file)


def _names(certificate: x509.Certificate) -> Iterator[tuple[Kind, str]]:
    """What it is for and how it is called, the best reading first."""
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        for uri in alternatives.get_values_for_type(x509.UniformResourceIdentifier):
            yield Kind.CALLER, parse_caller_name(uri, uri.removeprefix("spiffe://").partition("/")[0]).short
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        if ExtendedKeyUsageOID.SERVER_AUTH in purposes:
            yield Kind.SERVER, "server"
    except (x509.ExtensionNotFound, CallerNameError):
        pass
    yield Kind.OTHER, ""


def _read(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())[0]
    except OSError as error:
        raise PkiError(f"{file}: {error.strerror}") from error
    except UNREADABLE as error:
        raise PkiError(f"{file} holds no PEM certificate that can be read: {error}") from error
