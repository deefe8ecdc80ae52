"""Market access (市场准入, A-80): the side of registration and of the industry's regulators.

Establishment, change of the legal representative, sector permit. Registration is a formality check (MER art. 19): an
officer reviews, and nobody is barred unless a law, a regulation or the national list says so. Before a new employer is
registered its main investor must have cleared arrears (R724 art. 22), so there the investor is asked about. It knows no
other area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2

from adapters.acts import Act
from adapters.area import AreaAdapter
from adapters.bounds import Bound
from adapters.grants import Grant
from adapters.person_checks import PersonChecks
from adapters.persons import Capacity, PersonAct
from adapters.questions import Case
from adapters.rules import AreaRules, PointRules, case_refs

if TYPE_CHECKING:
    from jointsanctions.v1 import credit_pb2

    from adapters.away import ReservedGrant
    from adapters.clearance import Clearance, Standing
    from adapters.enforcement import Enforcement
    from adapters.participation import Enterprise
    from adapters.person_asking import AsksPersons
    from adapters.persons import NaturalPerson, PersonClearance

ESTABLISHMENT = common_pb2.DECISION_POINT_MARKET_ACCESS_ESTABLISHMENT
REPRESENTATIVE_CHANGE = common_pb2.DECISION_POINT_MARKET_ACCESS_REPRESENTATIVE_CHANGE
SECTOR_PERMIT = common_pb2.DECISION_POINT_MARKET_ACCESS_SECTOR_PERMIT

_CARRY_A_BLOCK = frozenset({"LAW", "ADMIN_REG", "LOCAL_REG", "STATE_POLICY"})
"""What a department or a locality sets by itself is not among them; the national list of measures is state policy."""


@dataclass(frozen=True, slots=True)
class Registration:
    """One application to a registration authority or regulator.

    Attributes:
        case_ref: Its number, 1 to 128 bytes.
    """

    case_ref: str


def _lawful(_facts: credit_pb2.CaseFacts | None, measure: common_pb2.Measure) -> bool:
    """A bar needs a law, a regulation or the national list behind it, and must name it (A-80, C-30)."""
    carried = any(basis.level in _CARRY_A_BLOCK and basis.document for basis in measure.legal_basis)
    return carried or measure.effect < common_pb2.EFFECT_BLOCK


def market_access_rules(case_ref_pattern: str | None = None) -> AreaRules:
    """Declare the area; no act here has an earlier one that could grow too old.

    Args:
        case_ref_pattern: Regular expression of the authority's numbers (``adapters.rules.case_refs``).
    """
    points = (ESTABLISHMENT, REPRESENTATIVE_CHANGE, SECTOR_PERMIT)
    return AreaRules(
        area=common_pb2.AREA_MARKET_ACCESS,
        points=tuple(PointRules(point, bound=Bound(lawful=_lawful)) for point in points),
        case_refs=case_refs(case_ref_pattern),
    )


class RepresentativeGrant(Grant):
    """This person may be entered as legal representative; its part is the authority's reference of the person."""

    __slots__ = ()


class PersonEstablishmentGrant(Grant):
    """The enterprise of this investor may be registered; its part is the authority's reference of the person."""

    __slots__ = ()


class EstablishmentGrant(Grant):
    """The enterprise may be registered."""

    __slots__ = ()


class RepresentativeChangeGrant(Grant):
    """The change may be registered."""

    __slots__ = ()


class PermitGrant(Grant):
    """The sector permit may be granted."""

    __slots__ = ()


class MarketAccessAdapter(AreaAdapter):
    """A registration authority's or regulator's adapter; may be shared by threads."""

    AREA = common_pb2.AREA_MARKET_ACCESS

    def __init__(self, enforcement: Enforcement, client: AsksPersons) -> None:
        """Put the adapter on an engine, with the client that asks about persons; ``persons`` has its questions.

        Raises:
            ValueError: The engine has another area's rules.
        """
        super().__init__(enforcement)
        self.persons = PersonChecks(client, enforcement)

    def go_on(
        self, registration: Registration, point: common_pb2.DecisionPoint.ValueType, party: Enterprise, officer: str
    ) -> Standing | ReservedGrant:
        """Ask at a point before the gates; where nobody answers, go on under reservation if it may.

        Raises:
            NoAnswerError: Nobody answered, and here it waits or is held; see ``adapters.reserving``.
            NotClearedError: Any other reason.
        """
        return self._go_on(_act(registration, point, party, officer))

    def representative(
        self, step: PersonStep, person: NaturalPerson, officer: str, reviewed: PersonClearance | None = None
    ) -> RepresentativeGrant:
        """Ask about a legal representative to be: for an enterprise, so that a listing is reviewed and never bars.

        Args:
            step: The registration, the point (establishment or change), and the authority's reference of the person.
            person: Who is to represent.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``persons.fulfil`` made of it.

        Raises:
            PersonConditionError: An officer has to look first.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        act = _person_act(step, person, Capacity.FOR_ENTERPRISE, officer)
        return self.persons.grant(RepresentativeGrant, act, reviewed)

    def establish(
        self,
        registration: Registration,
        representative: RepresentativeGrant,
        investor: Enterprise,
        officer: str,
        reviewed: Clearance | None = None,
    ) -> EstablishmentGrant:
        """Pass the gate before an enterprise is registered: asks about its main investor now.

        Where every investor is a natural person, ``establish_by_person`` asks about the main one.

        Args:
            registration: The registration.
            representative: The grant of its legal representative, in the same registration and at establishment.
            investor: The main investor; its ``related`` are the other ones.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it, with the officer's reason.

        Raises:
            GateClosedError: The representative's grant is not held.
            ConditionNotMetError: The answer is conditional: fulfil its ``conditional`` and come again.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        self._require(representative, registration, ESTABLISHMENT, officer)
        return self._granting.grant(EstablishmentGrant, _act(registration, ESTABLISHMENT, investor, officer), reviewed)

    def establish_by_person(
        self,
        representative: RepresentativeGrant,
        step: PersonStep,
        investor: NaturalPerson,
        officer: str,
        reviewed: PersonClearance | None = None,
    ) -> PersonEstablishmentGrant:
        """Pass the gate before an enterprise is registered whose investors are natural persons.

        Args:
            representative: The grant of its legal representative, in the same registration and at establishment.
            step: The registration, ``ESTABLISHMENT``, and the authority's reference of the investor.
            investor: The main investor, in its own name.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``persons.fulfil`` made of it.

        Raises:
            GateClosedError: The representative's grant is not held.
            PersonConditionError: An officer has to look first.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        self._require(representative, step.registration, ESTABLISHMENT, officer)
        return self.persons.grant(
            PersonEstablishmentGrant, _person_act(step, investor, Capacity.OWN_NAME, officer), reviewed
        )

    def change_representative(
        self,
        registration: Registration,
        representative: RepresentativeGrant,
        enterprise: Enterprise,
        officer: str,
        reviewed: Clearance | None = None,
    ) -> RepresentativeChangeGrant:
        """Pass the gate before a change of representative: asks about the enterprise now; else as ``establish``."""
        self._require(representative, registration, REPRESENTATIVE_CHANGE, officer)
        act = _act(registration, REPRESENTATIVE_CHANGE, enterprise, officer)
        return self._granting.grant(RepresentativeChangeGrant, act, reviewed)

    def permit(
        self, registration: Registration, applicant: Enterprise, officer: str, reviewed: Clearance | None = None
    ) -> PermitGrant:
        """Pass the gate before a sector permit: asks now; errors as for ``establish``."""
        return self._granting.grant(PermitGrant, _act(registration, SECTOR_PERMIT, applicant, officer), reviewed)

    def _require(
        self,
        representative: RepresentativeGrant,
        registration: Registration,
        point: common_pb2.DecisionPoint.ValueType,
        officer: str,
    ) -> None:
        """Hold the representative's grant against the journal; its part is the person's own."""
        case = Case(case_ref=registration.case_ref, officer=officer, part=representative.part)
        self._granting.require(representative, point, case)


@dataclass(frozen=True, slots=True)
class PersonStep:
    """A step of a registration that concerns one person.

    Attributes:
        registration: The registration.
        point: ``ESTABLISHMENT`` or ``REPRESENTATIVE_CHANGE``.
        reference: The authority's own reference of the person in this case, 1 to 64 bytes, such as "representative-1";
            no number of a document.
    """

    registration: Registration
    point: common_pb2.DecisionPoint.ValueType
    reference: str


def _person_act(step: PersonStep, person: NaturalPerson, capacity: Capacity, officer: str) -> PersonAct:
    case = Case(case_ref=step.registration.case_ref, officer=officer, part=step.reference)
    return PersonAct(case, step.point, person, capacity)


def _act(registration: Registration, point: common_pb2.DecisionPoint.ValueType, party: Enterprise, officer: str) -> Act:
    return Act(Case(case_ref=registration.case_ref, officer=officer), point, party.applicant())
