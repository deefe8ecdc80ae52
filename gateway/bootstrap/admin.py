"""What serves ``AdminService``: mandates, revocations and the state of the process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.bootstrap.config import frame_of
from gateway.rpc.admin import AdminServicer
from gateway.rpc.revocations import RevocationServicer
from gateway.rpc.status import StatusServicer
from gateway.security.sent_certificates import SentCertificates
from gateway.services.change_mandates import ChangeMandates
from gateway.services.revoke_certificate import RevokeCertificate

if TYPE_CHECKING:
    from gateway.bootstrap.shared import Shared
    from gateway.rpc.method import Method


def admin_methods(shared: Shared) -> list[Method]:
    """Return the methods of those who run the gateway."""
    opened, settings = shared.opened, shared.opened.config.settings
    frame = replace(frame_of(settings), register=opened.config.processing)
    change = ChangeMandates(opened.mandates.store, frame, shared.writer)
    sent = SentCertificates(opened.verifier, settings.trust_domain)
    revoke = RevokeCertificate(opened.revocations, sent, shared.writer)
    return [
        *AdminServicer(change, revoke, settings.limits.load.quota).methods(),
        *RevocationServicer(revoke).methods(),
        *StatusServicer(opened.status).methods(),
    ]
