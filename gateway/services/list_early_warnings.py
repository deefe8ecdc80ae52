"""Early warnings about all enterprises, page by page in order of code: for HRSS alone, and never stored."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.early_warnings import warnings_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.prevention import EarlyWarning, EarlyWarningKind, Prevention
    from gateway.domain.records import Dossier
    from gateway.services.ports.docket import Docket

GRANT: Final = "whole_record"
"""A warning tells what is on record about an enterprise (R-02)."""
AT_ONCE: Final = 500
"""Enterprises that are read in one go."""
LOOKED_AT: Final = 5_000
"""Enterprises that one page looks at, at most about, so that it does not outlast its caller's deadline."""


@dataclass(frozen=True, slots=True)
class Warned:
    """One enterprise with its warnings, at least one."""

    uscc: str
    name: str
    """As last recorded; empty when none is."""
    warnings: tuple[EarlyWarning, ...]


@dataclass(frozen=True, slots=True)
class WarningPage:
    """Some enterprises with warnings, in order of code. ``next_after`` is empty when there are no others to look at."""

    warned: tuple[Warned, ...]
    next_after: str
    """The last code that was looked at."""
    revision: int


class ListEarlyWarnings:
    """Looks for warnings."""

    def __init__(
        self, docket: Docket, prevention: Prevention, at_once: int = AT_ONCE, looked_at: int = LOOKED_AT
    ) -> None:
        self._docket = docket
        self._prevention = prevention
        self._at_once = at_once
        self._looked_at = looked_at

    @staticmethod
    def require(agency: Agency) -> None:
        """Refuse whoever is not told whole records.

        Raises:
            FieldNotInMandateError: The mandate does not cover them.
        """
        agency.require_field(GRANT, GRANT)

    async def about(self, uscc: str, kinds: frozenset[EarlyWarningKind], now: datetime) -> WarningPage:
        """Return the warnings of some kinds, or of all when none is named, about one enterprise; none if unknown.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        revision, dossiers = await asyncio.to_thread(self._docket.dossiers, [uscc])
        return WarningPage(tuple(self._warned(dossiers, kinds, now)), "", revision)

    async def __call__(self, kinds: frozenset[EarlyWarningKind], now: datetime, after: str, size: int) -> WarningPage:
        """Return at most *size* enterprises with such warnings, of those whose code comes after *after*.

        A page ends early when many enterprises were looked at; then it may have none and still not be the last.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._page, kinds, now, after, size)

    def _page(self, kinds: frozenset[EarlyWarningKind], now: datetime, after: str, size: int) -> WarningPage:
        found: list[Warned] = []
        looked_at = 0
        while True:
            codes = self._docket.codes(after, self._at_once)
            revision, dossiers = self._docket.dossiers(codes)
            for warned in self._warned(dossiers, kinds, now):
                found.append(warned)
                if len(found) == size:
                    return WarningPage(tuple(found), warned.uscc, revision)
            if len(codes) < self._at_once:
                return WarningPage(tuple(found), "", revision)
            after = codes[-1]
            looked_at += len(codes)
            if looked_at >= self._looked_at:
                return WarningPage(tuple(found), after, revision)

    def _warned(
        self, dossiers: Iterable[Dossier], kinds: frozenset[EarlyWarningKind], now: datetime
    ) -> Iterable[Warned]:
        for dossier in dossiers:
            warnings = warnings_of(dossier, self._prevention, now)
            wanted = tuple(warning for warning in warnings if not kinds or warning.kind in kinds)
            if wanted:
                name = dossier.profiles[-1].name if dossier.profiles else ""
                yield Warned(dossier.uscc, name, wanted)
