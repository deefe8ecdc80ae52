"""Records of invented enterprises as their producers would submit them: one function a kind.

All dates are civil dates; every document number says 示 (sample). What an enterprise of the sample city has is in
``examples`` and ``load``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2, listing_pb2, record_pb2

from gateway.sample.invention import LOCAL_DIVISION

if TYPE_CHECKING:
    from collections.abc import Iterable

FEEDS: Final = ("market_regulation", "wage_list", "labour_inspection", "publications", "court_judgments")
"""The feeds of the sample city, in the order in which they are to be submitted: profiles first."""

FEED_OF_KIND: Final = {
    "enterprise": "market_regulation",
    "listing_act": "wage_list",
    "complaint": "labour_inspection",
    "arrears": "labour_inspection",
    "five_systems": "labour_inspection",
    "labour_violation": "labour_inspection",
    "penalty": "labour_inspection",
    "red_list": "labour_inspection",
    "publication": "publications",
    "published_notice": "publications",
    "conviction": "court_judgments",
}
"""Which feed carries which kind of record."""

HRSS: Final = "示例市人力资源和社会保障局"
REGISTRAR: Final = "示例市市场监督管理局"
COURT: Final = "示例市人民法院"
LOCAL: Final = common_pb2.ENTERPRISE_KIND_LOCAL
NONLOCAL: Final = common_pb2.ENTERPRISE_KIND_NONLOCAL
DORMANT: Final = common_pb2.ENTERPRISE_KIND_LOCAL_REG_DORMANT_2Y
_VIOLATIONS: Final = {
    True: ("WAGE_ARREARS", "承建示例项目期间，无故拖欠12名农民工工资共计86,400元，经责令限期支付，逾期未支付。"),
    False: ("HOURS_AND_LEAVE", "安排31名劳动者连续三个月每月延长工作时间超过三十六小时，情节严重。"),
}
"""Kind and main facts of an invented violation, by whether it is about wages."""


@dataclass(frozen=True, slots=True)
class Party:
    """The enterprise that a record is about."""

    uscc: str
    name: str

    def record(self, key: str, authority: str = HRSS) -> record_pb2.Record:
        """Return a record without its fact; *key* is the source's, unique within its feed and kind."""
        document = f"示人社〔{key}〕号"
        return record_pb2.Record(
            source_key=key, uscc=self.uscc, name=self.name, authority=authority, document_number=document
        )


def profile(
    party: Party,
    since: date,
    kind: common_pb2.EnterpriseKind.ValueType = LOCAL,
    *,
    representative: listing_pb2.PersonRef | None = None,
    head_office: str = "",
    successor_of: str = "",
) -> record_pb2.Record:
    """Return the profile of a construction unit in business from *since* on."""
    record = record_pb2.Record(
        source_key=f"{party.uscc}/{since.isoformat()}",
        uscc=party.uscc,
        name=party.name,
        authority="示例市市场监督管理局",
    )
    record.enterprise.CopyFrom(
        record_pb2.EnterpriseProfile(
            name=party.name,
            valid_from=since.isoformat(),
            kind=kind,
            construction_unit=True,
            legal_representative=representative,
            head_office_uscc=head_office,
            successor_of_uscc=successor_of,
            business_status="IN_BUSINESS",
        )
    )
    return record


def deregistered(party: Party, since: date) -> record_pb2.Record:
    """Return the profile of a construction unit that is deregistered from *since* on."""
    record = profile(party, since)
    record.enterprise.business_status = "DEREGISTERED"
    return record


def complaint(party: Party, key: str, accepted: date, settled: date | None) -> record_pb2.Record:
    """Return a complaint that was verified five days after it was accepted; *settled* is None while wages are owed."""
    record = party.record(key)
    record.complaint.accepted_on = accepted.isoformat()
    record.complaint.verified_on = (accepted + timedelta(days=5)).isoformat()
    record.complaint.settled_on = settled.isoformat() if settled else ""
    return record


def arrears(party: Party, key: str, found: date, paid: date | None, *, malicious: bool = False) -> record_pb2.Record:
    """Return arrears of 86,400.00 yuan owed to 12 workers; *paid* is None while they are owed."""
    record = party.record(key)
    record.arrears.CopyFrom(
        record_pb2.ArrearsFinding(
            found_on=found.isoformat(),
            paid_on=paid.isoformat() if paid else "",
            amount_fen=8_640_000,
            workers=12,
            malicious=malicious,
        )
    )
    return record


def five_systems(party: Party, key: str, checked: date, deposit: str = "OK") -> record_pb2.Record:
    """Return a check of the five systems of one project in the city, of which only the deposit may be other than OK."""
    record = party.record(key)
    record.five_systems.CopyFrom(
        record_pb2.FiveSystems(
            project=f"示例项目{key}",
            real_name="OK",
            wage_account="OK",
            agent_payment="OK",
            deposit=deposit,
            notice_board="OK",
            checked_on=checked.isoformat(),
            project_region=LOCAL_DIVISION,
        )
    )
    return record


def listing(
    party: Party, key: str, decided: date, *, delivered: bool = True, persons: Iterable[listing_pb2.PersonRef] = ()
) -> list[record_pb2.Record]:
    """Return the decision to list with its chain of documents (L-27), and its delivery two days later."""
    decision = act(party, key, listing_pb2.LISTING_ACT_KIND_DECISION, decided)
    decision.listing_act.reason = "REFUSED_TO_PAY_ORDERED_WAGES"
    decision.listing_act.persons.extend(persons)
    decision.listing_act.chain.CopyFrom(
        record_pb2.ListingChain(
            order_number=f"示人社责〔{key}〕号",
            order_delivered_on=(decided - timedelta(days=60)).isoformat(),
            order_due_on=(decided - timedelta(days=45)).isoformat(),
            pre_notice_number=f"示人社告〔{key}〕号",
            pre_notice_delivered_on=(decided - timedelta(days=20)).isoformat(),
        )
    )
    if not delivered:
        return [decision]
    return [decision, act(party, key, listing_pb2.LISTING_ACT_KIND_DELIVERY, decided + timedelta(days=2))]


def published(party: Party, key: str, decided: date) -> record_pb2.Record:
    """Return that the listing *key* was published five days after its decision (L-10)."""
    return act(party, key, listing_pb2.LISTING_ACT_KIND_PUBLISHED, decided + timedelta(days=5))


def act(party: Party, key: str, kind: listing_pb2.ListingActKind.ValueType, on: date) -> record_pb2.Record:
    """Return one dated act of the listing *key*."""
    name = listing_pb2.ListingActKind.Name(kind).removeprefix("LISTING_ACT_KIND_")
    record = party.record(f"{key}/{name}/{on.isoformat()}")
    record.listing_act.listing_id = key
    record.listing_act.act = kind
    record.listing_act.on = on.isoformat()
    return record


def violation(party: Party, key: str, decided: date) -> record_pb2.Record:
    """Return a labour violation about wages that was investigated and punished, of no graver kind."""
    record = party.record(key)
    record.labour_violation.CopyFrom(record_pb2.LabourViolation(decided_on=decided.isoformat(), item="WAGES"))
    return record


def publication(party: Party, key: str, published: date, until: date, *, for_wages: bool) -> record_pb2.Record:
    """Return the publication of a major violation, decided ten days before and displayed in [published, until)."""
    record = party.record(key)
    decided = published - timedelta(days=10)
    kind, facts = _VIOLATIONS[for_wages]
    record.publication.CopyFrom(
        record_pb2.MajorViolationPublication(
            published_on=published.isoformat(),
            display_until=until.isoformat(),
            for_wages=for_wages,
            violation=kind,
            enterprise_name=party.name,
            address=f"示例市示例区示例大道{int(party.uscc[8:12], 36) % 200 + 1}号",
            representative_name="示例某",
            main_facts=facts,
            handling_result=f"责令限期改正后逾期未改正，于{decided.isoformat()}作出行政处罚决定，罚款人民币五万元。",
            decided_on=decided.isoformat(),
            secrecy_reviewed=True,
        )
    )
    return record


def penalty(party: Party, key: str, decided: date, until: date) -> record_pb2.Record:
    """Return a penalty that limits new projects in [decided, until) (R724 art. 55)."""
    record = party.record(key)
    record.penalty.restriction = "NEW_PROJECTS_LIMITED"
    record.penalty.decided_on = record.penalty.restricts_from = decided.isoformat()
    record.penalty.restricts_until = until.isoformat()
    return record


def conviction(party: Party, key: str, effective: date) -> record_pb2.Record:
    """Return an effective conviction for refusing to pay wages."""
    record = party.record(key, COURT)
    record.conviction.effective_on = effective.isoformat()
    return record


def notice(party: Party, key: str, which: str, published: date) -> record_pb2.Record:
    """Return a published notice, retyped; *which* is WAGE_ARREARS_LISTING or MAJOR_VIOLATION_PUBLICATION."""
    record = party.record(key)
    record.published_notice.list = which
    record.published_notice.published_on = published.isoformat()
    return record


def red_list(party: Party, key: str, listed: date) -> record_pb2.Record:
    """Return an entry on the red list without an end."""
    record = party.record(key)
    record.red_list.listed_on = listed.isoformat()
    return record
