"""What is due by the clock is done by one process of all nodes: whoever holds the lease of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gateway.services.ports.leases import Lease


def while_held(lease: Lease, look: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """Return what does *look* while this process holds *lease*, which it takes and prolongs, and nothing otherwise."""

    async def held() -> None:
        if await asyncio.to_thread(lease.hold):
            await look()

    return held
