"""What is on record about one enterprise: for HRSS all of it at any moment, for deciding systems what weighs now.

Read from the store at one revision, so that a moment of knowledge in the past is answered as it was known then. A
listing that ended or is void is shown to HRSS alone (C-13).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain import timeline
from gateway.domain.grade_outlook import grade_at
from gateway.domain.listings import ListingState, state_at
from gateway.domain.records import Dossier
from gateway.services.identify import match_of, require_conforming

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.domain.grades import Grade
    from gateway.domain.grounds import Ground
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.listings import Listing
    from gateway.domain.policy import Policy
    from gateway.domain.vocabulary import MatchQuality
    from gateway.services.identify import NamedParty
    from gateway.services.ports.register import History, Register


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """A record as the caller may see it. ``facts`` is for HRSS, ``grounds`` for everybody else; the other is empty."""

    dossier: Dossier
    match: MatchQuality
    grade: Grade
    other_grades: tuple[Grade, ...]
    """For HRSS: by the schemes that do not weigh; empty for everybody else."""
    listings: tuple[Listing, ...]
    facts: tuple[Fact, ...]
    grounds: tuple[Ground, ...]
    revision: int
    as_of: datetime


class GetCreditRecord:
    """Reads records."""

    def __init__(self, register: Register, history: History, policy: Policy) -> None:
        self._register = register
        self._history = history
        self._policy = policy

    async def __call__(
        self, agency: Agency, party: NamedParty, as_of: datetime, known_at: datetime | None
    ) -> CreditRecord:
        """Return the record at *as_of*; of an enterprise nobody knows, an empty one.

        *known_at* is the moment of knowledge, None the present. That the caller may ask about both has been checked.

        Raises:
            MalformedRequestError: The code fails its standard and nobody knows it.
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._read, agency, party, as_of, known_at)

    def _read(self, agency: Agency, party: NamedParty, moment: datetime, known_at: datetime | None) -> CreditRecord:
        revision = self._register.revision if known_at is None else self._history.revision_at(known_at)
        dossier = self._history.dossier(party.uscc, revision)
        if dossier is None:
            require_conforming(party)
        match = match_of(party, dossier)
        dossier = dossier or Dossier(party.uscc)
        standing, _ = timeline.build(dossier, self._policy.grade_rules).at(moment)
        full = agency.sees_whole_records
        weighing = {ListingState.IN_FORCE}
        return CreditRecord(
            dossier=dossier,
            match=match,
            grade=standing.grade,
            other_grades=tuple(grade_at(rules, dossier, moment) for rules in self._policy.shown_grades if full),
            listings=tuple(x for x in dossier.listings if full or state_at(x, moment) in weighing),
            facts=dossier.facts if full else (),
            grounds=() if full else standing.grounds,
            revision=revision,
            as_of=moment,
        )
