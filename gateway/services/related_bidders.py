"""Looking for related bidders among the parties of one registered case (A-104). What is related is ``domain``'s."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.related_bidders import related_pairs

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.cases import CaseKey
    from gateway.domain.kinds.enterprise import EnterpriseProfile
    from gateway.domain.related_bidders import RelatedPair
    from gateway.services.cases import Cases
    from gateway.services.ports.register import History, Register


@dataclass(frozen=True, slots=True)
class Related:
    """What was found at a data revision: *unknown* are parties of which market regulation's register has no profile."""

    revision: int
    codes: tuple[str, ...]
    pairs: tuple[RelatedPair, ...]
    unknown: tuple[str, ...]


class RelatedBidders:
    """Reads relations at the revision at which questions are answered."""

    def __init__(self, cases: Cases, register: Register, history: History) -> None:
        self._cases = cases
        self._register = register
        self._history = history

    async def __call__(self, key: CaseKey, now: datetime) -> Related:
        """Return what is found among the parties of an open case at *now*.

        Raises:
            EnterpriseNotFoundError: This agency has no such case.
            StateError: It is closed.
            StoreUnavailableError: The store could not be read.
        """
        case = await self._cases.find(key)
        codes, revision = tuple(sorted(case.terms.codes)), self._register.revision
        profiles = await asyncio.to_thread(self._profiles, codes, revision, now)
        unknown = tuple(code for code in codes if code not in profiles)
        return Related(revision, codes, tuple(related_pairs(case.terms.applicants, profiles)), unknown)

    def _profiles(self, codes: tuple[str, ...], revision: int, now: datetime) -> dict[str, EnterpriseProfile]:
        today = civil_date(now)
        dossiers = ((code, self._history.dossier(code, revision)) for code in codes)
        found = ((code, dossier.profile_on(today)) for code, dossier in dossiers if dossier is not None)
        return {code: profile for code, profile in found if profile is not None}
