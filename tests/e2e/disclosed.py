"""A gateway with one caller for each column and area, and enterprises of which everything is on record.

``city`` starts it; ``ask`` and ``read`` put the two questions by which fields leave the gateway about one enterprise.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from e2e.served import BATCH, CHECK, CONFIG, HRSS, RECORD, REGISTRAR, SUBMIT, award_known, gateway_in, new_party, today
from jointsanctions.v1 import common_pb2, credit_pb2, listing_pb2, registry_pb2

from gateway.sample import records

if TYPE_CHECKING:
    from pathlib import Path

AREAS = (
    *("FUNDING", "PROCUREMENT", "BIDDING", "LICENSING", "GUARANTEE"),
    *("QUALIFICATION", "LENDING", "MARKET_ACCESS", "AWARDS"),
)
BANK, POLICE = "hanjiang-bank.bank", "public-security.police"
COURT, PROCURATORATE = "sample-court.court", "procuratorate.procuratorate"
JUSTICE = (POLICE, COURT, PROCURATORATE)
REPRESENTATIVE = {"name": "示例乙", "document_type": "PASSPORT", "document_number": "E00000002"}
"""Who represents the enterprise, and is on the listing of another."""
WORDS = ("REFUSED_TO_PAY_ORDERED_WAGES", REPRESENTATIVE["name"], REPRESENTATIVE["document_number"], "8640000")
"""Texts that are in the records and in no answer: the reason of the listing, the person, the amount owed."""


def asking(area: str) -> str:
    """Return the caller that decides in one area and in no other."""
    return f"decides-{area.lower().replace('_', '-')}.asking-system"


def _agencies() -> str:
    entry = '\n[[agency]]\nid = "{}"\nrole = "{}"\nname_zh = "示例"\nname_en = "Sample"\nterritory = "420300"\n{}'
    own = [entry.format(*asking(area).split("."), f'areas = ["{area}"]\npoints = ["{area}_*"]\n') for area in AREAS]
    return "".join([*own, entry.format(*COURT.split("."), "")])


@dataclass(frozen=True)
class City:
    """The gateway, and the enterprise that has everything."""

    served: object
    enterprise: records.Party
    other: records.Party
    """On whose listing the representative stands."""
    revision: int


@contextmanager
def city_in(folder: Path):
    """Serve the gateway with the callers above and the records below."""
    shutil.copytree(CONFIG, folder / "config")
    with (folder / "config" / "agencies.toml").open("a", encoding="utf-8") as file:
        file.write(_agencies())
    with gateway_in(folder) as served:
        enterprise, other, now = new_party(), new_party(), today()
        ago = lambda days: now - timedelta(days=days)  # noqa: E731 - a word for what every line below says
        person = listing_pb2.PersonRef(**REPRESENTATIVE)
        profiles = [records.profile(enterprise, ago(900), representative=person), records.profile(other, ago(900))]
        submit(served, "market_regulation", profiles, REGISTRAR)
        listed = records.listing(enterprise, "D-own", ago(90))
        listings = [*listed, *records.listing(other, "D-other", ago(80), persons=[person])]
        submit(served, "wage_list", listings)
        found = [
            records.complaint(enterprise, "D-complaint", ago(60), None),
            records.arrears(enterprise, "D-arrears", ago(50), None),
            records.five_systems(enterprise, "D-systems", ago(40)),
            records.penalty(enterprise, "D-penalty", ago(30), now + timedelta(days=300)),
            records.red_list(enterprise, "D-red", ago(400)),
        ]
        submit(served, "labour_inspection", found)
        shown = [
            records.publication(enterprise, "D-public", ago(20), now + timedelta(days=300), for_wages=True),
            records.publication(enterprise, "D-hidden", ago(800), ago(400), for_wages=True),
        ]
        submit(served, "publications", shown)
        revision = submit(served, "court_judgments", [records.conviction(enterprise, "D-judgment", ago(10))])
        yield City(served, enterprise, other, revision)


def submit(served, feed, sent, who=HRSS):
    """Submit records as one revision, and return it once it is served."""
    for row, record in enumerate(sent, 1):
        record.row = row
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id=new_party().uscc, feed=feed, officer="o", records=sent, last=True
    ).SerializeToString()
    answer = registry_pb2.SubmitRecordsResponse.FromString(served.raw_stream(SUBMIT, [chunk], who).answer)
    assert answer.stored == len(sent), answer
    award_known(served, answer.data_revision)
    return answer.data_revision


SINGLE, NOT_FIXED = credit_pb2.PARTICIPATION_FORM_SINGLE, credit_pb2.CUTOFF_RULE_NOT_FIXED
POINTS = {
    "FUNDING": ("APPROVAL", {"funding": credit_pb2.FundingFacts(fund_kind=credit_pb2.FUND_KIND_EARLIER_GRANT)}),
    "PROCUREMENT": (
        "QUALIFICATION_REVIEW",
        {
            "procurement": credit_pb2.ProcurementFacts(
                tender_document_names_list=False, form=SINGLE, cutoff_rule=NOT_FIXED
            )
        },
    ),
    "BIDDING": (
        "AWARD",
        {
            "bidding": credit_pb2.BiddingFacts(
                project_region="420302", must_be_tendered=True, state_funds=True, form=SINGLE, cutoff_rule=NOT_FIXED
            )
        },
    ),
    "LICENSING": ("DECISION", {}),
    "GUARANTEE": (
        "ISSUE",
        {
            "guarantee": credit_pb2.GuaranteeFacts(
                security_kind=credit_pb2.SECURITY_KIND_WAGE_DEPOSIT, contract_amount_fen=500_000_000
            )
        },
    ),
    "QUALIFICATION": (
        "DECISION",
        {
            "qualification": credit_pb2.QualificationFacts(
                application_kind=credit_pb2.QUALIFICATION_APPLICATION_KIND_UPGRADE, application_date=today().isoformat()
            )
        },
    ),
    "LENDING": ("APPROVAL", {}),
    "MARKET_ACCESS": ("SECTOR_PERMIT", {}),
    "AWARDS": ("NOMINATION", {}),
}
"""By area: a point, and the facts that it needs."""


def _question(city, area, **parts):
    point, facts = POINTS[area]
    return credit_pb2.Question(
        area=common_pb2.Area.Value(f"AREA_{area}"),
        decision_point=common_pb2.DecisionPoint.Value(f"DECISION_POINT_{area}_{point}"),
        case_ref="D-2026-1",
        officer="officer-1",
        case_facts=credit_pb2.CaseFacts(**facts),
        at_least_as_fresh=city.revision,
        explain=True,
        **parts,
    )


def ask_in_batch(city, who, area):
    """Return the decision about the enterprise in a batch of one."""
    sent = credit_pb2.BatchCheckEligibilityRequest(question=_question(city, area))
    sent.items.add(item_id="1").enterprise.uscc = city.enterprise.uscc
    outcome = city.served.send(BATCH, sent, who)
    assert outcome.ok, outcome.text()
    return credit_pb2.BatchCheckEligibilityResponse.FromString(outcome.answer).items[0].decision


def ask(city, who, area, **parts):
    """Return the answer to the question of *who* about the enterprise in an area, and its bytes."""
    sent = credit_pb2.CheckEligibilityRequest(question=_question(city, area, **parts))
    sent.enterprise.uscc = city.enterprise.uscc
    outcome = city.served.send(CHECK, sent, who)
    assert outcome.ok, outcome.text()
    return credit_pb2.CheckEligibilityResponse.FromString(outcome.answer), outcome.answer


def wanted(uscc, who, **parts):
    """Return the request for a record; of police, procuratorate and courts with a document of today."""
    request = credit_pb2.GetCreditRecordRequest(case_ref="D-2026-1", officer="officer-1", **parts)
    request.enterprise.uscc = uscc
    if who in JUSTICE and "authorization_ref" not in parts:
        request.authorization_ref.document_number = "示调〔2026〕1号"
        request.authorization_ref.signed_on = today().isoformat()
        request.authorization_ref.purpose = "核查涉案单位"
    return request


def read(city, who, uscc=""):
    """Return the record of the enterprise, or of the one with *uscc*, as *who* is shown it, and its bytes."""
    outcome = city.served.send(RECORD, wanted(uscc or city.enterprise.uscc, who), who)
    assert outcome.ok, outcome.text()
    return credit_pb2.GetCreditRecordResponse.FromString(outcome.answer), outcome.answer
