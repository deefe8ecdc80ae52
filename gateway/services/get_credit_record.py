"""What is on record about one enterprise: for HRSS all of it at any moment, for deciding systems what weighs now.

Police, procuratorate and courts are told besides what has ended, under a document of their approval (I-60). Read from
the store at one revision, so that a moment of knowledge in the past is answered as it was known then. A listing that
ended is shown to no deciding system (C-13), and one that is void, or not yet delivered, to HRSS alone.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.domain import timeline
from gateway.domain.disclosure.kinds import class_of_fact
from gateway.domain.disclosure.words import FieldClass
from gateway.domain.grade_outlook import grade_at
from gateway.domain.listings import ListingState, state_at
from gateway.domain.records import Dossier
from gateway.domain.withdrawals import Withdrawal, standing_facts
from gateway.services.identify import match_of, require_conforming

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from gateway.domain.disclosure.sight import Sight
    from gateway.domain.grades import Grade
    from gateway.domain.grounds import Ground
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.listings import Listing
    from gateway.domain.policy import Policy
    from gateway.domain.vocabulary import MatchQuality
    from gateway.services.identify import NamedParty
    from gateway.services.ports.register import History, Register


_LIFTED: Final = frozenset({ListingState.STAYED, ListingState.HIDDEN, ListingState.REPAIR_SHOWN})
_ENDED: Final = frozenset({ListingState.REPAIRED, ListingState.EXPIRED}) | _LIFTED
"""States of a listing that weighed and does not; void is none of them, because it never weighed."""


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """A record as far as the caller sees it.

    ``facts`` is for those who are told what has ended, ``grounds`` for everybody else; the other is empty.
    """

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
        self, sight: Sight, party: NamedParty, as_of: datetime, known_at: datetime | None
    ) -> CreditRecord:
        """Return the record at *as_of*; of an enterprise nobody knows, an empty one.

        Records of a class that *sight* does not reach are left out; what is left out of each is not done here.
        *known_at* is the moment of knowledge, None the present. That the caller may ask about both has been checked.

        Raises:
            MalformedRequestError: The code fails its standard and nobody knows it.
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._read, sight, party, as_of, known_at)

    def _read(self, sight: Sight, party: NamedParty, moment: datetime, known_at: datetime | None) -> CreditRecord:
        revision = self._register.revision if known_at is None else self._history.revision_at(known_at)
        dossier = self._history.dossier(party.uscc, revision)
        if dossier is None:
            require_conforming(party)
        match = match_of(party, dossier)
        dossier = dossier or Dossier(party.uscc)
        standing, _ = timeline.build(dossier, self._policy.grade_rules).at(moment)
        full, ended = sight.whole, sight.sees(FieldClass.ENDED)
        facts = dossier.facts if full else _held(dossier.facts, civil_date(moment), sight) if ended else ()
        return CreditRecord(
            dossier=dossier,
            match=match,
            grade=standing.grade,
            other_grades=tuple(grade_at(rules, dossier, moment) for rules in self._policy.shown_grades if full),
            listings=tuple(x for x in dossier.listings if full or _shown(state_at(x, moment), sight)),
            facts=tuple(facts),
            grounds=() if full or ended else standing.grounds,
            revision=revision,
            as_of=moment,
        )


def _shown(state: ListingState, sight: Sight) -> bool:
    if not sight.sees(FieldClass.LISTING):
        return False
    return state is ListingState.IN_FORCE or (state in _ENDED and sight.sees(FieldClass.ENDED))


def _held(facts: tuple[Fact, ...], day: date, sight: Sight) -> Iterable[Fact]:
    """Yield the facts that hold or held by *day* and are of a class that is seen, as withdrawals left them.

    What is void never held. A fact with a gap comes once for each stretch.
    """
    void = {fact.target_id for fact in facts if isinstance(fact, Withdrawal) and fact.holds_until is None}
    for fact in standing_facts(facts):
        begins: date | None = getattr(fact, fact.begins)
        ahead = begins is not None and begins > day
        if sight.sees(class_of_fact(fact)) and not ahead and fact.record_id not in void:
            yield fact
