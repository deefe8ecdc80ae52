"""Which nonces of assertions were used: each agency's apart, bounded, and forgotten once they can do no more harm."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Final

from gateway.domain.errors import OfficerAssertionRejectedError
from gateway.domain.officers import AssertionFault

KEPT_BYTES: Final = 16
"""Of a nonce's hash: what an agency writes into one decides nothing of how much is kept."""


@dataclass(slots=True)
class _Used:
    """The nonces of one agency that still live."""

    known: set[bytes] = field(default_factory=set)
    by_end: list[tuple[float, bytes]] = field(default_factory=list)
    """A heap: the one that dies first stands first."""
    forgotten_until: float = float("-inf")
    """Whether one that dies before this was used cannot be told any more."""


class UsedNonces:
    """The nonces that one process has seen used. Use it from one event loop."""

    def __init__(self, most: int) -> None:
        """Remember nothing yet; of one agency *most* at once."""
        self._most = most
        self._agencies: dict[str, _Used] = {}

    def use(self, agency: str, nonce: str, until: float, now: float) -> None:
        """Take the nonce as used; both instants are seconds since 1970.

        Args:
            agency: Whose it is.
            nonce: As it stands in the assertion.
            until: When the assertion is accepted for the last time.
            now: The present. A clock that was ahead and is put back makes nothing forgotten live again.

        Raises:
            OfficerAssertionRejectedError: It was used before, or may have been (``REPLAYED``); or too many of the
                agency's live (``NONCES_FULL``): it is refused then, and no other agency is.
        """
        used = self._agencies.setdefault(agency, _Used())
        while used.by_end and used.by_end[0][0] < now:
            used.forgotten_until, gone = heappop(used.by_end)
            used.known.discard(gone)
        kept = hashlib.sha256(nonce.encode()).digest()[:KEPT_BYTES]
        if kept in used.known or until <= used.forgotten_until:
            raise OfficerAssertionRejectedError(AssertionFault.REPLAYED)
        if len(used.known) >= self._most:
            raise OfficerAssertionRejectedError(AssertionFault.NONCES_FULL)
        used.known.add(kept)
        heappush(used.by_end, (until, kept))
