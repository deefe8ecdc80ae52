"""Government procurement (政府采购, A-20): the e-procurement system's side of the gateway.

Qualification review, before the result, before the contract. A listing is no "major violation record" by itself: it
bars only where the tender document names the list (GPL art. 22, GPR art. 19). A consortium is as good as its weakest
member (GPL art. 24). It knows no other area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.acts import Act
from adapters.area import AreaAdapter
from adapters.bounds import Bound
from adapters.grants import Grant
from adapters.participation import Participant
from adapters.questions import Case
from adapters.rules import AreaRules, Earlier, PointRules, case_refs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from adapters.away import ReservedGrant
    from adapters.clearance import Clearance, Standing
    from adapters.participation import Cutoff, Results
    from adapters.questions import Applicant

QUALIFICATION_REVIEW = common_pb2.DECISION_POINT_PROCUREMENT_QUALIFICATION_REVIEW
RESULT = common_pb2.DECISION_POINT_PROCUREMENT_RESULT
CONTRACT = common_pb2.DECISION_POINT_PROCUREMENT_CONTRACT

_NEEDS = ("procurement.tender_document_names_list", "procurement.form", "procurement.cutoff_rule")


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase, or one package (包) of it.

    Attributes:
        case_ref: Number of the procurement project, 1 to 128 bytes.
        names_list: The tender document names the wage-arrears list as a ground of rejection.
        cutoff: What the procurement document says of the instant at which records are looked at (A-124).
        package: Package within the project, at most 64 bytes; empty: the whole.
    """

    case_ref: str
    names_list: bool
    cutoff: Cutoff
    package: str = ""


@dataclass(frozen=True, slots=True)
class Supplier(Participant):
    """Who offers, alone or as a consortium."""


def _lawful(facts: credit_pb2.CaseFacts | None, measure: common_pb2.Measure) -> bool:
    """A listing bars only where the tender document names the list (A-20)."""
    named = facts is not None and facts.procurement.tender_document_names_list
    bars = measure.trigger == common_pb2.TRIGGER_LISTING and measure.effect == common_pb2.EFFECT_BLOCK
    return named or not bars


_AS_NAMED = Bound(lawful=_lawful)


def procurement_rules(
    review_to_result: timedelta, result_to_contract: timedelta, case_ref_pattern: str | None = None
) -> AreaRules:
    """Declare the area.

    Args:
        review_to_result: The oldest that the answer at the qualification review may be at the result (A-122).
        result_to_contract: The same for the result's answer when the contract is signed; GPL 46 gives the parties 30
            days from the notice.
        case_ref_pattern: Regular expression of the system's project numbers (``adapters.rules.case_refs``).
    """
    result_after, contract_after = Earlier(QUALIFICATION_REVIEW, review_to_result), Earlier(RESULT, result_to_contract)
    return AreaRules(
        area=common_pb2.AREA_PROCUREMENT,
        points=(
            PointRules(QUALIFICATION_REVIEW, _NEEDS, members_fixed=True, bound=_AS_NAMED),
            PointRules(RESULT, _NEEDS, members_fixed=True, after=result_after, bound=_AS_NAMED),
            PointRules(CONTRACT, _NEEDS, members_fixed=True, after=contract_after, bound=_AS_NAMED),
        ),
        review=QUALIFICATION_REVIEW,
        case_refs=case_refs(case_ref_pattern),
    )


class ResultGrant(Grant):
    """The result may be announced and notified."""

    __slots__ = ()


class ContractGrant(Grant):
    """The contract may be signed."""

    __slots__ = ()


class ProcurementAdapter(AreaAdapter):
    """The e-procurement system's adapter; may be shared by threads."""

    AREA = common_pb2.AREA_PROCUREMENT

    def check_all(
        self, purchase: Purchase, point: common_pb2.DecisionPoint.ValueType, suppliers: Sequence[Supplier], officer: str
    ) -> Results[Supplier]:
        """Ask about all suppliers of a purchase at one decision point; one that is stopped stops no other."""
        applicants = [_applicant(purchase, supplier) for supplier in suppliers]
        return self._check_all(_case(purchase, officer), point, suppliers, applicants)

    def go_on(
        self, purchase: Purchase, point: common_pb2.DecisionPoint.ValueType, supplier: Supplier, officer: str
    ) -> Standing | ReservedGrant:
        """Ask at a point before the gates; where nobody answers, go on under reservation if it may.

        Raises:
            NoAnswerError: Nobody answered, and here it waits or is held; see ``adapters.reserving``.
            NotClearedError: Any other reason.
        """
        return self._go_on(_act(purchase, point, supplier, officer))

    def announce(
        self, purchase: Purchase, winner: Supplier, officer: str, reviewed: Clearance | None = None
    ) -> ResultGrant:
        """Pass the gate before the result: asks about all parties now, whatever was answered at the review.

        Args:
            purchase: The purchase, or package.
            winner: Who is to win.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it.

        Raises:
            GateClosedError: The journal shows no favourable answer at the review for exactly these parties, or one that
                is too old; ``MembersChangedError`` when it is not the supplier of the review.
            ConditionNotMetError: The answer is conditional: fulfil its ``conditional`` and come again.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        return self._granting.grant(ResultGrant, _act(purchase, RESULT, winner, officer), reviewed)

    def contract(
        self,
        purchase: Purchase,
        result: ResultGrant,
        winner: Supplier,
        officer: str,
        reviewed: Clearance | None = None,
    ) -> ContractGrant:
        """Pass the gate before the contract: asks anew, like ``announce``.

        Args:
            purchase: The purchase, or package.
            result: The result's grant, of the same purchase, package and parties.
            winner: Who won.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it.

        Raises:
            GateClosedError: The result is not held, or is too old.
            ConditionNotMetError: As for ``announce``.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        act = _act(purchase, CONTRACT, winner, officer)
        self._granting.require(result, RESULT, act.case, act.applicant)
        return self._granting.grant(ContractGrant, act, reviewed)


def _case(purchase: Purchase, officer: str) -> Case:
    return Case(case_ref=purchase.case_ref, officer=officer, part=purchase.package)


def _act(purchase: Purchase, point: common_pb2.DecisionPoint.ValueType, supplier: Supplier, officer: str) -> Act:
    return Act(_case(purchase, officer), point, _applicant(purchase, supplier))


def _applicant(purchase: Purchase, supplier: Supplier) -> Applicant:
    rule, cutoff_at = purchase.cutoff.to_pb()
    facts = credit_pb2.ProcurementFacts(
        tender_document_names_list=purchase.names_list,
        form=supplier.form.value,
        cutoff_rule=rule,
        cutoff_at=cutoff_at,
    )
    return supplier.applicant(credit_pb2.CaseFacts(procurement=facts))
