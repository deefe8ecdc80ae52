"""Revoking a certificate: one person suffices to stop, nothing takes it back, and nobody locks out himself unawares."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.revoked_certificates import Revoked, require_may_revoke, require_own_is_meant
from gateway.services.ports.facts import Submission

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.revoked_certificates import NamedCertificate, RevocationReason
    from gateway.services.ports.revocations import CertificateReader, RevocationStore


@dataclass(frozen=True, slots=True)
class Revoker:
    """Who revokes, and by which request."""

    request_id: str
    digest: str
    """SHA-256 of the request, hexadecimal."""
    agency: Agency
    holder: str
    certificate: str
    """SHA-256 of the certificate of the call, hexadecimal."""
    officer: str
    at: datetime

    @property
    def name(self) -> str:
        """``agency/role[/holder]``."""
        return "/".join(part for part in (self.agency.agency_id, self.agency.role.value, self.holder) if part)


@dataclass(frozen=True, slots=True)
class Order:
    """Which certificate is to be revoked, and why."""

    certificate: NamedCertificate | bytes
    """As it was named, or the certificate itself in PEM."""
    reason: RevocationReason
    document_number: str
    own_certificate: str
    """What the request says is the certificate of the call; empty when it says nothing."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    revision: int
    """The newest data revision then."""
    revoked: Revoked
    already: bool
    """It was revoked before, as ``revoked`` says."""
    own: bool
    """It is that of the call, or stands above it."""


class RevokeCertificate:
    """Takes revocations, and tells of them."""

    def __init__(self, store: RevocationStore, reader: CertificateReader, writer: str) -> None:
        self._store = store
        self._reader = reader
        self._writer = writer

    async def __call__(self, who: Revoker, order: Order) -> Done:
        """Revoke a certificate. Call it on the event loop that answers.

        Raises:
            MalformedRequestError: It cannot be read; or it is that of the call, and the request does not say so.
            FieldNotInMandateError: The caller may not revoke it.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        meant = order.certificate
        named = self._reader.read(meant, who.at) if isinstance(meant, bytes) else self._reader.recognised(meant)
        require_may_revoke(who.agency, named)
        own = named.is_one_of(self._reader.presented(who.certificate))
        require_own_is_meant(own=own, said=order.own_certificate, calling=who.certificate)

        def decide(number: int) -> Revoked:
            return Revoked(
                number=number,
                certificate=named,
                reason=order.reason,
                document_number=order.document_number,
                at=who.at,
                by=who.name,
                officer=who.officer,
            )

        submission = Submission(who.request_id, 0, who.digest, "", who.agency.agency_id, self._writer, who.at, rows=())
        revision, revoked, already = await asyncio.to_thread(self._store.add, submission, named, decide)
        return Done(revision, revoked, already, own)

    async def listed(self, agency: str = "") -> list[Revoked]:
        """Return what is revoked, the newest first; of one agency where one is named.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        found = await asyncio.to_thread(self._store.after, 0)
        return [each for each in reversed(found) if agency in {"", each.certificate.agency}]

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds a write. Blocking."""
        self._store.mark_recorded(request_id, through, number)
