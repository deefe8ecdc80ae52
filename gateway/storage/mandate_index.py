"""``MandateIndex``: every mandate in memory, following the store whoever writes to it.

What is approved in one process holds in all within a second (``following``). Whoever cannot see the mandates any more
lets nobody in after a while: on old ones a caller whose mandate has ended would still be served.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.domain.agencies import Agencies
from gateway.domain.errors import StoreUnavailableError
from gateway.storage.following import POLL_SECONDS, Following
from gateway.storage.mandate_content import write_mandate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta

    from gateway.domain.agencies import Agency
    from gateway.domain.mandates import CallerKey, Frame, MandateVersion
    from gateway.domain.officers import OfficerKey
    from gateway.services.ports.mandates import MandateStore
    from gateway.services.ports.register import Clock

logger = logging.getLogger(__name__)


class UnfitMandateError(ValueError):
    """A mandate that is stored does not fit this gateway; the text says whose, which key, and why."""


class MandateIndex:
    """The port ``Callers``. ``load`` it, then ``start`` it; ``stop`` it at the end."""

    def __init__(
        self,
        store: MandateStore,
        clock: Clock,
        frame: Frame,
        stale_after: timedelta,
        *,
        officer_keys: Mapping[CallerKey, tuple[OfficerKey, ...]] | None = None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        """Follow *store*.

        Args:
            store: Where mandates are kept.
            clock: By its boot clock mandates get old.
            frame: What every mandate must fit into.
            stale_after: How long the mandates hold that were last seen to be the newest.
            officer_keys: Keys that speak for a caller's officers; they are of the configuration, whatever the mandate.
            poll_seconds: How often to look.
        """
        self._officer_keys = officer_keys or {}
        self._store = store
        self._clock = clock
        self._frame = frame
        self._stale_seconds = stale_after.total_seconds()
        self._agencies = Agencies((), "")
        self._newest = 0
        self._seen_at = float("-inf")
        following = Following("mandates", self.load, poll_seconds)
        self.start = following.start
        self.stop = following.stop

    @property
    def version(self) -> int:
        """Number of the newest version that holds here; 0 before ``load``."""
        return self._newest

    def find(self, agency_id: str, role: str, identity: str = "") -> Agency:
        """Return the mandate of an agency in a role; see the port."""
        return self._fresh().find(agency_id, role, identity)

    def __iter__(self) -> Iterator[Agency]:
        return iter(self._fresh())

    def fault(self) -> str:
        """Return why nobody is let in now; empty when the mandates are known."""
        age = self._clock.boot_seconds() - self._seen_at
        return "" if age <= self._stale_seconds else f"the mandates were last seen {age:.1f} s ago"

    def load(self) -> None:
        """Read the mandates. Blocking.

        Raises:
            StoreUnavailableError: The database failed.
            ContentError, MandateError, UnfitMandateError: A mandate cannot be understood, contradicts another, or does
                not fit this gateway.
        """
        seen_at = self._clock.boot_seconds()
        if self._store.newest() != self._newest:
            self._take()
        self._seen_at = seen_at

    def _fresh(self) -> Agencies:
        if self._clock.boot_seconds() - self._seen_at > self._stale_seconds:
            raise StoreUnavailableError("the mandates cannot be read", kind="STALE_MANDATES")
        return self._agencies

    def _take(self) -> None:
        versions = self._store.current()
        content = hashlib.sha256()
        for version in versions:
            fault = self._frame.fault(version.mandate)
            if fault is not None:
                raise UnfitMandateError(f"the mandate of {'/'.join(version.caller)}: {fault[0]}: {fault[1]}")
            content.update(write_mandate(version.mandate).encode() + b"\n")
        # One assignment: whoever asks meanwhile sees all of the old or all of the new.
        self._agencies = Agencies([self._with_keys(version) for version in versions], content.hexdigest())
        before, self._newest = self._newest, max((version.mandate.version for version in versions), default=0)
        logger.info("the mandates hold at version %d, after version %d", self._newest, before)

    def _with_keys(self, version: MandateVersion) -> Agency:
        return replace(version.mandate, officer_keys=self._officer_keys.get(version.caller, ()))
