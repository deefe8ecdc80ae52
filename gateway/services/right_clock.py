"""Whether what a node does now may bear its time: not while its clock is off the store's by more than clocks may be.

A wrong clock makes an answer doubtful, and the next answer is right again. What is stored keeps its time: a commit of
tomorrow would put every later one of any node at tomorrow, because revisions are in the order of their times, and who
asks what was known at a moment would be told less than was known. So nothing is stored meanwhile, nothing that is due
by the clock is done, and no silence is evidence. Where the store is this machine's own, there is one clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from datetime import timedelta

    from gateway.services.ports.leases import Lease
    from gateway.services.ports.register import Register

KIND: Final = "CLOCK"
"""In the metadata of a refusal, where other kinds are those of the database's errors."""


class RightClock:
    """This node's clock against its store's, as the register compares them."""

    def __init__(self, register: Register, limit: timedelta) -> None:
        """Take what compares, and by how much clocks may be apart (``clock_skew_seconds``)."""
        self._register: Final = register
        self._limit: Final = limit.total_seconds()

    def holds(self) -> bool:
        """Return whether the clock is right."""
        return abs(self._register.clock_skew()) <= self._limit

    def require(self) -> None:
        """Go on only while the clock is right.

        Raises:
            StoreUnavailableError: It is not. Another node may take what this one refuses.
        """
        if not self.holds():
            raise StoreUnavailableError("nothing is stored while this node's clock is off the store's", kind=KIND)


class RightClockLease:
    """A lease that is held under a right clock only, and given back under another, so that another node takes it."""

    def __init__(self, lease: Lease, clock: RightClock) -> None:
        self._lease: Final = lease
        self._clock: Final = clock

    def hold(self) -> bool:
        """Take or prolong it; see the port ``Lease``."""
        if self._clock.holds():
            return self._lease.hold()
        self._lease.give_back()
        return False

    def give_back(self) -> None:
        """Let another have it; see the port."""
        self._lease.give_back()
