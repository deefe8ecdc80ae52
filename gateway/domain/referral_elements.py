"""The elements of the crime of refusing to pay for work, checked before a case is sent (CL 276-1, T-01..T-10).

Nothing here says that somebody is guilty: it says which element the file does not show yet, and whether a case with
that gap must not be sent (it would come back, X-13) or may be, with a warning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.policy import LocalizedText
from gateway.domain.referral_amounts import amount_finding
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from gateway.domain.referral_amounts import AmountTable, WorkerClaim


class ReferralConduct(Word):
    """How payment is refused (T-01, T-06)."""

    MOVES_PROPERTY = 1
    """Moves or hides property."""
    HIDES = 2
    """Absconds or hides."""
    FAILS_TO_APPEAR = 3
    """Did not come after a notice that reached it (T-06)."""
    DESTROYS_RECORDS = 4
    """Hides, destroys or alters books and records of work."""
    ABLE_AND_DOES_NOT = 5
    """Is able to pay and does not."""


class OrderDelivery(Word):
    """How the order reached the debtor (T-04, T-05)."""

    IN_PERSON = 1
    POST = 2
    ELECTRONIC = 3
    POSTED_UP_AND_RECORDED = 4
    """Put up at residence or place of business, on photograph or film: enough where the person hides (T-05)."""
    PUBLIC_NOTICE = 5


class ReferralDebtor(Word):
    """Who owes (T-10)."""

    UNIT = 1
    UNQUALIFIED_EMPLOYER = 2
    """A unit or a person without the qualification to employ; liable all the same."""
    ACTUAL_CONTROLLER = 3


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """The order to pay. Days are civil days, UTC+8; ``due_on`` is the last one on which it could be paid in time."""

    document_number: str
    issued_on: date
    delivered_on: date | None
    delivery: OrderDelivery | None
    due_on: date


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What HRSS has found of a case. ``claims`` are what was owed when the order's time had passed."""

    county: str
    debtor: ReferralDebtor
    claims: tuple[WorkerClaim, ...]
    order: PaymentOrder
    conducts: frozenset[ReferralConduct]
    excuse_proven: bool = False
    """A legitimate reason for not knowing of the order, not paying in time (T-04) or not coming (T-06) is proven."""
    serious_consequences: bool = False
    """Living, treatment or schooling harmed, or violence or threats (T-08)."""
    listing_id: str = ""
    """Of the enterprise's listing on which a filing weighs (L-25); empty where none is named."""


class GapWeight(Word):
    """What a gap means for sending."""

    BLOCKS = 1
    WARNS = 2


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that the file does not show. ``rule`` is the rule's id."""

    rule: str
    weight: GapWeight
    text: LocalizedText


def element_gaps(facts: CaseFacts, table: AmountTable, on: date) -> tuple[Gap, ...]:
    """Return what of the elements is not shown on civil day *on*; empty where every one is."""
    return (*_amount(facts, table, on), *_order(facts, on), *_conduct(facts))


def _amount(facts: CaseFacts, table: AmountTable, on: date) -> Iterator[Gap]:
    row = table.row(facts.county, on)
    if row is None:
        yield _blocks("T-03", "未配置该县（市、区）的数额标准", "no amount is configured for this county and day")
        return
    large = amount_finding(facts.claims, row.decide).large
    otherwise = large if row.contested is None else amount_finding(facts.claims, row.contested).large
    if large is not otherwise:
        yield (_warns if large else _blocks)(
            "T-03",
            "本案是否“数额较大”取决于该县适用哪一数额标准，而该标准尚存争议：请先确认",
            "whether the amount is large depends on which amounts hold in this county, which is open: settle it first",
        )
    elif not large:
        yield _blocks(
            "T-03",
            "未达到“数额较大”：须一名劳动者被拖欠三个月以上且达到数额，或者十名以上劳动者合计达到数额",
            "no large amount: one worker with three months' pay and the amount, or ten workers and the amount together",
        )


def _order(facts: CaseFacts, on: date) -> Iterator[Gap]:
    order = facts.order
    if order.delivered_on is None or order.delivery is None:
        yield _blocks("T-04", "没有责令支付文书的送达证明", "there is no proof that the order to pay was delivered")
    elif order.due_on < order.delivered_on:
        yield _blocks("T-04", "期限在送达之前已届满", "the time to pay had passed before the order was delivered")
    elif order.delivery is OrderDelivery.POSTED_UP_AND_RECORDED and not facts.conducts & {
        ReferralConduct.HIDES,
        ReferralConduct.FAILS_TO_APPEAR,
    }:
        yield _blocks(
            "T-05",
            "张贴送达仅适用于逃匿的行为人",
            "an order that was put up counts as delivered only to who hides",
        )
    elif order.delivery is OrderDelivery.PUBLIC_NOTICE:
        yield _warns("T-04", "公告送达的证明力可能受到质疑", "delivery by public notice may be contested")
    if on <= order.due_on:
        yield _blocks("T-04", "责令支付的期限未届满", "the time that the order gives to pay has not passed")
    if facts.excuse_proven:
        yield _blocks(
            "T-04",
            "有证据证明有正当理由未知悉责令或者未按时支付",
            "a legitimate reason for not knowing of the order or not paying in time is proven",
        )


def _conduct(facts: CaseFacts) -> Iterator[Gap]:
    if not facts.conducts:
        yield _blocks(
            "T-01",
            "既无逃避支付的证据，也无有能力支付而不支付的证据",
            "neither evasion nor ability to pay is shown",
        )
    elif facts.conducts == {ReferralConduct.FAILS_TO_APPEAR}:
        yield _warns(
            "T-06",
            "仅以未按要求配合调查认定逃匿，请核实通知已送达且无不可抗力",
            "hiding rests on a failure to come alone: make sure that the notice arrived, and that nothing prevented it",
        )


def _blocks(rule: str, zh: str, en: str) -> Gap:
    return Gap(rule, GapWeight.BLOCKS, LocalizedText(zh, en))


def _warns(rule: str, zh: str, en: str) -> Gap:
    return Gap(rule, GapWeight.WARNS, LocalizedText(zh, en))
