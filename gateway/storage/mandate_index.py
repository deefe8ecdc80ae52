"""``MandateIndex``: every mandate in memory, following the store whoever writes to it.

A thread looks several times a second whether there is a newer version, so that what is approved in one process holds in
all within a second. Whoever cannot see the mandates any more lets nobody in after a while: on old ones a caller whose
mandate has ended would still be served.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gateway.domain.agencies import Agencies
from gateway.domain.errors import StoreUnavailableError
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

POLL_SECONDS: Final = 0.1
"""A fraction of the second within which a change must hold everywhere; open streams are judged twice in it."""


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
        self._poll_seconds = poll_seconds
        self._agencies = Agencies((), "")
        self._newest = 0
        self._seen_at = float("-inf")
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

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

    def start(self) -> None:
        """Begin to follow the store."""
        self._thread = threading.Thread(target=self._follow, name="mandate-index", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Stop following; the thread has ended when this returns."""
        self._stopping.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

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

    def _follow(self) -> None:
        failing = False
        while not self._stopping.wait(self._poll_seconds):
            try:
                self.load()
            except Exception:
                # Whatever it is, the thread goes on, and nobody is let in once it has lasted.
                if not failing:
                    logger.exception("the mandates cannot be read")
                failing = True
            else:
                if failing:
                    logger.warning("the mandates can be read again, at version %d", self._newest)
                failing = False
