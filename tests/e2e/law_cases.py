"""The cases of the law's table: at each decision point every combination of facts that the rules tell apart.

A case is the facts as the wire takes them and the words that rows of ``law_table.toml`` use for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import credit_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e.law_maker import Subject

SINGLE = pb.PARTICIPATION_FORM_SINGLE
REGIONS = {"inside": ("420302", "420322"), "outside": ("420100", "610100")}
"""Divisions inside 4203xx and outside it; one of Hubei, whose first digits are the same, among the latter."""
CONTRACT_FEN = 500_000_000
NO_UPGRADE = frozenset({"FIRST", "RENEWAL", "CHANGE"})
APPLIED_DAYS_AGO = (0, 160, 600)


@dataclass(frozen=True)
class Case:
    """Facts of a case, and what the table calls them."""

    words: frozenset[str]
    facts: pb.CaseFacts
    applied_on: date | None = None

    def words_about(self, subject: Subject) -> frozenset[str]:
        """Return the words, with that arrears lie within the year before the application or came after it (A-60)."""
        if subject.found_on is None or self.applied_on is None:
            return self.words
        within = (self.applied_on - subject.found_on).days < 365
        return self.words | {"within_the_year" if within else "too_old"}


def cases_at(point: str, now: datetime) -> list[Case]:
    """Return the cases of a decision point, one without facts where it needs none."""
    if point in {"FUNDING_WAGE_PAYMENT", "BIDDING_REGISTRATION"}:
        return [_NO_FACTS]
    if point in {"BIDDING_CONTRACT", "BIDDING_SUBCONTRACT_CONSENT"}:
        return list(_bidding(None))
    area = next(area for area in (*_CASES, "") if point.startswith(f"{area}_") or not area)
    return list(_CASES[area](now)) if area else [_NO_FACTS]


_NO_FACTS = Case(frozenset(), pb.CaseFacts())


def _cutoffs(now: datetime) -> Iterator[tuple[str, pb.CutoffRule.ValueType, Timestamp]]:
    """Yield a cut-off before everything that weighs, one after it, and one that lies ahead (A-124)."""
    for word, days in (("after_cutoff", -1200), ("", -1), ("", 30)):
        at = Timestamp()
        at.FromDatetime((now + timedelta(days=days)).astimezone(UTC))
        yield word, pb.CUTOFF_RULE_FIXED, at


def _case(facts: pb.CaseFacts, *words: str, applied_on: date | None = None) -> Case:
    return Case(frozenset(word for word in words if word), facts, applied_on)


def _funding(_now: datetime) -> Iterator[Case]:
    for kind in ("NEW_GRANT", "EARLIER_GRANT", "RELIEF"):
        facts = pb.FundingFacts(fund_kind=pb.FundKind.Value(f"FUND_KIND_{kind}"))
        yield _case(pb.CaseFacts(funding=facts), kind.lower())


def _procurement(now: datetime) -> Iterator[Case]:
    for named, (word, rule, at) in product((True, False), [("", pb.CUTOFF_RULE_NOT_FIXED, None), *_cutoffs(now)]):
        facts = pb.ProcurementFacts(tender_document_names_list=named, form=SINGLE, cutoff_rule=rule, cutoff_at=at)
        yield _case(pb.CaseFacts(procurement=facts), "list_named" if named else "list_not_named", word)


def _bidding(now: datetime | None) -> Iterator[Case]:
    """Yield every case without a cut-off, and under each a tender that the law requires and a private one."""
    for (where, codes), must, state in product(REGIONS.items(), (True, False), (True, False)):
        words = where, "" if must or state else "private"
        rule = pb.CUTOFF_RULE_UNSPECIFIED if now is None else pb.CUTOFF_RULE_NOT_FIXED
        for code in codes:
            facts = pb.BiddingFacts(
                project_region=code, must_be_tendered=must, state_funds=state, form=SINGLE, cutoff_rule=rule
            )
            yield _case(pb.CaseFacts(bidding=facts), *words)
        for word, fixed, at in () if now is None or state else _cutoffs(now):
            cut = pb.BiddingFacts()
            cut.CopyFrom(facts)
            cut.cutoff_rule = fixed
            cut.cutoff_at.CopyFrom(at)
            yield _case(pb.CaseFacts(bidding=cut), *words, word)


def _guarantee(_now: datetime) -> Iterator[Case]:
    for kind in ("BID_BOND", "PERFORMANCE_BOND", "WAGE_DEPOSIT"):
        facts = pb.GuaranteeFacts(
            security_kind=pb.SecurityKind.Value(f"SECURITY_KIND_{kind}"),
            contract_amount_fen=CONTRACT_FEN,
            project_region="420302",
        )
        yield _case(pb.CaseFacts(guarantee=facts), kind.lower())


def _qualification(now: datetime) -> Iterator[Case]:
    for kind, days in product(("UPGRADE", "ADDITION", *sorted(NO_UPGRADE)), APPLIED_DAYS_AGO):
        applied = now.date() - timedelta(days=days)
        facts = pb.QualificationFacts(
            application_kind=pb.QualificationApplicationKind.Value(f"QUALIFICATION_APPLICATION_KIND_{kind}"),
            application_date=applied.isoformat(),
        )
        word = "no_upgrade" if kind in NO_UPGRADE else "upgrade"
        yield _case(pb.CaseFacts(qualification=facts), word, applied_on=applied)


_CASES = {
    "FUNDING": _funding,
    "PROCUREMENT": _procurement,
    "BIDDING": _bidding,
    "GUARANTEE": _guarantee,
    "QUALIFICATION": _qualification,
}
