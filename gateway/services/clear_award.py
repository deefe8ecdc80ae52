"""Clearing an award: all parties of one applicant anew at one revision, and the answers before it (A-122, A-125).

It trusts nothing that is sent: the facts are those registered, the earlier answers and the first word of an emergency
procedure those on record. That the award is cleared is not said here: it is with the receipt, which comes after the
record.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.award_gate import SECOND, AwardGap, Words, earlier_needed, newest_earlier, verdict_gap
from gateway.domain.case_facts import require_facts
from gateway.domain.eligibility import Question
from gateway.domain.errors import MalformedRequestError, StateError
from gateway.domain.records import RelationKind
from gateway.domain.two_persons import require_somebody
from gateway.domain.vocabulary import Area, ParticipationForm, Verdict
from gateway.services.check_eligibility import Asked, Item
from gateway.services.emergency import FirstWords, Joining, require_joined
from gateway.services.identify import NamedParty
from gateway.services.list_uncovered_awards import given_answers
from gateway.services.ports.audit import AccessFilter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from gateway.domain.agencies import Agency
    from gateway.domain.award_cover import GivenAnswer
    from gateway.domain.award_gate import Earlier
    from gateway.domain.cases import Applicant, Case, CaseKey
    from gateway.domain.eligibility import Decision
    from gateway.domain.vocabulary import DecisionPoint
    from gateway.services.cases import Cases
    from gateway.services.check_eligibility import Basis, CheckEligibility
    from gateway.services.emergency import Emergency
    from gateway.services.ports.audit import AccessSearch
    from gateway.services.ports.outcomes import RecordedCalls


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """What is to be cleared, as read from the wire."""

    key: CaseKey
    point: DecisionPoint
    enterprise: str
    codes: frozenset[str]
    """Codes of the applicant, the enterprise's among them."""
    now: datetime
    at_least_as_fresh: int
    officer_decided: bool
    emergency: Emergency | None


@dataclass(frozen=True, slots=True)
class PartyGaps:
    """What was found about one party; ``earlier`` is the answer on which it rests, None where none is needed or is."""

    uscc: str
    verdict: Verdict
    gaps: tuple[AwardGap, ...]
    earlier: GivenAnswer | None


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate found."""

    item: Item
    decision: Decision
    basis: Basis
    parties: tuple[PartyGaps, ...]

    @property
    def open(self) -> bool:
        """Nothing is missing."""
        return not any(party.gaps for party in self.parties)


class ClearAward:
    """Judges single awards."""

    def __init__(
        self,
        check: CheckEligibility,
        cases: Cases,
        search: AccessSearch,
        calls: RecordedCalls,
        limits: tuple[Mapping[Area, timedelta], timedelta],
    ) -> None:
        """Take the use cases and ports; *limits* are, by area, how old an earlier answer may be, and a first word."""
        self._check = check
        self._cases = cases
        self._search = search
        self._ages, word_age = limits
        self._first = FirstWords(calls, word_age)

    async def __call__(self, agency: Agency, wanted: Clearing) -> Gate:
        """Return what the gate finds.

        Raises:
            EnterpriseNotFoundError: This agency has no such case, or no such first person's call is on record for it.
            MalformedRequestError: It is no registered applicant, a fact for the point is not registered, or the first
                person's call was about something else.
            SecondPersonRequiredError: A word is nobody's, or the second person is the first.
            StateError: The case is closed, or the gateway sets no limit for the area.
            StoreUnavailableError: Store or record could not be read.
        """
        limit = self._ages.get(wanted.key.area)
        if limit is None:
            raise StateError(
                f"this gateway sets no age limit for {wanted.key.area.name}, and so clears nothing there",
                object=f"award_gate.{wanted.key.area.name.lower()}",
                state="NOT_SET",
                wanted="SET",
                why="NO_AGE_LIMIT",
            )
        case = await self._cases.find(wanted.key)
        applicant = case.applicant(wanted.codes)
        if applicant is None or applicant.enterprise.uscc != wanted.enterprise:
            raise MalformedRequestError("applicant", "is none of the applicants registered in this case")
        words = await self._words(agency, wanted)
        facts = case.terms.facts
        require_facts(facts, self._check.policy.required_facts(wanted.point), wanted.key.area, civil_date(wanted.now))
        item = _item(case, applicant, wanted)
        alone = [Item(item.question, (each._replace(relation=RelationKind.SELF),)) for each in item.parties]
        asked = Asked(wanted.now, wanted.now, None, preview=False, at_least_as_fresh=wanted.at_least_as_fresh)
        decisions, basis = await self._check(asked, [item, *(alone if applicant.members else [])])
        verdicts = [each.verdict for each in (decisions[1:] or decisions)]
        answers = await asyncio.to_thread(self._answers, wanted.key)
        needed = earlier_needed(wanted.point, agency.points, wanted.key.part, wanted.now, limit)
        parties = [
            _gaps(each.uscc, verdict, answers, needed, words)
            for each, verdict in zip(item.parties, verdicts, strict=True)
        ]
        return Gate(item, decisions[0], basis, tuple(parties))

    def _answers(self, key: CaseKey) -> list[GivenAnswer]:
        wanted = AccessFilter(agency=key.agency, case_ref=key.case_ref, area=int(key.area))
        return list(given_answers(self._search, wanted))

    async def _words(self, agency: Agency, wanted: Clearing) -> Words:
        """Return what persons said, the first one's call as it is on record."""
        emergency = wanted.emergency
        if emergency is None:
            return Words(wanted.officer_decided, 0)
        require_somebody(emergency.by)
        if emergency.first is None:
            return Words(wanted.officer_decided, 1)
        body = await asyncio.to_thread(self._first.find, agency.agency_id, emergency.first, wanted.now)
        require_joined(body, Joining(wanted.key, wanted.point, wanted.codes, emergency))
        return Words(wanted.officer_decided, SECOND)


def _item(case: Case, applicant: Applicant, wanted: Clearing) -> Item:
    """Return the question about the applicant, by the facts that are registered."""
    facts = case.terms.facts
    if facts.form is not None:
        form = ParticipationForm.CONSORTIUM if applicant.members else ParticipationForm.SINGLE
        facts = replace(facts, form=form)
    if wanted.key.area is Area.BIDDING:
        # So that the record tells the lots of one tender apart.
        facts = replace(facts, lot=wanted.key.part or None)
    relations = [RelationKind.SELF, *(RelationKind.CONSORTIUM_MEMBER for _ in applicant.members)]
    parties = tuple(
        # Whether a code meets its standard was looked at when it was registered.
        NamedParty(party.uscc, party.name, relation, conforming=True, field="applicant")
        for party, relation in zip(applicant.parties, relations, strict=True)
    )
    return Item(Question(wanted.point, facts), parties)


def _gaps(uscc: str, verdict: Verdict, answers: Sequence[GivenAnswer], needed: Earlier, words: Words) -> PartyGaps:
    found = newest_earlier(uscc, answers, needed)
    missing = (verdict_gap(verdict, words), found if isinstance(found, AwardGap) else None)
    earlier = None if isinstance(found, AwardGap) else found
    return PartyGaps(uscc, verdict, tuple(each for each in missing if each is not None), earlier)
