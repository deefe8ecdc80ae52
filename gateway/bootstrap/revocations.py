"""The certificates that are revoked at the gateway, of one serving process: where they are kept, and as they stand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gateway.bootstrap.config import StartError
from gateway.storage.content import ContentError
from gateway.storage.revoked_certificates import SqlRevocationStore
from gateway.storage.revoked_index import RevokedIndex

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from gateway.services.ports.register import Clock
    from gateway.settings.gateway_file import GatewaySettings


class Revocations:
    """Where revocations are kept, and as they stand in memory; they get old like mandates, which lie beside them."""

    def __init__(self, settings: GatewaySettings, engine: Engine, clock: Clock) -> None:
        self.store = SqlRevocationStore(engine)
        self.index = RevokedIndex(self.store, clock, settings.limits.mandates_stale_after)

    async def start(self) -> None:
        """Read what is revoked, before anybody is let in, and follow it.

        Raises:
            StartError: What is stored cannot be used.
            StoreUnavailableError: The store failed.
        """
        try:
            await asyncio.to_thread(self.index.load)
        except ContentError as error:
            raise StartError(f"the revocations in the store: {error}") from error
        self.index.start()
