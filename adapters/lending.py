"""Loans (融资贷款, A-70): the bank's side of the gateway.

Credit approval, each drawdown, renewal. Nobody can be blocked here: prudent credit (从严审慎授信) is the bank's own
decision, which an officer takes and gives the reason for. A wage account is opened and used whatever weighs (R724 arts
27, 33). It knows no other area.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2

from adapters.acts import Act
from adapters.area import AreaAdapter
from adapters.bounds import AT_MOST_NOTICE, AT_MOST_REVIEW
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

APPROVAL = common_pb2.DECISION_POINT_LENDING_APPROVAL
DRAWDOWN = common_pb2.DECISION_POINT_LENDING_DRAWDOWN
RENEWAL = common_pb2.DECISION_POINT_LENDING_RENEWAL
WAGE_ACCOUNT = common_pb2.DECISION_POINT_LENDING_WAGE_ACCOUNT


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan or credit line.

    Attributes:
        case_ref: The bank's number of it, 1 to 128 bytes.
        part: Part that is approved and drawn on its own, such as a tranche, at most 64 bytes; empty: the whole.
    """

    case_ref: str
    part: str = ""


def lending_rules(approval_to_drawdown: timedelta, case_ref_pattern: str | None = None) -> AreaRules:
    """Declare the area.

    Args:
        approval_to_drawdown: The oldest that the approval's answer may be at a drawdown (A-122): as long as the line
            may be drawn.
        case_ref_pattern: Regular expression of the bank's loan numbers (``adapters.rules.case_refs``).
    """
    return AreaRules(
        area=common_pb2.AREA_LENDING,
        points=(
            PointRules(APPROVAL, bound=AT_MOST_REVIEW),
            # Every drawdown goes back to the approval, not to the drawdown before it.
            PointRules(DRAWDOWN, after=Earlier(APPROVAL, approval_to_drawdown), bound=AT_MOST_REVIEW),
            # It pays nothing out, and may be of a loan that is older than this adapter.
            PointRules(RENEWAL, bound=AT_MOST_REVIEW),
            PointRules(WAGE_ACCOUNT, bound=AT_MOST_NOTICE, closed=True),
        ),
        case_refs=case_refs(case_ref_pattern),
    )


class CreditApproval(Grant):
    """The credit may be approved, at the bank's own terms."""

    __slots__ = ()


class DrawdownGrant(Grant):
    """This one drawdown may be paid out."""

    __slots__ = ()


class LoanRenewalGrant(Grant):
    """The loan may be renewed."""

    __slots__ = ()


class LendingAdapter(AreaAdapter):
    """A bank's adapter; may be shared by threads."""

    AREA = common_pb2.AREA_LENDING

    def __init__(self, enforcement: Enforcement) -> None:
        """Put the adapter on an engine; raises ``ValueError`` when the engine has another area's rules."""
        super().__init__(enforcement)
        self._wages = Wages(enforcement, WAGE_ACCOUNT)

    def go_on(
        self, loan: Loan, point: common_pb2.DecisionPoint.ValueType, borrower: Enterprise, officer: str
    ) -> Standing | ReservedGrant:
        """Ask at a point before the gates; where nobody answers, go on under reservation if it may.

        Raises:
            NoAnswerError: Nobody answered, and here it waits or is held; see ``adapters.reserving``.
            NotClearedError: Any other reason.
        """
        return self._go_on(_act(loan, point, borrower, officer))

    def approve(
        self, loan: Loan, borrower: Enterprise, officer: str, reviewed: Clearance | None = None
    ) -> CreditApproval:
        """Pass the gate before credit is approved: asks now.

        Args:
            loan: The loan.
            borrower: Who borrows.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it, with the officer's reason.

        Raises:
            ConditionNotMetError: The answer is conditional: fulfil its ``conditional`` and come again.
            UnverifiableError: Nothing may be relied upon, with ``BEYOND_BOUND`` because the answer would block.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        return self._granting.grant(CreditApproval, _act(loan, APPROVAL, borrower, officer), reviewed)

    def draw(
        self,
        loan: Loan,
        approval: CreditApproval,
        borrower: Enterprise,
        officer: str,
        reviewed: Clearance | None = None,
    ) -> DrawdownGrant:
        """Pass the gate before one drawdown; every drawdown asks anew.

        Args:
            loan: The loan.
            approval: The approval's grant, of the same loan, part and borrower.
            borrower: Who borrows.
            officer: Who pays out.
            reviewed: As for ``approve``.

        Raises:
            GateClosedError: The approval is not held, or is too old.
            ConditionNotMetError: As for ``approve``.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        act = _act(loan, DRAWDOWN, borrower, officer)
        self._granting.require(approval, APPROVAL, act.case, act.applicant)
        return self._granting.grant(DrawdownGrant, act, reviewed)

    def renew(
        self, loan: Loan, borrower: Enterprise, officer: str, reviewed: Clearance | None = None
    ) -> LoanRenewalGrant:
        """Pass the gate before a loan is renewed; arguments and errors as for ``approve``."""
        return self._granting.grant(LoanRenewalGrant, _act(loan, RENEWAL, borrower, officer), reviewed)

    def use_wage_account(self, account: Loan, holder: Enterprise, officer: str) -> WagesGoOn:
        """Ask when a wage account is opened or used; it is, whatever comes of it (``adapters.wages``).

        Args:
            account: The case under which the bank keeps the account; no loan need be behind it.
            holder: Whose account.
            officer: Who asks.
        """
        return self._wages.go_on(_case(account, officer), holder.applicant())

    def check_pending_accounts(self, officer: str) -> tuple[WagesGoOn, ...]:
        """Ask again about wage accounts of which nothing could be said; at least once an hour.

        Raises:
            JournalUnavailableError: The journal cannot be read.
        """
        return self._wages.check_pending(officer)


def _case(loan: Loan, officer: str) -> Case:
    return Case(case_ref=loan.case_ref, officer=officer, part=loan.part)


def _act(loan: Loan, point: common_pb2.DecisionPoint.ValueType, borrower: Enterprise, officer: str) -> Act:
    return Act(_case(loan, officer), point, borrower.applicant())
