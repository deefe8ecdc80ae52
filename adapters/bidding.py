"""Bidding (招投标, A-30): the tender platform's side of the gateway.

Declares the area's decision points and puts the platform's words (project, bidder, award) on the shared engine. It
knows no other area. Legal sources: BL = Bidding Law, BR = its implementing regulation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.acts import Act
from adapters.area import AreaAdapter
from adapters.grants import Grant
from adapters.questions import Case
from adapters.rules import AreaRules, Earlier, PointRules, case_refs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from adapters.away import ReservedGrant
    from adapters.clearance import Clearance, Standing
    from adapters.participation import Results
    from adapters.questions import Applicant
    from adapters.tenders import Bidder, Project

REGISTRATION = common_pb2.DECISION_POINT_BIDDING_REGISTRATION
QUALIFICATION_REVIEW = common_pb2.DECISION_POINT_BIDDING_QUALIFICATION_REVIEW
EVALUATION = common_pb2.DECISION_POINT_BIDDING_EVALUATION
CANDIDATE_PUBLICITY = common_pb2.DECISION_POINT_BIDDING_CANDIDATE_PUBLICITY
AWARD = common_pb2.DECISION_POINT_BIDDING_AWARD
CONTRACT = common_pb2.DECISION_POINT_BIDDING_CONTRACT
SUBCONTRACT_CONSENT = common_pb2.DECISION_POINT_BIDDING_SUBCONTRACT_CONSENT

_FACTS = ("bidding.project_region", "bidding.must_be_tendered", "bidding.state_funds", "bidding.form")
_UP_TO_AWARD = (*_FACTS, "bidding.cutoff_rule")
"""What came after the tender document's cut-off blocks nobody (A-124); from the contract on nothing blocks at all."""


def bidding_rules(
    publicity_to_award: timedelta, award_to_contract: timedelta, case_ref_pattern: str | None = None
) -> AreaRules:
    """Declare the area.

    Args:
        publicity_to_award: The oldest that the answer at candidate publicity may be when the award is made (A-122).
        award_to_contract: The same for the award's answer when the contract is signed; BL 46 gives the parties 30
            days from the award notice.
        case_ref_pattern: Regular expression of the platform's project numbers (``adapters.rules.case_refs``).
    """
    return AreaRules(
        area=common_pb2.AREA_BIDDING,
        points=(
            PointRules(REGISTRATION),
            PointRules(QUALIFICATION_REVIEW, _UP_TO_AWARD, members_fixed=True),
            PointRules(EVALUATION, _UP_TO_AWARD, members_fixed=True),
            PointRules(CANDIDATE_PUBLICITY, _UP_TO_AWARD, members_fixed=True),
            PointRules(AWARD, _UP_TO_AWARD, members_fixed=True, after=Earlier(CANDIDATE_PUBLICITY, publicity_to_award)),
            PointRules(CONTRACT, _FACTS, members_fixed=True, after=Earlier(AWARD, award_to_contract)),
            # A subcontractor may well have been somebody else's consortium member.
            PointRules(SUBCONTRACT_CONSENT, _FACTS, outside_case=True),
        ),
        review=QUALIFICATION_REVIEW,
        case_refs=case_refs(case_ref_pattern),
    )


class AwardGrant(Grant):
    """The award may be notified."""

    __slots__ = ()


class ContractGrant(Grant):
    """The contract may be signed."""

    __slots__ = ()


class SubcontractConsent(Grant):
    """Consent to a subcontractor may be given."""

    __slots__ = ()


class BiddingAdapter(AreaAdapter):
    """The tender platform's adapter; may be shared by threads."""

    AREA = common_pb2.AREA_BIDDING

    def check_all(
        self, project: Project, point: common_pb2.DecisionPoint.ValueType, bidders: Sequence[Bidder], officer: str
    ) -> Results[Bidder]:
        """Ask about all bidders of a tender at one decision point; one that is stopped stops no other."""
        applicants = [_applicant(project, bidder) for bidder in bidders]
        return self._check_all(_case(project, officer), point, bidders, applicants)

    def go_on(
        self, project: Project, point: common_pb2.DecisionPoint.ValueType, bidder: Bidder, officer: str
    ) -> Standing | ReservedGrant:
        """Ask about one bidder at a step before the gates; where nobody answers, go on under reservation if it may.

        Raises:
            NoAnswerError: Nobody answered, and here it waits or is held; see ``adapters.reserving``.
            NotClearedError: Any other reason.
        """
        return self._go_on(_act(project, point, bidder, officer))

    def award(self, project: Project, winner: Bidder, officer: str, reviewed: Clearance | None = None) -> AwardGrant:
        """Pass the award gate (A-122): asks about all parties now, whatever was answered before.

        Args:
            project: The project, or lot.
            winner: Who is to be awarded.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it.

        Raises:
            GateClosedError: The journal shows no favourable answer at candidate publicity for exactly these parties, or
                one that is too old; ``MembersChangedError`` when it is not the bidder of the qualification review.
            ConditionNotMetError: The answer is conditional: fulfil its ``conditional`` and come again.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        return self._granting.grant(AwardGrant, _act(project, AWARD, winner, officer), reviewed)

    def contract(
        self, project: Project, award: AwardGrant, winner: Bidder, officer: str, reviewed: Clearance | None = None
    ) -> ContractGrant:
        """Pass the contract gate: asks anew, like ``award``.

        Args:
            project: The project, or lot.
            award: The award's grant, of the same project, lot and parties.
            winner: Who was awarded.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it.

        Raises:
            GateClosedError: The award is not held, or is too old.
            ConditionNotMetError: As for ``award``.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        act = _act(project, CONTRACT, winner, officer)
        self._granting.require(award, AWARD, act.case, act.applicant)
        return self._granting.grant(ContractGrant, act, reviewed)

    def consent_subcontract(
        self,
        project: Project,
        contract: ContractGrant,
        subcontractor: Bidder,
        officer: str,
        reviewed: Clearance | None = None,
    ) -> SubcontractConsent:
        """Ask about a subcontractor before the consent (BL 48, A-103).

        Args:
            project: The project, or lot.
            contract: The main contract's grant, of the same project and lot.
            subcontractor: Who is to be consented to.
            officer: Who decides.
            reviewed: Where the answer is conditional: what ``fulfil`` made of it.

        Raises:
            GateClosedError: The contract is not held.
            ConditionNotMetError: As for ``award``.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        act = _act(project, SUBCONTRACT_CONSENT, subcontractor, officer)
        self._granting.require(contract, CONTRACT, act.case)
        return self._granting.grant(SubcontractConsent, act, reviewed)


def _case(project: Project, officer: str) -> Case:
    return Case(case_ref=project.case_ref, officer=officer, part=project.lot)


def _act(project: Project, point: common_pb2.DecisionPoint.ValueType, bidder: Bidder, officer: str) -> Act:
    return Act(_case(project, officer), point, _applicant(project, bidder))


def _applicant(project: Project, bidder: Bidder) -> Applicant:
    unknown = (credit_pb2.CUTOFF_RULE_UNSPECIFIED, None)
    rule, cutoff_at = unknown if project.cutoff is None else project.cutoff.to_pb()
    facts = credit_pb2.BiddingFacts(
        project_region=project.region or "",
        must_be_tendered=project.must_be_tendered,
        state_funds=project.state_funds,
        form=bidder.form.value,
        lot=project.lot,
        cutoff_rule=rule,
        cutoff_at=cutoff_at,
    )
    return bidder.applicant(credit_pb2.CaseFacts(bidding=facts))
