"""``RevokedIndex``: every revoked certificate in memory, following the store whoever writes to it.

What is revoked through one process is refused by all within a second. Whoever cannot see the revocations any more lets
nobody in after a while: on an old list a revoked certificate would still be served.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import StoreUnavailableError
from gateway.domain.revoked_certificates import RevokedSet
from gateway.storage.following import POLL_SECONDS, Following

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from gateway.domain.revoked_certificates import Revoked
    from gateway.services.ports.register import Clock
    from gateway.services.ports.revocations import RevocationStore

_log: Final = logging.getLogger(__name__)


class RevokedIndex:
    """The port ``StandingRevocations``. ``load`` it, then ``start`` it; ``stop`` it at the end."""

    def __init__(
        self, store: RevocationStore, clock: Clock, stale_after: timedelta, poll_seconds: float = POLL_SECONDS
    ) -> None:
        """Follow *store*; what was last seen to be the newest holds for *stale_after*, by the clock's boot clock."""
        self._store = store
        self._clock = clock
        self._stale_seconds = stale_after.total_seconds()
        self._revoked: tuple[Revoked, ...] = ()
        self._set = RevokedSet()
        self._seen_at = float("-inf")
        self._looking = threading.Lock()
        following = Following("revocations", self.load, poll_seconds)
        self.start = following.start
        self.stop = following.stop

    def current(self) -> RevokedSet:
        """Return what is revoked; see the port."""
        if self.fault():
            raise StoreUnavailableError("the revocations cannot be read", kind="STALE_REVOCATIONS")
        return self._set

    def fault(self) -> str:
        """Return why nobody is let in now; empty when the revocations are known."""
        age = self._clock.boot_seconds() - self._seen_at
        return "" if age <= self._stale_seconds else f"the revocations were last seen {age:.1f} s ago"

    def figures(self) -> tuple[int, datetime | None]:
        """Return how many certificates are revoked as far as is known here, and when the last one was."""
        revoked = self._revoked
        return len(revoked), revoked[-1].at if revoked else None

    def load(self) -> None:
        """Read what is new. Blocking.

        Raises:
            StoreUnavailableError: The database failed.
            ContentError: A revocation cannot be understood; nothing is taken over, and what is known gets old.
        """
        with self._looking:
            seen_at = self._clock.boot_seconds()
            known = self._revoked[-1].number if self._revoked else 0
            if self._store.newest() != known:
                self._take(known)
            self._seen_at = seen_at

    def _take(self, known: int) -> None:
        new = self._store.after(known)
        self._revoked = (*self._revoked, *new)
        # One assignment: whoever asks meanwhile sees all of the old or all of the new.
        self._set = RevokedSet.of(each.certificate for each in self._revoked)
        for each in new:
            whose = f"{each.certificate.agency}/{each.certificate.role}" if each.certificate.agency else "nobody known"
            _log.info("certificate revoked, number %d: %s of %s", each.number, each.reason.name, whose)
