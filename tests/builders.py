"""Valid records, listings, dossiers and questions for tests; nothing here asserts.

Everything is invented. A builder takes what a test is about and fills the rest with what is valid.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formats.civil import midnight
from gateway.domain import timeline
from gateway.domain.case_facts import CaseFacts
from gateway.domain.eligibility import Moment, Question, Subject
from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.complaint import Complaint
from gateway.domain.kinds.conviction import Conviction
from gateway.domain.kinds.enterprise import EnterpriseProfile
from gateway.domain.kinds.five_systems import FiveSystems, SystemStatus
from gateway.domain.kinds.grade_recovery import GradeRecovery
from gateway.domain.kinds.labour_violation import LabourViolation, ViolationItem
from gateway.domain.kinds.penalty import Penalty, Restriction
from gateway.domain.kinds.publication import Publication
from gateway.domain.kinds.published_notice import NoticeList, PublishedNotice
from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.kinds.wage_deposit import DepositForm, WageDeposit
from gateway.domain.listing_acts import Act
from gateway.domain.listings import Listing
from gateway.domain.national_grades import NationalRules
from gateway.domain.records import Dossier, Relation, RelationKind
from gateway.domain.shiyan_grades import ShiyanRules
from gateway.domain.vocabulary import (
    CutoffRule,
    DecisionPoint,
    EnterpriseKind,
    FundKind,
    ListingActKind,
    MatchQuality,
    ParticipationForm,
    Provenance,
    QualificationApplicationKind,
    SecurityKind,
)
from gateway.settings.policy_files import load_policy

if TYPE_CHECKING:
    from gateway.domain.grades import GradeRules
    from gateway.domain.policy import Policy
    from gateway.domain.timeline import Timeline

USCC = "91420300MA0000001R"
OTHER_USCC = "91420300MA0000002M"
AUTHORITY = "示例市人力资源和社会保障局"
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
POLICIES = Path(__file__).parent.parent / "config" / "policy"
PROFILES = ("shiyan", "national-2026")

_numbers = count(1)


@cache
def policy(profile: str = "shiyan") -> Policy:
    return load_policy(POLICIES, profile, TODAY)


def rules(**changes: Any) -> ShiyanRules:
    values: dict[str, Any] = {
        "version": "2021",
        "territory": "420300",
        "complaint_threshold": 6,
        "window_months": 24,
        "conviction_months": 36,
        "recovery_by_decision": False,
    }
    return ShiyanRules(**(values | changes))


RULES = rules()


def national(**changes: Any) -> NationalRules:
    values: dict[str, Any] = {
        "version": "2016-1",
        "territory": "000000",
        "evaluated_month": 1,
        "evaluated_day": 1,
        "conviction_months": 36,
    }
    return NationalRules(**(values | changes))


NATIONAL = national()


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    """Return the first instant of a civil day."""
    return midnight(day(text))


def _stamped(prefix: str, changes: dict[str, Any]) -> dict[str, Any]:
    number = next(_numbers)
    stamp = {
        "record_id": f"{prefix}-{number}",
        "authority": AUTHORITY,
        "document_number": f"示例人社{prefix}〔2026〕{number}号",
    }
    return stamp | changes


def profile(valid_from: str = "2015-01-01", **changes: Any) -> EnterpriseProfile:
    values = {
        "name": "示例一号建筑工程有限公司",
        "valid_from": day(valid_from),
        "kind": EnterpriseKind.LOCAL,
        "construction_unit": True,
    }
    return EnterpriseProfile(**_stamped("E", values | changes))


def complaint(accepted: str, settled: str | None = None, **changes: Any) -> Complaint:
    """Return a complaint verified on the day on which it was accepted, of an incident of its own."""
    stamp = _stamped("T", {})
    values = {
        "accepted_on": day(accepted),
        "verified_on": day(accepted),
        "settled_on": day(settled) if settled else None,
        "payment_order_number": "",
    }
    return Complaint(**(stamp | values | changes))


def arrears(found: str, paid: str | None = None, **changes: Any) -> ArrearsFinding:
    values = {
        "found_on": day(found),
        "paid_on": day(paid) if paid else None,
        "amount_fen": 5_000_000,
        "workers": 10,
        "malicious": False,
        "payment_order_number": "",
    }
    return ArrearsFinding(**_stamped("Q", values | changes))


def violation(decided: str, *circumstances: Any, **changes: Any) -> LabourViolation:
    values = {"decided_on": day(decided), "item": ViolationItem.WAGES, "circumstances": circumstances}
    return LabourViolation(**_stamped("V", values | changes))


def publication(published: str, until: str, **changes: Any) -> Publication:
    values = {"published_on": day(published), "display_until": day(until), "for_wages": True}
    return Publication(**_stamped("G", values | changes))


def penalty(since: str, until: str, **changes: Any) -> Penalty:
    values = {
        "restriction": Restriction.NEW_PROJECTS_LIMITED,
        "decided_on": day(since),
        "restricts_from": day(since),
        "restricts_until": day(until),
    }
    return Penalty(**_stamped("F", values | changes))


def conviction(effective: str, **changes: Any) -> Conviction:
    return Conviction(**_stamped("P", {"effective_on": day(effective)} | changes))


def notice(published: str, **changes: Any) -> PublishedNotice:
    values = {
        "provenance": Provenance.PUBLISHED_NOTICE,
        "notice_list": NoticeList.WAGE_ARREARS_LISTING,
        "published_on": day(published),
    }
    return PublishedNotice(**_stamped("N", values | changes))


def red_entry(listed: str, until: str | None = None) -> RedListEntry:
    return RedListEntry(**_stamped("R", {"listed_on": day(listed), "until": day(until) if until else None}))


def recovery(decided: str, **changes: Any) -> GradeRecovery:
    return GradeRecovery(**_stamped("H", {"decided_on": day(decided)} | changes))


def five_systems(status: SystemStatus = SystemStatus.MISSING) -> FiveSystems:
    systems = ("real_name", "wage_account", "agent_payment", "deposit", "notice_board")
    values = {"project": "示例项目", "checked_on": TODAY} | dict.fromkeys(systems, status)
    return FiveSystems(**_stamped("S", values))


def wage_deposit(opened: str, **changes: Any) -> WageDeposit:
    values = {
        "project": "示例项目",
        "contract_amount_fen": 100_000_000,
        "rate_basis_points": 200,
        "deposited_fen": 2_000_000,
        "form": DepositForm.CASH,
        "opened_on": day(opened),
        "ended_on": None,
        "exempt": False,
    }
    return WageDeposit(**_stamped("W", values | changes))


def act(kind: ListingActKind, on: str, **changes: Any) -> Act:
    stamp = _stamped("A", {})
    values = {
        "kind": kind,
        "on": day(on),
        "document_number": stamp["document_number"],
        "authority": AUTHORITY,
        "act_id": stamp["record_id"],
    }
    return Act(**(values | changes))


def listing(*acts: Act, listing_id: str = "L-1", uscc: str = USCC) -> Listing:
    return Listing(listing_id, uscc, acts)


def listed(decided: str = "2025-03-01", delivered: str | None = "2025-03-10", *more: Act, **changes: Any) -> Listing:
    """Return a listing decided and delivered, the delivery known by its date only."""
    acts = [act(ListingActKind.DECISION, decided)]
    if delivered is not None:
        acts.append(act(ListingActKind.DELIVERY, delivered))
    return listing(*acts, *more, **changes)


def dossier(*facts: Any, **changes: Any) -> Dossier:
    """Return a dossier of a local construction unit known since 2015; listings among *facts* go to their place."""
    values: dict[str, Any] = {
        "profiles": (profile(),),
        "facts": tuple(fact for fact in facts if not isinstance(fact, Listing)),
        "listings": tuple(fact for fact in facts if isinstance(fact, Listing)),
    }
    return Dossier(USCC, **(values | changes))


def build(*facts: Any, using: GradeRules = RULES, **changes: Any) -> Timeline:
    return timeline.build(dossier(*facts, **changes), using)


def subject(*facts: Any, uscc: str = USCC, relation: RelationKind = RelationKind.SELF, **changes: Any) -> Subject:
    """Return a party with the timeline of ``dossier(*facts)``, identified exactly."""
    values: dict[str, Any] = {
        "uscc": uscc,
        "name": "示例一号建筑工程有限公司",
        "name_sent": "",
        "relation": relation,
        "match": MatchQuality.EXACT,
        "timeline": None,
        "same_name": (),
    }
    values |= changes
    if values["timeline"] is None:
        values["timeline"] = timeline.build(Dossier(uscc, *_parts(facts)), RULES)
    return Subject(**values)


def _parts(facts: tuple[Any, ...]) -> tuple[Any, ...]:
    simple = tuple(fact for fact in facts if not isinstance(fact, (Listing, Relation, EnterpriseProfile)))
    profiles = tuple(fact for fact in facts if isinstance(fact, EnterpriseProfile)) or (profile(),)
    listings = tuple(fact for fact in facts if isinstance(fact, Listing))
    return profiles, simple, listings, tuple(fact for fact in facts if isinstance(fact, Relation))


FULL_FACTS: dict[str, Any] = {
    "project_region": "420302",
    "must_be_tendered": True,
    "state_funds": True,
    "form": ParticipationForm.SINGLE,
    "tender_document_names_list": True,
    "cutoff_rule": CutoffRule.NOT_FIXED,
    "fund_kind": FundKind.NEW_GRANT,
    "security_kind": SecurityKind.PERFORMANCE_BOND,
    "contract_amount_fen": 100_000_000,
    "application_kind": QualificationApplicationKind.UPGRADE,
    "application_date": date(2026, 11, 1),
}
"""Facts under which every area weighs most."""


def question(point: DecisionPoint = DecisionPoint.BIDDING_AWARD, *, explain: bool = False, **facts: Any) -> Question:
    return Question(point, CaseFacts(**(FULL_FACTS | facts)), explain)


def moment(as_of: datetime = NOW, *doubts: str, valid_until: datetime | None = None) -> Moment:
    return Moment(as_of, valid_until or as_of + timedelta(hours=4), doubts)
