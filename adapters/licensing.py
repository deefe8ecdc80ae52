"""Production licences (生产许可, A-40): the licensing system's side of the gateway.

Acceptance, decision, renewal. Nobody can be blocked here: no unit may add a condition that limits an application (IPL
art. 13), and who meets the conditions must get the licence (ALL art. 38). What a sanction means is that no convenience
is granted, and that an officer looks before deciding. It knows no other area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2

from adapters.acts import Act
from adapters.area import AreaAdapter
from adapters.bounds import AT_MOST_REVIEW
from adapters.clearance import Clearance, Observed
from adapters.grants import Grant
from adapters.questions import Case
from adapters.rules import AreaRules, Earlier, PointRules, case_refs

if TYPE_CHECKING:
    from datetime import timedelta

    from adapters.away import ReservedGrant
    from adapters.clearance import Standing
    from adapters.participation import Enterprise

ACCEPTANCE = common_pb2.DECISION_POINT_LICENSING_ACCEPTANCE
DECISION = common_pb2.DECISION_POINT_LICENSING_DECISION
RENEWAL = common_pb2.DECISION_POINT_LICENSING_RENEWAL


@dataclass(frozen=True, slots=True)
class LicenceApplication:
    """An application for a licence, or for its renewal.

    Attributes:
        case_ref: Number of the application, 1 to 128 bytes.
    """

    case_ref: str


def licensing_rules(acceptance_to_decision: timedelta, case_ref_pattern: str | None = None) -> AreaRules:
    """Declare the area.

    Args:
        acceptance_to_decision: The oldest that the answer at the acceptance may be at the decision (A-122).
        case_ref_pattern: Regular expression of the system's application numbers (``adapters.rules.case_refs``).
    """
    return AreaRules(
        area=common_pb2.AREA_LICENSING,
        points=(
            PointRules(ACCEPTANCE, bound=AT_MOST_REVIEW),
            PointRules(DECISION, after=Earlier(ACCEPTANCE, acceptance_to_decision), bound=AT_MOST_REVIEW),
            # A renewal is one step: it is accepted and decided on the same papers.
            PointRules(RENEWAL, bound=AT_MOST_REVIEW),
        ),
        case_refs=case_refs(case_ref_pattern),
    )


class LicenceGrant(Grant):
    """The licence may be granted."""

    __slots__ = ()


class RenewalGrant(Grant):
    """The licence may be renewed."""

    __slots__ = ()


class LicensingAdapter(AreaAdapter):
    """The licensing system's adapter; may be shared by threads."""

    AREA = common_pb2.AREA_LICENSING

    def accept(self, application: LicenceApplication, applicant: Enterprise, officer: str) -> Standing:
        """Ask when an application comes in; it is accepted whatever weighs, perhaps without convenience.

        Where the answer is conditional, fulfil it before the decision: a declaration that no convenience is granted.

        Raises:
            NotClearedError: Nothing could be said. Nothing of this is raised in observe mode.
        """
        return self._enforcement.require_clearance(_act(application, ACCEPTANCE, applicant, officer))

    def go_on(
        self,
        application: LicenceApplication,
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
        self, application: LicenceApplication, applicant: Enterprise, officer: str, reviewed: Clearance | None = None
    ) -> LicenceGrant:
        """Pass the gate before the decision to grant: asks anew.

        Args:
            application: The application.
            applicant: Who applies.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it, with the officer's reason.

        Raises:
            GateClosedError: The journal shows no favourable answer at the acceptance, or one that is too old.
            ConditionNotMetError: The answer is conditional: fulfil its ``conditional`` and come again.
            UnverifiableError: Nothing may be relied upon, with ``BEYOND_BOUND`` because the answer would block.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        return self._granting.grant(LicenceGrant, _act(application, DECISION, applicant, officer), reviewed)

    def renew(
        self, application: LicenceApplication, holder: Enterprise, officer: str, reviewed: Clearance | None = None
    ) -> RenewalGrant:
        """Pass the gate before a renewal, a case of its own: asks now.

        Args:
            application: The application for renewal.
            holder: Who holds the licence.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it, with the officer's reason.

        Raises:
            ConditionNotMetError: As for ``decide``.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        return self._granting.grant(RenewalGrant, _act(application, RENEWAL, holder, officer), reviewed)


def may_have_convenience(accepted: Standing) -> bool:
    """Say whether notification-and-commitment, tolerance of missing papers or the green channel may be granted.

    Only on a clear answer at the acceptance: a condition that was met takes none of it back. In observe mode nothing is
    withheld.
    """
    if isinstance(accepted, Observed):
        return True
    return isinstance(accepted, Clearance) and accepted.verdict == common_pb2.VERDICT_CLEAR


def _act(
    application: LicenceApplication, point: common_pb2.DecisionPoint.ValueType, applicant: Enterprise, officer: str
) -> Act:
    return Act(Case(case_ref=application.case_ref, officer=officer), point, applicant.applicant())
