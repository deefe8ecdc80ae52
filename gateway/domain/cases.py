"""A live case of one deciding system: who takes part, by which rule records are looked at, until it is closed (A-120).

Values, and what may follow what. A case is the acts on it, only ever added; it belongs to one agency, and to nobody
else is it told that there is one. No answer is made stronger or weaker by a case: it gives the agency the right to ask
about its own cut-off (A-124), to be told of changes (A-123) and to clear its award (A-122).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gateway.domain.case_facts import CaseFacts
    from gateway.domain.vocabulary import Area, DecisionPoint

CUTOFF_BACK: Final = timedelta(days=30)
"""How far a cut-off may lie back when it is registered. A tender document fixes one between notice and end of bidding,
so that a live case has it about then or ahead; registering must be no way to ask about any past."""


class CaseCloseReason(Word):
    """Why a case is closed."""

    AWARDED = 1
    VOID = 2
    """The procedure came to nothing, such as a failed tender (流标、废标)."""
    WITHDRAWN = 3


@dataclass(frozen=True, slots=True)
class CaseKey:
    """Which case: whose, and by which numbers of its own. ``part`` is the lot (标段、包), empty where there is none."""

    agency: str
    area: Area
    case_ref: str
    part: str

    @property
    def case_id(self) -> str:
        """Its id, by which it is named elsewhere; it tells nothing of the numbers."""
        whole = f"{self.agency}\0{int(self.area)}\0{self.case_ref}\0{self.part}"
        return "case-" + hashlib.sha256(whole.encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class CaseParty:
    """One enterprise of a case: code, and the name as sent, empty where none was."""

    uscc: str
    name: str


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who is to go ahead: one enterprise, and all other members of its consortium, in the order sent (A-102)."""

    enterprise: CaseParty
    members: tuple[CaseParty, ...]

    @property
    def parties(self) -> tuple[CaseParty, ...]:
        """All of them, the enterprise first."""
        return (self.enterprise, *self.members)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all of them."""
        return frozenset(party.uscc for party in self.parties)


@dataclass(frozen=True, slots=True)
class CaseTerms:
    """What is registered of a case."""

    point: DecisionPoint
    """The final point that the case heads for: by what weighs there its events are judged."""
    facts: CaseFacts
    """Complete for the point but for ``form``, which each applicant says by itself."""
    applicants: tuple[Applicant, ...]
    consortia_fixed: bool
    """The qualification review is over: no consortium changes its members any more (BR 37)."""
    officer: str
    reason: str
    """Why it was amended; empty of the first."""

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all parties."""
        return frozenset(code for applicant in self.applicants for code in applicant.codes)


@dataclass(frozen=True, slots=True)
class CaseClosing:
    """That a case is closed, and why."""

    reason: CaseCloseReason
    officer: str
    note: str


@dataclass(frozen=True, slots=True)
class CaseAct:
    """One act on a case: ``recorded_at`` in UTC, never before the act ahead of it."""

    key: CaseKey
    content: CaseTerms | CaseClosing
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its acts leave it."""

    key: CaseKey
    version: int
    """Number of its newest terms, from 1."""
    terms: CaseTerms
    opened_at: datetime
    closing: CaseClosing | None
    """None while it is open."""
    closed_at: datetime | None

    @property
    def cutoff_at(self) -> datetime | None:
        """The instant at which its records are looked at, UTC; None where its document fixes none (A-124)."""
        return self.terms.facts.cutoff_at

    def applicant(self, codes: frozenset[str]) -> Applicant | None:
        """Return the applicant that is exactly these enterprises; None when there is none."""
        return next((each for each in self.terms.applicants if each.codes == codes), None)


def case_of(acts: Sequence[CaseAct]) -> Case | None:
    """Return the case that *acts*, in order, make; None of no acts."""
    terms = [each.content for each in acts if isinstance(each.content, CaseTerms)]
    if not terms:
        return None
    last = acts[-1]
    closing = last.content if isinstance(last.content, CaseClosing) else None
    closed_at = last.recorded_at if closing is not None else None
    return Case(acts[0].key, len(terms), terms[-1], acts[0].recorded_at, closing, closed_at)


class CaseFault(NamedTuple):
    """What does not fit: the field on the wire, and why."""

    field: str
    why: str


def terms_faults(terms: CaseTerms, before: CaseTerms | None, now: datetime) -> Iterator[CaseFault]:
    """Yield what does not fit in terms that are registered at *now*, after *before*; None of a first registration."""
    yield from _named_twice(terms)
    yield from _cutoff_faults(terms.facts.cutoff_at, before, now)
    if before is None or not before.consortia_fixed:
        return
    if not terms.consortia_fixed:
        yield CaseFault("consortia_fixed", "cannot be taken back")
    standing = {applicant.codes for applicant in before.applicants}
    for place, applicant in enumerate(terms.applicants):
        if applicant.codes not in standing:
            why = "is none of the applicants, or has other members, after the qualification review (BR 37)"
            yield CaseFault(f"applicants[{place}]", why)


def _named_twice(terms: CaseTerms) -> Iterator[CaseFault]:
    seen: set[str] = set()
    for place, applicant in enumerate(terms.applicants):
        for party in applicant.parties:
            if party.uscc in seen:
                yield CaseFault(f"applicants[{place}]", f"names {party.uscc}, which takes part already")
            seen.add(party.uscc)


def _cutoff_faults(cutoff: datetime | None, before: CaseTerms | None, now: datetime) -> Iterator[CaseFault]:
    registered = None if before is None else before.facts.cutoff_at
    if before is not None and cutoff == registered:
        return
    if registered is not None and registered <= now:
        yield CaseFault("case_facts", "the registered cut-off has passed and cannot be moved any more")
    elif cutoff is not None and cutoff < now - CUTOFF_BACK:
        yield CaseFault("case_facts", f"the cut-off lies back more than {CUTOFF_BACK.days} days")
