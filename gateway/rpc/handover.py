"""Handing new key material to gRPC while it shakes hands, without pulling the old from under a handshake.

gRPC asks before every handshake, under a lock, and lets the lock go before it has taken a hold on what it was told to
use: whoever is between the two when another handshake replaces it uses memory that was freed, and the process ends
(grpc/grpc#36693). So it is told that nothing has changed for as long as nothing has, and a change waits until whoever
asked before is long past that point; whoever asks meanwhile waits for the lock. Whether material is sound is judged
elsewhere.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, cast

import grpc

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.services.ports.identity import KeyMaterial

SETTLE_SECONDS: Final = 0.2
"""A handshake needs microseconds from the answer to its hold; its thread may be kept from the processor meanwhile."""


class Handover:
    """What handshakes are made with. ``use`` is for one thread; gRPC asks in threads of its own, one at a time."""

    def __init__(self, material: KeyMaterial) -> None:
        self._wanted = self._given = _configuration(material)

    def credentials(self) -> grpc.ServerCredentials:
        """Return credentials of a server that follows; only one server may have them."""
        # The stubs know no None; gRPC's own documentation does, for what has not changed.
        changed = cast("Callable[[], grpc.ServerCertificateConfiguration]", self._changed)
        return grpc.dynamic_ssl_server_credentials(self._given, changed, require_client_authentication=True)

    def use(self, material: KeyMaterial) -> None:
        """Shake hands with *material* from now on. It must be sound: with what it cannot use gRPC goes on as before."""
        self._wanted = _configuration(material)

    def _changed(self) -> grpc.ServerCertificateConfiguration | None:
        """Return what to use from this handshake on, or None when that has not changed."""
        wanted = self._wanted
        if wanted is self._given:
            return None
        time.sleep(SETTLE_SECONDS)
        self._given = wanted
        return wanted


def _configuration(material: KeyMaterial) -> grpc.ServerCertificateConfiguration:
    return grpc.ssl_server_certificate_configuration([(material.key, material.certificate)], material.ca_bundle)
