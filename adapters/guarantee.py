"""Performance guarantees and deposits (履约担保, A-50): the side of whoever sets or gives security.

Tender document, issue, contract. Nobody is blocked: a sanction takes waivers and reductions away and raises what is
set, within the law's caps (``adapters.security``). It knows no other area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.acts import Act
from adapters.area import AreaAdapter
from adapters.bounds import Bound
from adapters.clearance import Observed
from adapters.grants import Grant
from adapters.questions import Case
from adapters.rules import AreaRules, Earlier, PointRules, case_refs
from adapters.security import guarantee_facts, lawful_security, security_to_set

if TYPE_CHECKING:
    from datetime import timedelta

    from adapters.away import ReservedGrant
    from adapters.clearance import Clearance, Standing
    from adapters.participation import Enterprise
    from adapters.security import Security, SecurityRange

TENDER_DOCUMENT = common_pb2.DECISION_POINT_GUARANTEE_TENDER_DOCUMENT
ISSUE = common_pb2.DECISION_POINT_GUARANTEE_ISSUE
CONTRACT = common_pb2.DECISION_POINT_GUARANTEE_CONTRACT

_NEEDS = ("guarantee.security_kind", "guarantee.contract_amount_fen")
_WITHIN_CAPS = Bound(common_pb2.EFFECT_RAISE_SECURITY, lawful_security)


@dataclass(frozen=True, slots=True)
class GuaranteeCase:
    """One security for one contract.

    Attributes:
        case_ref: Number of the contract or guarantee, 1 to 128 bytes.
        security: What is to be set.
        part: Part with a security of its own, such as a lot, at most 64 bytes; empty: the whole. Two kinds of security
            for one contract are two parts.
    """

    case_ref: str
    security: Security
    part: str = ""


def guarantee_rules(issue_to_contract: timedelta, case_ref_pattern: str | None = None) -> AreaRules:
    """Declare the area.

    Args:
        issue_to_contract: The oldest that the answer at the issue may be when the contract is signed (A-122).
        case_ref_pattern: Regular expression of the agency's case numbers (``adapters.rules.case_refs``).
    """
    return AreaRules(
        area=common_pb2.AREA_GUARANTEE,
        points=(
            PointRules(TENDER_DOCUMENT, _NEEDS, bound=_WITHIN_CAPS),
            # Whoever issues did not write the tender document: no earlier answer is asked for.
            PointRules(ISSUE, _NEEDS, bound=_WITHIN_CAPS),
            PointRules(CONTRACT, _NEEDS, after=Earlier(ISSUE, issue_to_contract), bound=_WITHIN_CAPS),
        ),
        case_refs=case_refs(case_ref_pattern),
    )


class IssueGrant(Grant):
    """The guarantee may be issued, or the deposit set."""

    __slots__ = ()


class SecuredContractGrant(Grant):
    """The contract may be signed with this security."""

    __slots__ = ()


class GuaranteeAdapter(AreaAdapter):
    """The adapter of whoever sets or gives security; may be shared by threads."""

    AREA = common_pb2.AREA_GUARANTEE

    def check(self, case: GuaranteeCase, party: Enterprise, officer: str) -> Standing:
        """Ask what applies to a party when the tender document sets the security.

        Raises:
            QuestionRefusedError: An amount may not be set by law; nothing was asked.
            NotClearedError: Nothing could be said. Nothing but the first is raised in observe mode.
        """
        case.security.check()
        return self._enforcement.require_clearance(_act(case, TENDER_DOCUMENT, party, officer))

    def go_on(
        self, case: GuaranteeCase, point: common_pb2.DecisionPoint.ValueType, party: Enterprise, officer: str
    ) -> Standing | ReservedGrant:
        """Ask at a point before the gates; where nobody answers, go on under reservation if it may.

        Raises:
            NoAnswerError: Nobody answered, and here it waits or is held; see ``adapters.reserving``.
            NotClearedError: Any other reason.
        """
        case.security.check()
        return self._go_on(_act(case, point, party, officer))

    def issue(
        self, case: GuaranteeCase, party: Enterprise, officer: str, raised: Clearance | None = None
    ) -> IssueGrant:
        """Pass the gate before a guarantee is issued or a deposit is set: asks now.

        Args:
            case: The case, with the ordinary amount.
            party: For whom.
            officer: Who decides.
            raised: Where the answer is conditional: what ``fulfil`` made of it, with the security that was set
                (``amounts`` says between which).

        Raises:
            QuestionRefusedError: An amount may not be set by law; nothing was asked.
            ConditionNotMetError: The answer is conditional: fulfil its ``conditional`` and come again.
            UnverifiableError: Nothing may be relied upon, with ``BEYOND_BOUND`` because the answer asks for more than
                the law allows.
            NotClearedError: Any other reason. Nothing but the first is raised in observe mode.
        """
        case.security.check()
        return self._granting.grant(IssueGrant, _act(case, ISSUE, party, officer), raised)

    def contract(
        self,
        case: GuaranteeCase,
        issue: IssueGrant,
        party: Enterprise,
        officer: str,
        raised: Clearance | None = None,
    ) -> SecuredContractGrant:
        """Pass the gate before the contract: asks anew, like ``issue``.

        Args:
            case: The case, with the ordinary amount.
            issue: The issue's grant, of the same case and party.
            party: For whom.
            officer: Who decides.
            raised: As for ``issue``.

        Raises:
            GateClosedError: The issue is not held, or is too old.
            ConditionNotMetError: As for ``issue``.
            NotClearedError: As for ``issue``.
        """
        case.security.check()
        act = _act(case, CONTRACT, party, officer)
        self._granting.require(issue, ISSUE, act.case, act.applicant)
        return self._granting.grant(SecuredContractGrant, act, raised)


def amounts(standing: Standing, security: Security) -> SecurityRange:
    """Say between which amounts *security* is to be set after an answer.

    Raises:
        QuestionRefusedError: The ordinary amount is not one that may be set.
        UnverifiableError: The answer asks for more than the law allows.
    """
    asked = standing.asked if isinstance(standing, Observed) else standing
    return security_to_set(asked.answer.measures if asked is not None else (), security)


def _act(case: GuaranteeCase, point: common_pb2.DecisionPoint.ValueType, party: Enterprise, officer: str) -> Act:
    facts = credit_pb2.CaseFacts(guarantee=guarantee_facts(case.security))
    return Act(Case(case_ref=case.case_ref, officer=officer, part=case.part), point, party.applicant(facts))
