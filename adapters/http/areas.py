"""The nine areas as the side-car offers them: what each area's adapter declares, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import credit_pb2

from adapters import awards, bidding, funding, guarantee, lending, licensing, market_access, procurement, qualification
from adapters.errors import SettingsError
from adapters.http.area import Area, Beside, Carried, PersonStep, Sample
from adapters.persons import Capacity

if TYPE_CHECKING:
    from adapters.http.area import Point

_OWN, _FOR = Capacity.OWN_NAME, Capacity.FOR_ENTERPRISE
_TENDERED: Final[dict[str, Any]] = {
    "form": "PARTICIPATION_FORM_SINGLE",
    "cutoffRule": "CUTOFF_RULE_NOT_FIXED",
}


def _funds_at(point: Point, facts: credit_pb2.CaseFacts) -> credit_pb2.CaseFacts:
    """Return the facts of funds at a decision point; what names no kind is left to the engine, which refuses it."""
    if facts.funding.fund_kind == credit_pb2.FUND_KIND_UNSPECIFIED:
        return facts
    return funding.facts_at(point, funding.Funds(facts.funding.fund_kind))


BIDDING: Final = Area(
    name="bidding",
    rules=lambda limits: bidding.bidding_rules(limits["publicity_to_award"], limits["award_to_contract"]),
    sample=Sample(
        "JSGC-2026-21",
        bidding.CANDIDATE_PUBLICITY,
        bidding.AWARD,
        {
            "bidding": {
                "projectRegion": "420302",
                "mustBeTendered": True,
                "stateFunds": True,
                **_TENDERED,
                "lot": "1",
            }
        },
    ),
    limits=("publicity_to_award", "award_to_contract"),
    facts="bidding",
    part="lot",
    acts={
        bidding.AWARD: None,
        bidding.CONTRACT: Carried(bidding.AWARD, same_parties=True),
        bidding.SUBCONTRACT_CONSENT: Carried(bidding.CONTRACT),
    },
    ocds=True,
)
FUNDING: Final = Area(
    name="funding",
    rules=lambda limits: funding.funding_rules(limits["application_to_approval"], limits["approval_to_payment"]),
    sample=Sample(
        "ZJ-2026-21", funding.APPLICATION, funding.APPROVAL, {"funding": {"fundKind": "FUND_KIND_NEW_GRANT"}}
    ),
    limits=("application_to_approval", "approval_to_payment"),
    facts="funding",
    part_is=("单独审批和拨付的部分", "Part that is approved and paid on its own, such as a sub-project"),
    acts={funding.APPROVAL: None, funding.PAYMENT: Carried(funding.APPROVAL, same_parties=True)},
    wages=funding.WAGE_PAYMENT,
    facts_at=_funds_at,
)
PROCUREMENT: Final = Area(
    name="procurement",
    rules=lambda limits: procurement.procurement_rules(limits["review_to_result"], limits["result_to_contract"]),
    sample=Sample(
        "CG-2026-21",
        procurement.QUALIFICATION_REVIEW,
        procurement.RESULT,
        {"procurement": {"tenderDocumentNamesList": True, **_TENDERED}},
    ),
    limits=("review_to_result", "result_to_contract"),
    facts="procurement",
    part_is=("包号", "Package within the project"),
    acts={
        procurement.RESULT: None,
        procurement.CONTRACT: Carried(procurement.RESULT, same_parties=True),
    },
    ocds=True,
)
LICENSING: Final = Area(
    name="licensing",
    rules=lambda limits: licensing.licensing_rules(limits["acceptance_to_decision"]),
    sample=Sample("XK-2026-21", licensing.ACCEPTANCE, licensing.DECISION),
    limits=("acceptance_to_decision",),
    acts={licensing.DECISION: None, licensing.RENEWAL: None},
    beside=Beside.CONVENIENCE,
)
GUARANTEE: Final = Area(
    name="guarantee",
    rules=lambda limits: guarantee.guarantee_rules(limits["issue_to_contract"]),
    sample=Sample(
        "BH-2026-21",
        guarantee.TENDER_DOCUMENT,
        guarantee.ISSUE,
        {"guarantee": {"securityKind": "SECURITY_KIND_WAGE_DEPOSIT", "contractAmountFen": "100000000"}},
    ),
    limits=("issue_to_contract",),
    facts="guarantee",
    part_is=("单独设定担保的部分", "Part with a security of its own; two kinds for one contract are two parts"),
    acts={guarantee.ISSUE: None, guarantee.CONTRACT: Carried(guarantee.ISSUE, same_parties=True)},
    beside=Beside.SECURITY,
)
QUALIFICATION: Final = Area(
    name="qualification",
    rules=lambda limits: qualification.qualification_rules(limits["acceptance_to_decision"]),
    sample=Sample(
        "ZZ-2026-21",
        qualification.ACCEPTANCE,
        qualification.DECISION,
        {
            "qualification": {
                "applicationKind": "QUALIFICATION_APPLICATION_KIND_UPGRADE",
                "applicationDate": "2026-11-02",
            }
        },
    ),
    limits=("acceptance_to_decision",),
    facts="qualification",
    part_is=("单独决定的资质", "Qualification that is decided on its own"),
    acts={qualification.DECISION: None},
    persons={
        (qualification.ACCEPTANCE, _OWN): PersonStep(gate=False),
        (qualification.DECISION, _OWN): PersonStep(gate=True),
    },
)
LENDING: Final = Area(
    name="lending",
    rules=lambda limits: lending.lending_rules(limits["approval_to_drawdown"]),
    sample=Sample("XD-2026-21", lending.APPROVAL, lending.APPROVAL),
    limits=("approval_to_drawdown",),
    part_is=("单独审批和提款的部分", "Part that is approved and drawn on its own, such as a tranche"),
    acts={
        lending.APPROVAL: None,
        lending.DRAWDOWN: Carried(lending.APPROVAL, same_parties=True),
        lending.RENEWAL: None,
    },
    wages=lending.WAGE_ACCOUNT,
)
_REPRESENTED: Final = Carried(market_access.ESTABLISHMENT, capacity=_FOR)
MARKET_ACCESS: Final = Area(
    name="market_access",
    rules=lambda _limits: market_access.market_access_rules(),
    sample=Sample("ZC-2026-21", market_access.SECTOR_PERMIT, market_access.SECTOR_PERMIT),
    acts={
        market_access.ESTABLISHMENT: _REPRESENTED,
        market_access.REPRESENTATIVE_CHANGE: Carried(market_access.REPRESENTATIVE_CHANGE, capacity=_FOR),
        market_access.SECTOR_PERMIT: None,
    },
    persons={
        (market_access.ESTABLISHMENT, _FOR): PersonStep(gate=True),
        (market_access.REPRESENTATIVE_CHANGE, _FOR): PersonStep(gate=True),
        (market_access.ESTABLISHMENT, _OWN): PersonStep(gate=True, carried=_REPRESENTED),
    },
)
AWARDS: Final = Area(
    name="awards",
    rules=lambda limits: awards.awards_rules(limits["publicity_to_conferral"]),
    sample=Sample("PX-2026-21", awards.PUBLICITY, awards.CONFERRAL),
    limits=("publicity_to_conferral",),
    part_is=("单独评选的类别", "Category that is decided on its own"),
    acts={awards.CONFERRAL: None},
    persons={
        (awards.NOMINATION, _OWN): PersonStep(gate=False),
        (awards.PUBLICITY, _OWN): PersonStep(gate=False),
        (awards.CONFERRAL, _OWN): PersonStep(gate=True),
        (awards.REVOCATION, _OWN): PersonStep(gate=False),
    },
)
AREAS: Final = {
    area.name: area
    for area in (
        BIDDING, FUNDING, PROCUREMENT, LICENSING, GUARANTEE, QUALIFICATION, LENDING, MARKET_ACCESS, AWARDS,
    )
}  # fmt: skip
"""By name."""


def area_named(name: str) -> Area:
    """Return the area of that name.

    Raises:
        SettingsError: There is no side-car for it.
    """
    if name not in AREAS:
        raise SettingsError(f"{name}: there is no side-car for this area; there is one for {', '.join(sorted(AREAS))}")
    return AREAS[name]
