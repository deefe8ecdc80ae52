"""Awards and honours (评优评先, A-90): the conferring body's side of the gateway.

Nomination, publicity, conferral, and the later look at what was conferred. A listing bars from taking part
(限制参加评先评优). Persons are candidates as enterprises are: restricted is only the listed person, and only once an
officer has confirmed it (A-100). It knows no other area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2

from adapters.acts import Act
from adapters.area import AreaAdapter
from adapters.bounds import AT_MOST_REVIEW
from adapters.grants import Grant
from adapters.person_checks import PersonChecks
from adapters.persons import Capacity, PersonAct
from adapters.questions import Case
from adapters.rules import AreaRules, Earlier, PointRules, case_refs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from adapters.away import ReservedGrant
    from adapters.clearance import Clearance, Standing
    from adapters.enforcement import Enforcement
    from adapters.participation import Enterprise, Results
    from adapters.person_asking import AsksPersons
    from adapters.person_checks import PersonStanding
    from adapters.persons import NaturalPerson, PersonClearance

NOMINATION = common_pb2.DECISION_POINT_AWARDS_NOMINATION
PUBLICITY = common_pb2.DECISION_POINT_AWARDS_PUBLICITY
CONFERRAL = common_pb2.DECISION_POINT_AWARDS_CONFERRAL
REVOCATION = common_pb2.DECISION_POINT_AWARDS_REVOCATION


@dataclass(frozen=True, slots=True)
class Honour:
    """One round of an award.

    Attributes:
        case_ref: Its number, 1 to 128 bytes.
        category: Category that is decided on its own, at most 64 bytes; empty: the whole.
    """

    case_ref: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A natural person who is to be honoured in its own name.

    Attributes:
        reference: The body's own reference of the candidate in this round, 1 to 64 bytes, the same from nomination to
            conferral and no number of a document.
        person: Who it is.
    """

    reference: str
    person: NaturalPerson


def awards_rules(publicity_to_conferral: timedelta, case_ref_pattern: str | None = None) -> AreaRules:
    """Declare the area.

    Args:
        publicity_to_conferral: The oldest that the answer at the publicity may be at the conferral (A-122).
        case_ref_pattern: Regular expression of the body's numbers (``adapters.rules.case_refs``).
    """
    return AreaRules(
        area=common_pb2.AREA_AWARDS,
        points=(
            PointRules(NOMINATION),
            PointRules(PUBLICITY),
            PointRules(CONFERRAL, after=Earlier(PUBLICITY, publicity_to_conferral)),
            # What was conferred is taken back by a decision of the body, after a look; nothing takes it by itself.
            PointRules(REVOCATION, bound=AT_MOST_REVIEW),
        ),
        case_refs=case_refs(case_ref_pattern),
    )


class ConferralGrant(Grant):
    """The honour may be conferred on this enterprise."""

    __slots__ = ()


class PersonConferralGrant(Grant):
    """The honour may be conferred on this person; its part is the candidate's reference."""

    __slots__ = ()


class AwardsAdapter(AreaAdapter):
    """The conferring body's adapter; may be shared by threads."""

    AREA = common_pb2.AREA_AWARDS

    def __init__(self, enforcement: Enforcement, client: AsksPersons) -> None:
        """Put the adapter on an engine, with the client that asks about persons; ``persons`` has its questions.

        Raises:
            ValueError: The engine has another area's rules.
        """
        super().__init__(enforcement)
        self.persons = PersonChecks(client, enforcement)

    def check_all(
        self, honour: Honour, point: common_pb2.DecisionPoint.ValueType, nominees: Sequence[Enterprise], officer: str
    ) -> Results[Enterprise]:
        """Ask about all enterprises nominated at one decision point; one that is stopped stops no other."""
        return self._check_all(_case(honour, officer), point, nominees, [each.applicant() for each in nominees])

    def go_on(
        self, honour: Honour, point: common_pb2.DecisionPoint.ValueType, nominee: Enterprise, officer: str
    ) -> Standing | ReservedGrant:
        """Ask at a point before the gates; where nobody answers, go on under reservation if it may.

        Raises:
            NoAnswerError: Nobody answered, and here it waits or is held; see ``adapters.reserving``.
            NotClearedError: Any other reason.
        """
        return self._go_on(Act(_case(honour, officer), point, nominee.applicant()))

    def confer(
        self, honour: Honour, nominee: Enterprise, officer: str, reviewed: Clearance | None = None
    ) -> ConferralGrant:
        """Pass the gate before the conferral: asks anew, whatever was answered at the publicity.

        Args:
            honour: The round.
            nominee: Who is to be honoured.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it.

        Raises:
            GateClosedError: The journal shows no favourable answer at the publicity, or one that is too old.
            ConditionNotMetError: The answer is conditional: fulfil its ``conditional`` and come again.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        act = Act(_case(honour, officer), CONFERRAL, nominee.applicant())
        return self._granting.grant(ConferralGrant, act, reviewed)

    def look_again(self, honour: Honour, holder: Enterprise, officer: str) -> Standing:
        """Ask about an enterprise that was honoured: a clearance leaves it, a condition has an officer look.

        It is no gate: revoking is the body's own decision, with a hearing of its own.

        Raises:
            NotClearedError: Nothing could be said. Nothing of this is raised in observe mode.
        """
        return self._enforcement.require_clearance(Act(_case(honour, officer), REVOCATION, holder.applicant()))

    def check_person(
        self, honour: Honour, point: common_pb2.DecisionPoint.ValueType, candidate: Candidate, officer: str
    ) -> PersonStanding:
        """Ask about one candidate at nomination, publicity or the later look; see ``PersonChecks.check``."""
        return self.persons.check(_candidate(honour, point, candidate, officer))

    def confer_on_person(
        self, honour: Honour, candidate: Candidate, officer: str, reviewed: PersonClearance | None = None
    ) -> PersonConferralGrant:
        """Pass the gate before a person is honoured: asks anew.

        Args:
            honour: The round.
            candidate: Who is to be honoured, under the reference of the publicity.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``persons.fulfil`` made of it.

        Raises:
            GateClosedError: The journal shows no favourable answer under this reference at the publicity, or one that
                is too old.
            PersonConditionError: An officer has to look first: ``persons.confirm`` restricts, ``persons.fulfil`` lets
                go ahead.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        act = _candidate(honour, CONFERRAL, candidate, officer)
        return self.persons.grant(PersonConferralGrant, act, reviewed)


def _case(honour: Honour, officer: str) -> Case:
    return Case(case_ref=honour.case_ref, officer=officer, part=honour.category)


def _candidate(
    honour: Honour, point: common_pb2.DecisionPoint.ValueType, candidate: Candidate, officer: str
) -> PersonAct:
    case = Case(case_ref=honour.case_ref, officer=officer, part=candidate.reference)
    return PersonAct(case, point, candidate.person, Capacity.OWN_NAME)
