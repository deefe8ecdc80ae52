"""When the gateway's certificates, the authorities and the list of revocations end, as they lie on the disk.

What has ended is told like what has not: whether that is a fault is for ``tls`` and ``peer``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509

from gateway.domain.status import Ends
from gateway.security.revocation import parse_revocations

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path


def read_ends(certificate: Path, ca_bundle: Path, revoked: Path, stale_after: timedelta | None, now: datetime) -> Ends:
    """Return the ends of the three files; a file that cannot be used is named and has none.

    Args:
        certificate: PEM, the leaf and what is behind it.
        ca_bundle: PEM, the trusted authorities.
        revoked: The list, as ``revocation`` reads it.
        stale_after: Age of the list's file at which it is out of date; None for no limit but its own dates.
        now: The present.
    """
    leaf, authorities = _ends_of(certificate), _ends_of(ca_bundle)
    unreadable = [file.name for file, ends in ((certificate, leaf), (ca_bundle, authorities)) if not ends]
    written = until = None
    try:
        listed = parse_revocations(revoked.read_bytes())
        written = datetime.fromtimestamp(revoked.stat().st_mtime, UTC)
    except (OSError, ValueError):
        unreadable.append(revoked.name)
    else:
        dates = (listed.until, written + stale_after if stale_after is not None else None)
        until = min((date for date in dates if date is not None), default=None)
    return Ends(
        certificate=min(leaf, default=None),
        authority=max(authorities, default=None),
        next_authority=min((end for end in authorities if end > now), default=None),
        revocations_written=written,
        revocations=until,
        unreadable=tuple(unreadable),
    )


def _ends_of(file: Path) -> list[datetime]:
    try:
        return [each.not_valid_after_utc for each in x509.load_pem_x509_certificates(file.read_bytes())]
    except (OSError, ValueError):
        return []
