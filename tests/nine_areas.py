"""The nine adapters, each with the way through its procedure, for the suites that go it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from jointsanctions.v1 import common_pb2
from plain_numbers import resident

from adapters import awards, bidding, funding, guarantee, lending, licensing, market_access, procurement, qualification
from adapters.conditions import ConvenienceWithheld, ExistenceConfirmed, OfficerReview, SecurityRaised
from adapters.enforcement import Enforcement, utc_now
from adapters.errors import ConditionNotMetError
from adapters.participation import Cutoff, Enterprise, Form
from adapters.persons import NaturalPerson
from adapters.security import Security, SecurityKind
from adapters.tenders import Bidder, Project

if TYPE_CHECKING:
    from collections.abc import Callable

DAYS = timedelta(days=30)
BIDDING, FINANCE = "public-resources-trading.asking-system", "finance.asking-system"
HOUSING, BANK = "housing.asking-system", "hanjiang-bank.bank"
MARKET, AWARDS = "market-regulation.asking-system", "award-office.asking-system"
RULES = {
    "bidding": (BIDDING, bidding.bidding_rules(DAYS, DAYS)),
    "funding": (FINANCE, funding.funding_rules(DAYS, DAYS)),
    "procurement": (FINANCE, procurement.procurement_rules(DAYS, DAYS)),
    "licensing": (MARKET, licensing.licensing_rules(DAYS)),
    "guarantee": (BANK, guarantee.guarantee_rules(DAYS)),
    "qualification": (HOUSING, qualification.qualification_rules(DAYS)),
    "lending": (BANK, lending.lending_rules(DAYS)),
    "market_access": (MARKET, market_access.market_access_rules()),
    "awards": (AWARDS, awards.awards_rules(DAYS)),
}
ADAPTERS = {
    "bidding": bidding.BiddingAdapter,
    "funding": funding.FundingAdapter,
    "procurement": procurement.ProcurementAdapter,
    "licensing": licensing.LicensingAdapter,
    "guarantee": guarantee.GuaranteeAdapter,
    "qualification": qualification.QualificationAdapter,
    "lending": lending.LendingAdapter,
    "market_access": market_access.MarketAccessAdapter,
    "awards": awards.AwardsAdapter,
}
ABOUT_PERSONS = ("qualification", "market_access", "awards")


def adapter_of(
    area: str, client: Any, journal: Any, mode: str = "enforce", clock: Callable[[], datetime] = utc_now
) -> Any:
    """Return the adapter of *area* on *client*, with a journal."""
    engine = Enforcement(client, journal, RULES[area][1], mode, clock)
    return ADAPTERS[area](engine, client) if area in ABOUT_PERSONS else ADAPTERS[area](engine)


@dataclass
class Way:
    """One case of one area: what is checked first, and the gates after it.

    ``checks`` are calls that return a standing or raise; ``gates`` take what the gate before gave, and a clearance
    where one is needed.
    """

    checks: list[tuple[int, Callable[[], Any]]]
    gates: list[tuple[int, Callable[[Any, Any], Any]]]


def way(area: str, adapter: Any, code: str, name: str = "", *, case_ref: str = "") -> Way:
    """Return the way of one enterprise through *area*; its case number is new unless one is given."""
    return _WAYS[area](adapter, code, name, case_ref or f"C-{uuid4().hex}")


def met(conditional: Any, *, code: str = "", security: SecurityRaised | None = None) -> Any:
    """Meet every condition of a conditional answer as an officer would, and return the clearance."""
    now = conditional.clock()
    return conditional.fulfil(
        officer_review=OfficerReview("Wang", "looked at, and goes ahead", now),
        existence=ExistenceConfirmed((code,), "register", "No. 7", now) if code else None,
        convenience_withheld=ConvenienceWithheld("Wang", now),
        security=security,
    )


def through(gate: Callable[[Any, Any], Any], before: Any, meet: Callable[[Any], Any]) -> Any:
    """Pass a gate; a conditional answer is met with *meet* first."""
    try:
        return gate(before, None)
    except ConditionNotMetError as error:
        return gate(before, meet(error.conditional))


def one(results: Any) -> Any:
    """Return the only standing of several, or raise what stopped it."""
    (result,) = results.results
    return result.standing


def _bidding(adapter: Any, code: str, name: str, ref: str) -> Way:
    project = Project(ref, "420302", must_be_tendered=True, state_funds=True, cutoff=Cutoff.not_fixed())
    bidder = Bidder(code, name, Form.SINGLE)
    points = (
        bidding.REGISTRATION,
        bidding.QUALIFICATION_REVIEW,
        bidding.EVALUATION,
        bidding.CANDIDATE_PUBLICITY,
    )
    return Way(
        [(point, lambda point=point: one(adapter.check_all(project, point, [bidder], "Li"))) for point in points],
        [
            (bidding.AWARD, lambda _, ok: adapter.award(project, bidder, "Li", ok)),
            (bidding.CONTRACT, lambda award, ok: adapter.contract(project, award, bidder, "Li", ok)),
            (
                bidding.SUBCONTRACT_CONSENT,
                lambda contract, ok: adapter.consent_subcontract(project, contract, bidder, "Li", ok),
            ),
        ],
    )


def _funding(adapter: Any, code: str, name: str, ref: str) -> Way:
    application = funding.FundApplication(ref, funding.Funds.NEW_GRANT)
    who, held = Enterprise(code, name), []

    def approve(_: Any, ok: Any) -> Any:
        held[:] = [adapter.approve(application, who, "Li", ok)]
        return held[0]

    def pay(_: Any, ok: Any) -> Any:
        return adapter.pay(application, held[0], who, "Li", ok)

    return Way(
        [(funding.APPLICATION, lambda: adapter.accept(application, who, "Li"))],
        [(funding.APPROVAL, approve), (funding.PAYMENT, pay), (funding.PAYMENT, pay)],
    )


def _procurement(adapter: Any, code: str, name: str, ref: str) -> Way:
    purchase = procurement.Purchase(ref, names_list=True, cutoff=Cutoff.not_fixed())
    supplier, point = procurement.Supplier(code, name, Form.SINGLE), procurement.QUALIFICATION_REVIEW
    return Way(
        [(point, lambda: one(adapter.check_all(purchase, point, [supplier], "Li")))],
        [
            (procurement.RESULT, lambda _, ok: adapter.announce(purchase, supplier, "Li", ok)),
            (procurement.CONTRACT, lambda result, ok: adapter.contract(purchase, result, supplier, "Li", ok)),
        ],
    )


def _licensing(adapter: Any, code: str, name: str, ref: str) -> Way:
    application, who = licensing.LicenceApplication(ref), Enterprise(code, name)
    return Way(
        [(licensing.ACCEPTANCE, lambda: adapter.accept(application, who, "Li"))],
        [
            (licensing.DECISION, lambda _, ok: adapter.decide(application, who, "Li", ok)),
            (licensing.RENEWAL, lambda _, ok: adapter.renew(application, who, "Li", ok)),
        ],
    )


SECURITY = Security(SecurityKind.WAGE_DEPOSIT, 1_000_000_00, 20_000_00, "420302")


def _guarantee(adapter: Any, code: str, name: str, ref: str) -> Way:
    case, who = guarantee.GuaranteeCase(ref, SECURITY), Enterprise(code, name)
    return Way(
        [(guarantee.TENDER_DOCUMENT, lambda: adapter.check(case, who, "Li"))],
        [
            (guarantee.ISSUE, lambda _, ok: adapter.issue(case, who, "Li", ok)),
            (guarantee.CONTRACT, lambda issue, ok: adapter.contract(case, issue, who, "Li", ok)),
        ],
    )


APPLIED_ON = date(2026, 11, 2)


def _qualification(adapter: Any, code: str, name: str, ref: str) -> Way:
    application = qualification.QualificationApplication(ref, qualification.Asks.UPGRADE, APPLIED_ON)
    who = Enterprise(code, name)
    return Way(
        [(qualification.ACCEPTANCE, lambda: adapter.accept(application, who, "Li"))],
        [(qualification.DECISION, lambda _, ok: adapter.decide(application, who, "Li", ok))],
    )


def _lending(adapter: Any, code: str, name: str, ref: str) -> Way:
    loan, who, held = lending.Loan(ref), Enterprise(code, name), []

    def approve(_: Any, ok: Any) -> Any:
        held[:] = [adapter.approve(loan, who, "Li", ok)]
        return held[0]

    def draw(_: Any, ok: Any) -> Any:
        return adapter.draw(loan, held[0], who, "Li", ok)

    return Way(
        [],
        [
            (lending.APPROVAL, approve),
            (lending.DRAWDOWN, draw),
            (lending.DRAWDOWN, draw),
            (lending.RENEWAL, lambda _, ok: adapter.renew(loan, who, "Li", ok)),
        ],
    )


SOMEBODY = NaturalPerson("RESIDENT_ID", resident(88_001), "示例丁")
"""A person of whom nothing is on record."""


def _market_access(adapter: Any, code: str, name: str, ref: str) -> Way:
    registration, who = market_access.Registration(ref), Enterprise(code, name)

    def representing(point: int) -> Any:
        step = market_access.PersonStep(registration, point, "representative-1")
        return adapter.representative(step, SOMEBODY, "Li")

    def establish(_: Any, ok: Any) -> Any:
        return adapter.establish(registration, representing(market_access.ESTABLISHMENT), who, "Li", ok)

    def change(_: Any, ok: Any) -> Any:
        grant = representing(market_access.REPRESENTATIVE_CHANGE)
        return adapter.change_representative(registration, grant, who, "Li", ok)

    return Way(
        [],
        [
            (market_access.ESTABLISHMENT, establish),
            (market_access.REPRESENTATIVE_CHANGE, change),
            (market_access.SECTOR_PERMIT, lambda _, ok: adapter.permit(registration, who, "Li", ok)),
        ],
    )


def _awards(adapter: Any, code: str, name: str, ref: str) -> Way:
    honour, who = awards.Honour(ref), Enterprise(code, name)
    points = (awards.NOMINATION, awards.PUBLICITY)
    return Way(
        [(point, lambda point=point: one(adapter.check_all(honour, point, [who], "Li"))) for point in points]
        + [(awards.REVOCATION, lambda: adapter.look_again(honour, who, "Li"))],
        [(awards.CONFERRAL, lambda _, ok: adapter.confer(honour, who, "Li", ok))],
    )


_WAYS = {
    "bidding": _bidding,
    "funding": _funding,
    "procurement": _procurement,
    "licensing": _licensing,
    "guarantee": _guarantee,
    "qualification": _qualification,
    "lending": _lending,
    "market_access": _market_access,
    "awards": _awards,
}
POINTS = {
    value: common_pb2.DecisionPoint.Name(value).removeprefix("DECISION_POINT_")
    for value in common_pb2.DecisionPoint.values()
}
