"""What one process of all nodes does at a time: whether it is this one, and the proof of it inside a write.

A protocol and its error; no behaviour. All of it is blocking.
"""

from __future__ import annotations

from typing import Protocol

from gateway.domain.errors import StoreUnavailableError


class LeaseLostError(StoreUnavailableError):
    """Another process holds the lease by now: nothing was stored."""


class Lease(Protocol):
    """One lease, as one process sees it. Safe from any thread."""

    def hold(self) -> bool:
        """Take the lease when nobody holds it, or prolong it; return whether this process holds it now.

        Raises:
            StoreUnavailableError: The database failed.
        """

    def give_back(self) -> None:
        """Let another process have it at once; does nothing when this one does not hold it. Raises likewise."""
