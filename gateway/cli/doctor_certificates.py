"""The doctor's looks at certificates: the gateway's, the authorities', the list of revocations, callers'.

Each says when what it looks at ends, and names it broken only when it does not work now.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509

from gateway.domain.errors import CallerUnknownError, CertificateRejectedError, MandateNotInForceError
from gateway.security.leaf import UNREADABLE
from gateway.security.peer import CLOCKS_DIFFER, CertificateVerifier
from gateway.security.revocation import RevokedError, SerialNumbers, parse_revocations
from gateway.security.tls import check_material

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.bootstrap.config import Config
    from gateway.domain.agencies import Agencies
    from gateway.settings.client_file import ClientFile

Finding = tuple[str, bool, str]
"""(link, sound, what was found)."""


def server_certificate(config: Config) -> Iterable[Finding]:
    """Look at the key material as the gateway would at its start."""
    tls = config.settings.tls
    try:
        pem, key, bundle = (path.read_bytes() for path in (tls.certificate, tls.key, tls.ca_bundle))
    except OSError as error:
        yield "gateway's certificate", False, str(error)
        return
    faults = check_material(pem, key, bundle, datetime.now(UTC))
    yield (
        "gateway's certificate",
        not faults,
        "; ".join(faults) or _validity(x509.load_pem_x509_certificates(pem), config.settings.watch.soon),
    )


def authorities(config: Config) -> Iterable[Finding]:
    """Look at each authority that is trusted; one that is over is broken only when there is no other."""
    path = config.settings.tls.ca_bundle
    try:
        trusted = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, *UNREADABLE) as error:
        yield "authorities", False, f"{path}: {error}"
        return
    now = datetime.now(UTC)
    said = "; ".join(
        f"{each.subject.rfc4514_string()} {_validity([each], config.settings.watch.soon)}" for each in trusted
    )
    yield "authorities", any(each.not_valid_after_utc > now for each in trusted), said


def revocations(config: Config) -> Iterable[Finding]:
    """Look at the list: readable, of this age, and what it holds."""
    tls, now = config.settings.tls, datetime.now(UTC)
    try:
        listed = parse_revocations(tls.revoked.read_bytes())
        listed.require_current(now)
        age = now - datetime.fromtimestamp(tls.revoked.stat().st_mtime, UTC)
    except (OSError, ValueError, RevokedError) as error:
        yield "revocations", False, f"{tls.revoked}: {error}: every caller is refused"
        return
    held = f"{listed.count} serial numbers" if isinstance(listed, SerialNumbers) else "signed lists"
    limit = tls.revoked_stale_after
    said = f"{held}, written {_span(age)} ago" + (f", at most {_span(limit)}" if limit else "")
    if limit is not None and not -CLOCKS_DIFFER <= age <= limit:
        wrong = "out of date" if age > limit else "dated ahead"
        yield "revocations", False, f"{said}: {wrong}, every caller is refused"
    else:
        yield "revocations", True, said


def caller(config: Config, agencies: Agencies, client: ClientFile, who: str) -> Finding:
    """Look at one caller's certificate as the gateway would: chain, name, usage, time, mandate and its validity."""
    now = datetime.now(UTC)
    file = client.certificates / f"{who}.pem"
    try:
        pem = file.read_bytes()
        tls = config.settings.tls
        leaf, chain = _split(pem)
        verifier = CertificateVerifier(
            config.settings.trust_domain, tls.ca_bundle, tls.revoked, stale_after=tls.revoked_stale_after
        )
        named = verifier.verify(leaf, chain, now)
        agency = agencies.find(named.agency, named.role, named.identity)
        agency.require_in_force(now)
    except CertificateRejectedError as error:
        return f"caller {who}", False, error.message
    except CallerUnknownError as error:
        return f"caller {who}", False, f"no mandate: {error.message}: {error.metadata['identity']}"
    except MandateNotInForceError as error:
        bound = error.metadata.get("valid_until") or error.metadata["valid_from"]
        return f"caller {who}", False, f"{error.metadata['why']}: {error.message}: {bound}"
    except (OSError, ValueError) as error:
        return f"caller {who}", False, str(error)
    granted = ", ".join(sorted(area.name for area in agency.areas)) or "no area"
    until = _validity(x509.load_pem_x509_certificates(pem), config.settings.watch.soon)
    return f"caller {who}", True, f"{until}; {granted}"


def _validity(chain: list[x509.Certificate], soon: timedelta) -> str:
    """Say when the first of *chain* to end does: a leaf is worth no more than what stands behind it.

    That it ends within *soon* is told.
    """
    first = min(chain, key=lambda certificate: certificate.not_valid_after_utc)
    until = first.not_valid_after_utc
    through = "" if first is chain[0] else f" through {first.subject.rfc4514_string()}"
    left = until - datetime.now(UTC)
    if left < timedelta():
        return f"ended {until:%Y-%m-%d}{through}"
    warned = f" — SOON, in {left.days} days" if left < soon else ""
    return f"valid until {until:%Y-%m-%d}{through}{warned}"


def _span(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"


def _split(pem: bytes) -> tuple[bytes, bytes]:
    """Return leaf and intermediates of a PEM file."""
    end = b"-----END CERTIFICATE-----\n"
    leaf, _, chain = pem.partition(end)
    return leaf + end, chain
