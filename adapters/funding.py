"""Government funds (政府资金支持, A-10): the fund-declaration system's side of the gateway.

Application, approval, and each payment. The bar is on new grants (限制申请财政性资金项目): what was approved is
reviewed and never blocked, relief is outside the sanction, and what goes to wages is not stopped at all (R724 arts 48,
33). It knows no other area.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.acts import Act
from adapters.area import AreaAdapter
from adapters.bounds import AT_MOST_NOTICE, Bound
from adapters.grants import Grant
from adapters.questions import Case
from adapters.rules import AreaRules, Earlier, PointRules, case_refs
from adapters.wages import Wages

if TYPE_CHECKING:
    from datetime import timedelta

    from adapters.away import ReservedGrant
    from adapters.clearance import Clearance, Standing
    from adapters.enforcement import Enforcement
    from adapters.participation import Enterprise
    from adapters.wages import WagesGoOn

APPLICATION = common_pb2.DECISION_POINT_FUNDING_APPLICATION
APPROVAL = common_pb2.DECISION_POINT_FUNDING_APPROVAL
PAYMENT = common_pb2.DECISION_POINT_FUNDING_PAYMENT
WAGE_PAYMENT = common_pb2.DECISION_POINT_FUNDING_WAGE_PAYMENT


class Funds(Enum):
    """What an application for funds is for."""

    NEW_GRANT = credit_pb2.FUND_KIND_NEW_GRANT
    """A grant or subsidy that is not yet approved."""
    EARLIER_GRANT = credit_pb2.FUND_KIND_EARLIER_GRANT
    """One that was approved before this adapter was there: it is taken over once, by ``approve``."""
    RELIEF = credit_pb2.FUND_KIND_RELIEF
    """Relief (救助)."""


@dataclass(frozen=True, slots=True)
class FundApplication:
    """One application for funds.

    Attributes:
        case_ref: Number of the application, 1 to 128 bytes.
        funds: What it is for.
        part: Part that is approved and paid on its own, such as a sub-project, at most 64 bytes; empty: the whole.
    """

    case_ref: str
    funds: Funds
    part: str = ""


def _lawful(facts: credit_pb2.CaseFacts | None, measure: common_pb2.Measure) -> bool:
    """Only a new grant can be barred (A-10)."""
    new = facts is not None and facts.funding.fund_kind == credit_pb2.FUND_KIND_NEW_GRANT
    return new or measure.effect < common_pb2.EFFECT_BLOCK


_NEEDS = ("funding.fund_kind",)
_NEW_ONLY = Bound(lawful=_lawful)


def funding_rules(
    application_to_approval: timedelta, approval_to_payment: timedelta, case_ref_pattern: str | None = None
) -> AreaRules:
    """Declare the area.

    Args:
        application_to_approval: The oldest that the answer at the application may be when it is approved (A-122).
        approval_to_payment: The same for the approval's answer at each payment: as long as the fund pays.
        case_ref_pattern: Regular expression of the system's application numbers (``adapters.rules.case_refs``).
    """
    return AreaRules(
        area=common_pb2.AREA_FUNDING,
        points=(
            PointRules(APPLICATION, _NEEDS, bound=_NEW_ONLY),
            PointRules(APPROVAL, _NEEDS, after=Earlier(APPLICATION, application_to_approval), bound=_NEW_ONLY),
            # Every payment goes back to the approval, not to the payment before it.
            PointRules(PAYMENT, _NEEDS, after=Earlier(APPROVAL, approval_to_payment), bound=_NEW_ONLY),
            PointRules(WAGE_PAYMENT, bound=AT_MOST_NOTICE, closed=True),
        ),
        case_refs=case_refs(case_ref_pattern),
    )


class ApprovalGrant(Grant):
    """The funds may be approved."""

    __slots__ = ()


class PaymentGrant(Grant):
    """This one payment may go out."""

    __slots__ = ()


class FundingAdapter(AreaAdapter):
    """The fund-declaration system's adapter; may be shared by threads."""

    AREA = common_pb2.AREA_FUNDING

    def __init__(self, enforcement: Enforcement) -> None:
        """Put the adapter on an engine; raises ``ValueError`` when the engine has another area's rules."""
        super().__init__(enforcement)
        self._wages = Wages(enforcement, WAGE_PAYMENT)

    def accept(self, application: FundApplication, applicant: Enterprise, officer: str) -> Standing:
        """Ask when an application comes in.

        Raises:
            RestrictedError: It is to be refused; the measures say on what ground.
            NotClearedError: Nothing could be said. Nothing of this is raised in observe mode.
        """
        return self._enforcement.require_clearance(_act(application, APPLICATION, applicant, officer))

    def go_on(
        self,
        application: FundApplication,
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

    def approve(
        self, application: FundApplication, applicant: Enterprise, officer: str, reviewed: Clearance | None = None
    ) -> ApprovalGrant:
        """Pass the gate before the approval: asks anew, whatever was answered at the application.

        Args:
            application: The application.
            applicant: Who applies.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it.

        Raises:
            GateClosedError: The journal shows no favourable answer at the application, or one that is too old.
            ConditionNotMetError: The answer is conditional: fulfil its ``conditional`` and come again.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        return self._granting.grant(ApprovalGrant, _act(application, APPROVAL, applicant, officer), reviewed)

    def pay(
        self,
        application: FundApplication,
        approval: ApprovalGrant,
        recipient: Enterprise,
        officer: str,
        reviewed: Clearance | None = None,
    ) -> PaymentGrant:
        """Pass the gate before one payment; every payment asks anew.

        What was approved as a new grant is an earlier grant from here on: whoever was listed since is reviewed.

        Args:
            application: The application.
            approval: The approval's grant, of the same application, part and enterprise.
            recipient: Who is paid.
            officer: Who pays.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it.

        Raises:
            GateClosedError: The approval is not held, or is too old.
            ConditionNotMetError: As for ``approve``.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        act = _act(application, PAYMENT, recipient, officer)
        self._granting.require(approval, APPROVAL, act.case, act.applicant)
        return self._granting.grant(PaymentGrant, act, reviewed)

    def pay_wages(self, application: FundApplication, recipient: Enterprise, officer: str) -> WagesGoOn:
        """Ask at a payment that goes to workers' wages; it goes out whatever comes of it (``adapters.wages``)."""
        return self._wages.go_on(_case(application, officer), recipient.applicant())

    def check_pending_wages(self, officer: str) -> tuple[WagesGoOn, ...]:
        """Ask again about payments to wages of which nothing could be said; at least once an hour.

        Raises:
            JournalUnavailableError: The journal cannot be read.
        """
        return self._wages.check_pending(officer)


def _case(application: FundApplication, officer: str) -> Case:
    return Case(case_ref=application.case_ref, officer=officer, part=application.part)


def _act(
    application: FundApplication, point: common_pb2.DecisionPoint.ValueType, applicant: Enterprise, officer: str
) -> Act:
    return Act(_case(application, officer), point, applicant.applicant(facts_at(point, application.funds)))


def facts_at(point: common_pb2.DecisionPoint.ValueType, funds: Funds) -> credit_pb2.CaseFacts:
    """Return the facts that the gateway needs: at a payment, what was approved as a new grant is an earlier one."""
    kind = Funds.EARLIER_GRANT if point == PAYMENT and funds is Funds.NEW_GRANT else funds
    return credit_pb2.CaseFacts(funding=credit_pb2.FundingFacts(fund_kind=kind.value))
