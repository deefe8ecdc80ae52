"""Issues anew what is near its end: the same names, a new key, each pair replaced as one.

What is revoked is not renewed, and neither is what another authority issued. Authorities are not renewed: a new one is
a change of roots (``certs/README.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509

from gateway.security.issued import (
    Kind,
    Known,
    issued_by,
    issuing_of,
    known_certificates,
    read_revocations,
    why_revoked,
)
from gateway.security.key_pairs import PairFiles, locked
from gateway.security.pki import ALWAYS_NAMED, PkiError, issue_client, issue_server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Renewal:
    """What became of the certificates that are near their end, by name."""

    renewed: Mapping[str, PairFiles]
    left: Mapping[str, str]
    """Those that were not renewed, and why not."""


def renew(folder: Path, within: timedelta, days: int, now: datetime) -> Renewal:
    """Renew every leaf in use that ends within *within*, or has ended.

    Killed in between, it leaves each pair as it was or renewed; the next run does the rest.

    Args:
        folder: Of ``pki.init_authority``.
        within: How near the end must be.
        days: Lifetime of the new ones.
        now: The present.

    Raises:
        PkiError: A file cannot be read or written, or the issuing authority ends before the new ones would.
    """
    try:
        with locked(folder):
            return _renew(folder, within, days, now)
    except OSError as error:
        raise PkiError(f"{folder}: {error.strerror}") from error


def _renew(folder: Path, within: timedelta, days: int, now: datetime) -> Renewal:
    known = known_certificates(folder)
    due = [each for each in known if each.file is not None and each.kind is not Kind.AUTHORITY]
    due = [each for each in due if each.ends_within(within, now)]
    renewed: dict[str, PairFiles] = {}
    left: dict[str, str] = {}
    issuing = issuing_of(known)
    for each in due:
        if each.kind is Kind.OTHER or not issued_by(each.certificate, issuing):
            left[each.name] = "another authority issued it"
        elif why := why_revoked(each, issuing, read_revocations(folder)):
            left[each.name] = why
        else:
            renewed[each.name] = _issue(folder, each, days, now)
    return Renewal(renewed, left)


def _issue(folder: Path, known: Known, days: int, now: datetime) -> PairFiles:
    if known.kind is Kind.SERVER:
        return issue_server(folder, _further_names(known.certificate), days, now, force=True)
    agency, role, *holder = known.name.split("/")
    return issue_client(folder, agency, role, holder[0] if holder else None, days, now, force=True)


def _further_names(certificate: x509.Certificate) -> Sequence[str]:
    """The names of a server besides those that each has."""
    alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = alternatives.get_values_for_type(x509.DNSName)
    addresses = [str(address) for address in alternatives.get_values_for_type(x509.IPAddress)]
    return [name for name in (*hosts, *addresses) if name not in ALWAYS_NAMED]
