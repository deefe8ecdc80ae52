"""Construction qualifications (资质审核, A-60): the qualification system's side of the gateway.

Acceptance and decision. Only an upgrade or an addition can be refused, and only at the decision: arrears that the
authority found malicious within a year before the application (QUAL art. 23, ALL art. 38). A first application, a
renewal and a simple change are not stopped. It knows no other area.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.acts import Act
from adapters.area import AreaAdapter
from adapters.bounds import AT_MOST_REVIEW, Bound
from adapters.grants import Grant
from adapters.person_checks import PersonChecks
from adapters.persons import Capacity, PersonAct
from adapters.questions import Case
from adapters.rules import AreaRules, Earlier, PointRules, case_refs

if TYPE_CHECKING:
    from datetime import date, timedelta

    from adapters.away import ReservedGrant
    from adapters.clearance import Clearance, Standing
    from adapters.enforcement import Enforcement
    from adapters.participation import Enterprise
    from adapters.person_asking import AsksPersons
    from adapters.person_checks import PersonStanding
    from adapters.persons import NaturalPerson, PersonClearance

ACCEPTANCE = common_pb2.DECISION_POINT_QUALIFICATION_ACCEPTANCE
DECISION = common_pb2.DECISION_POINT_QUALIFICATION_DECISION

_NEEDS = ("qualification.application_kind", "qualification.application_date")
_MORE = (
    credit_pb2.QUALIFICATION_APPLICATION_KIND_UPGRADE,
    credit_pb2.QUALIFICATION_APPLICATION_KIND_ADDITION,
)


class Asks(Enum):
    """What an application asks for."""

    FIRST = credit_pb2.QUALIFICATION_APPLICATION_KIND_FIRST
    """A first qualification."""
    UPGRADE = credit_pb2.QUALIFICATION_APPLICATION_KIND_UPGRADE
    """A higher grade (升级)."""
    ADDITION = credit_pb2.QUALIFICATION_APPLICATION_KIND_ADDITION
    """A further kind (增项)."""
    RENEWAL = credit_pb2.QUALIFICATION_APPLICATION_KIND_RENEWAL
    """The same for longer (延续)."""
    CHANGE = credit_pb2.QUALIFICATION_APPLICATION_KIND_CHANGE
    """A simple change (变更)."""


@dataclass(frozen=True, slots=True)
class QualificationApplication:
    """An application for a qualification.

    Attributes:
        case_ref: Number of the application, 1 to 128 bytes.
        asks: What for.
        applied_on: Civil date of the application, UTC+8.
        part: Qualification that is decided on its own, at most 64 bytes; empty: the whole.
    """

    case_ref: str
    asks: Asks
    applied_on: date
    part: str = ""


def _lawful(facts: credit_pb2.CaseFacts | None, measure: common_pb2.Measure) -> bool:
    """Only who asks for more can be refused (A-60)."""
    more = facts is not None and facts.qualification.application_kind in _MORE
    return more or measure.effect < common_pb2.EFFECT_BLOCK


def qualification_rules(acceptance_to_decision: timedelta, case_ref_pattern: str | None = None) -> AreaRules:
    """Declare the area.

    Args:
        acceptance_to_decision: The oldest that the answer at the acceptance may be at the decision (A-122).
        case_ref_pattern: Regular expression of the system's application numbers (``adapters.rules.case_refs``).
    """
    after = Earlier(ACCEPTANCE, acceptance_to_decision)
    return AreaRules(
        area=common_pb2.AREA_QUALIFICATION,
        points=(
            PointRules(ACCEPTANCE, _NEEDS, bound=AT_MOST_REVIEW),
            PointRules(DECISION, _NEEDS, after=after, bound=Bound(lawful=_lawful)),
        ),
        case_refs=case_refs(case_ref_pattern),
    )


class QualificationGrant(Grant):
    """The qualification may be granted, raised, extended or changed as was asked for."""

    __slots__ = ()


class CertificateGrant(Grant):
    """This person's certificate may be registered; its part is the system's reference of the person."""

    __slots__ = ()


class QualificationAdapter(AreaAdapter):
    """The qualification system's adapter; may be shared by threads."""

    AREA = common_pb2.AREA_QUALIFICATION

    def __init__(self, enforcement: Enforcement, client: AsksPersons) -> None:
        """Put the adapter on an engine, with the client that asks about persons; ``persons`` has its questions.

        Raises:
            ValueError: The engine has another area's rules.
        """
        super().__init__(enforcement)
        self.persons = PersonChecks(client, enforcement)

    def accept(self, application: QualificationApplication, applicant: Enterprise, officer: str) -> Standing:
        """Ask when an application comes in; it is accepted whatever weighs, perhaps after an officer's look.

        Raises:
            NotClearedError: Nothing could be said. Nothing of this is raised in observe mode.
        """
        return self._enforcement.require_clearance(_act(application, ACCEPTANCE, applicant, officer))

    def go_on(
        self,
        application: QualificationApplication,
        point: common_pb2.DecisionPoint.ValueType,
        applicant: Enterprise,
        officer: str,
    ) -> Standing | ReservedGrant:
        """Ask at a point before the gates; where nobody answers, go on under reservation if it may.

        Raises:
            NoAnswerError: Nobody answered, and here it waits or is held; see ``adapters.reserving``.
            NotClearedError: Any other reason.
        """
        return self._go_on(_act(application, point, applicant, officer))

    def decide(
        self,
        application: QualificationApplication,
        applicant: Enterprise,
        officer: str,
        reviewed: Clearance | None = None,
    ) -> QualificationGrant:
        """Pass the gate before the decision: asks anew.

        Args:
            application: The application.
            applicant: Who applies.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it, with the officer's reason.

        Raises:
            RestrictedError: The upgrade or addition must not be approved; it is refused in writing, with the grounds.
            GateClosedError: The journal shows no favourable answer at the acceptance, or one that is too old.
            ConditionNotMetError: The answer is conditional: fulfil its ``conditional`` and come again.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        return self._granting.grant(QualificationGrant, _act(application, DECISION, applicant, officer), reviewed)

    def register_certificate(
        self,
        application: QualificationApplication,
        person: NaturalPerson,
        officer: str,
        reviewed: PersonClearance | None = None,
    ) -> CertificateGrant:
        """Pass the gate before a person's certificate is registered (O31 art. 12, E-12): asks anew.

        Args:
            application: The application; its ``part`` is the system's own reference of the person, and required here.
            person: Whose certificate it is.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``persons.fulfil`` made of it.

        Raises:
            GateClosedError: The journal shows no favourable answer about this reference at the acceptance.
            PersonConditionError: An officer has to look first.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        return self.persons.grant(CertificateGrant, _holder(application, DECISION, person, officer), reviewed)

    def accept_certificate(
        self, application: QualificationApplication, person: NaturalPerson, officer: str
    ) -> PersonStanding:
        """Ask when a person's certificate comes in for registration; see ``PersonChecks.check``."""
        return self.persons.check(_holder(application, ACCEPTANCE, person, officer))


def _holder(
    application: QualificationApplication,
    point: common_pb2.DecisionPoint.ValueType,
    person: NaturalPerson,
    officer: str,
) -> PersonAct:
    case = Case(case_ref=application.case_ref, officer=officer, part=application.part)
    return PersonAct(case, point, person, Capacity.OWN_NAME, facts_of(application))


def facts_of(application: QualificationApplication) -> credit_pb2.CaseFacts:
    """Return the facts of the case that the gateway needs."""
    return credit_pb2.CaseFacts(
        qualification=credit_pb2.QualificationFacts(
            application_kind=application.asks.value, application_date=application.applied_on.isoformat()
        )
    )


def _act(
    application: QualificationApplication,
    point: common_pb2.DecisionPoint.ValueType,
    applicant: Enterprise,
    officer: str,
) -> Act:
    case = Case(case_ref=application.case_ref, officer=officer, part=application.part)
    return Act(case, point, applicant.applicant(facts_of(application)))
