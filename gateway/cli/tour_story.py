"""The questions of the tour: where a listing weighs most in each area, with the facts of an invented case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2, credit_pb2

from gateway.domain.vocabulary import DecisionPoint, Effect, Verdict

if TYPE_CHECKING:
    from datetime import datetime

OFFICER: Final = "导览 tour"

HEAVIEST: Final = {
    DecisionPoint.FUNDING_APPROVAL: Effect.BLOCK,
    DecisionPoint.PROCUREMENT_RESULT: Effect.BLOCK,
    DecisionPoint.BIDDING_AWARD: Effect.BLOCK,
    DecisionPoint.LICENSING_DECISION: Effect.REVIEW,
    DecisionPoint.GUARANTEE_ISSUE: Effect.RAISE_SECURITY,
    DecisionPoint.QUALIFICATION_DECISION: Effect.REVIEW,
    DecisionPoint.LENDING_APPROVAL: Effect.REVIEW,
    DecisionPoint.MARKET_ACCESS_ESTABLISHMENT: Effect.REVIEW,
    DecisionPoint.AWARDS_CONFERRAL: Effect.BLOCK,
}
"""Where a listing weighs most in each area, and how strongly the law lets it (A-10 to A-90)."""


def facts(point: DecisionPoint, today: str) -> credit_pb2.CaseFacts:
    """Return the facts of an invented case that the point needs; *today* is a civil date."""
    single, no_cutoff = credit_pb2.PARTICIPATION_FORM_SINGLE, credit_pb2.CUTOFF_RULE_NOT_FIXED
    if point.area.name == "BIDDING" and point is not DecisionPoint.BIDDING_REGISTRATION:
        return credit_pb2.CaseFacts(
            bidding=credit_pb2.BiddingFacts(
                project_region="420302", must_be_tendered=True, state_funds=True, form=single, cutoff_rule=no_cutoff
            )
        )
    if point.area.name == "PROCUREMENT":
        return credit_pb2.CaseFacts(
            procurement=credit_pb2.ProcurementFacts(tender_document_names_list=True, form=single, cutoff_rule=no_cutoff)
        )
    if point.area.name == "FUNDING":
        return credit_pb2.CaseFacts(funding=credit_pb2.FundingFacts(fund_kind=credit_pb2.FUND_KIND_NEW_GRANT))
    if point.area.name == "GUARANTEE":
        kind = credit_pb2.SECURITY_KIND_WAGE_DEPOSIT
        return credit_pb2.CaseFacts(
            guarantee=credit_pb2.GuaranteeFacts(security_kind=kind, contract_amount_fen=100_000_000)
        )
    if point.area.name == "QUALIFICATION":
        upgrade = credit_pb2.QUALIFICATION_APPLICATION_KIND_UPGRADE
        return credit_pb2.CaseFacts(
            qualification=credit_pb2.QualificationFacts(application_kind=upgrade, application_date=today)
        )
    return credit_pb2.CaseFacts()


def question(
    uscc: str, point: DecisionPoint, case_ref: str, today: str, preview_at: datetime | None = None
) -> credit_pb2.CheckEligibilityRequest:
    """Return one question of the tour; *preview_at* makes it an outlook at a moment that lies ahead."""
    request = credit_pb2.CheckEligibilityRequest(enterprise=common_pb2.EnterpriseRef(uscc=uscc))
    request.question.area = int(point.area)  # type: ignore[assignment]  # the numbers are the same
    request.question.decision_point = int(point)  # type: ignore[assignment]  # likewise
    request.question.case_ref = case_ref
    request.question.officer = OFFICER
    request.question.case_facts.CopyFrom(facts(point, today))
    if preview_at is not None:
        request.question.preview = True
        request.question.as_of.FromDatetime(preview_at)
    return request


def summary(answer: credit_pb2.CheckEligibilityResponse) -> str:
    """Return an answer on one line: verdict, strongest measure with its first article, and where it is recorded."""
    decision, position = answer.decision, answer.audit_position
    text = Verdict(decision.verdict).name
    if decision.measures:
        first = decision.measures[0]
        basis = f", {first.legal_basis[0].document} {first.legal_basis[0].article}" if first.legal_basis else ""
        text += f" — {Effect(first.effect).name} [{first.rule_id}{basis}]"
    return f"{text}  ({position.writer}/{position.number})"
