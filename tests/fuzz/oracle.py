"""The least verdict that may come back, by the law's table and what was put in; it shares nothing with the rules.

Only two facts are used, both of the sample city: an enterprise is on the wage-arrears list now (R724 48, O45), or
nothing is on record about it. Written from the area table under the profile ``shiyan``; where a case could be weaker
than the plain row, the weaker is taken, so that what it says is a lower bound and never a guess.
"""

from __future__ import annotations

from jointsanctions.v1 import common_pb2, credit_pb2

CLEAR, CONDITIONAL, UNVERIFIABLE, RESTRICTED = 1, 2, 3, 4
FIXED = credit_pb2.CUTOFF_RULE_FIXED
NEVER_BLOCKED = {common_pb2.AREA_LICENSING, common_pb2.AREA_LENDING}
"""A-40 and A-70, invariant 3."""
WAGES = {common_pb2.DECISION_POINT_FUNDING_WAGE_PAYMENT, common_pb2.DECISION_POINT_LENDING_WAGE_ACCOUNT}
EXISTENCE = {
    common_pb2.DecisionPoint.Value(f"DECISION_POINT_{name}")
    for name in (
        "PROCUREMENT_CONTRACT",
        "BIDDING_AWARD",
        "BIDDING_CONTRACT",
        "GUARANTEE_CONTRACT",
        "LENDING_DRAWDOWN",
        "FUNDING_PAYMENT",
        "AWARDS_CONFERRAL",
    )
}
"""Award, contract, drawdown, payment and conferral: an enterprise of which nothing is known must be confirmed."""


def least(question, listed, unknown):
    """Return the least verdict for a question about now; *listed* and *unknown* are said of any of its main parties."""
    if question.HasField("as_of") or question.HasField("known_at") or question.decision_point in WAGES:
        return CLEAR
    floor = CONDITIONAL if unknown and question.decision_point in EXISTENCE else CLEAR
    return max(floor, _listed(question)) if listed else floor


def most(question):
    """Return the strongest verdict that the law allows there."""
    return UNVERIFIABLE if question.area in NEVER_BLOCKED or question.decision_point in WAGES else RESTRICTED


def _listed(question):
    facts = question.case_facts
    return {
        common_pb2.AREA_FUNDING: lambda: _funding(question.decision_point, facts.funding),
        common_pb2.AREA_PROCUREMENT: lambda: _procurement(facts.procurement),
        common_pb2.AREA_BIDDING: lambda: _bidding(question.decision_point, facts.bidding),
        common_pb2.AREA_QUALIFICATION: lambda: _qualification(facts.qualification),
        common_pb2.AREA_AWARDS: lambda: (
            CONDITIONAL if question.decision_point == common_pb2.DECISION_POINT_AWARDS_REVOCATION else RESTRICTED
        ),
    }.get(question.area, lambda: CONDITIONAL)()


def _funding(point, facts):
    if facts.fund_kind == credit_pb2.FUND_KIND_RELIEF:
        return CLEAR
    new = facts.fund_kind == credit_pb2.FUND_KIND_NEW_GRANT
    return RESTRICTED if new and point != common_pb2.DECISION_POINT_FUNDING_PAYMENT else CONDITIONAL


def _procurement(facts):
    return RESTRICTED if facts.tender_document_names_list and facts.cutoff_rule != FIXED else CONDITIONAL


def _bidding(point, facts):
    if point == common_pb2.DECISION_POINT_BIDDING_REGISTRATION or not (facts.must_be_tendered or facts.state_funds):
        return CLEAR
    later = {common_pb2.DECISION_POINT_BIDDING_CONTRACT, common_pb2.DECISION_POINT_BIDDING_SUBCONTRACT_CONSENT}
    return CONDITIONAL if point in later or facts.cutoff_rule == FIXED else RESTRICTED


def _qualification(facts):
    grown = {
        credit_pb2.QUALIFICATION_APPLICATION_KIND_UPGRADE,
        credit_pb2.QUALIFICATION_APPLICATION_KIND_ADDITION,
    }
    return CONDITIONAL if facts.application_kind in grown else CLEAR
