"""What turns a conditional answer into a clearance, and what is still missing.

Each measure that weighs asks for its own thing: an officer's review, security within the law's bound, a declaration
that no convenience is granted, a confirmation that the enterprise exists, a hearing where the fact is disputed. What
counts is that all are there; whether a review is wise is not judged here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2

from formats.civil import format_instant
from formats.identifiers import normalise_uscc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime


_TO_CONFIRM = {
    common_pb2.TRIGGER_UNKNOWN_ENTERPRISE: "exists",
    common_pb2.TRIGGER_NOT_IN_BUSINESS: "exists and may act",
}
"""What market regulation must confirm of the party, by trigger."""


@dataclass(frozen=True, slots=True)
class OfficerReview:
    """An officer looked at the measures and decided to go ahead (A-125).

    Attributes:
        officer: Who, as the agency names its officers.
        reason: Why, in words; not blank.
        decided_at: When, UTC; after the question was asked.
    """

    officer: str
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class SecurityRaised:
    """Security was raised for this contract.

    Attributes:
        kind: ``BID_BOND``, ``PERFORMANCE_BOND`` or ``WAGE_DEPOSIT``.
        amount_fen: What was set, in fen, greater than 0.
        ordinary_fen: What would have been set without the measure, in fen; needed where a surcharge is due.
    """

    kind: str
    amount_fen: int
    ordinary_fen: int | None = None


@dataclass(frozen=True, slots=True)
class ExistenceConfirmed:
    """Market regulation confirmed that enterprises exist of which no record is held, or that ceased ones may act.

    Attributes:
        usccs: Their codes.
        source: Where it was confirmed, such as the register's name.
        reference: Number of the confirmation.
        confirmed_at: When, UTC.
    """

    usccs: tuple[str, ...]
    source: str
    reference: str
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class ConvenienceWithheld:
    """Declared: no notification-and-commitment, no tolerance of missing papers, no green channel is granted.

    Attributes:
        officer: Who declares it.
        declared_at: When, UTC.
    """

    officer: str
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class PartyHeard:
    """The party was heard about a fact that it disputes (C-20).

    Attributes:
        officer: Who heard it.
        record_number: Number of the record of the hearing; not blank.
        heard_at: When, UTC.
    """

    officer: str
    record_number: str
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """Everything that was done to meet the conditions; None: not done."""

    officer_review: OfficerReview | None = None
    security: SecurityRaised | None = None
    existence: ExistenceConfirmed | None = None
    convenience_withheld: ConvenienceWithheld | None = None
    heard_party: PartyHeard | None = None

    @property
    def officer(self) -> str:
        """The officer whose review it rests on, or who declared; empty when neither is there."""
        acts = (self.officer_review, self.convenience_withheld, self.heard_party)
        return next((act.officer for act in acts if act is not None), "")

    def details(self) -> dict[str, str]:
        """Return what was done as texts, for the journal and the report."""
        texts: dict[str, str] = {}
        if self.officer_review is not None:
            texts["review_reason"] = self.officer_review.reason
            texts["reviewed_at"] = format_instant(self.officer_review.decided_at)
        if self.security is not None:
            texts["security"] = f"{self.security.kind} {self.security.amount_fen} fen"
        if self.existence is not None:
            texts["existence"] = f"{self.existence.source} {self.existence.reference}"
        if self.convenience_withheld is not None:
            texts["convenience_withheld_by"] = self.convenience_withheld.officer
        if self.heard_party is not None:
            texts["hearing_record"] = self.heard_party.record_number
        return texts


def missing(
    measures: Sequence[common_pb2.Measure], fulfilment: Fulfilment, asked_at: datetime, now: datetime
) -> tuple[str, ...]:
    """Say what the conditions of *measures* still lack.

    Args:
        measures: Those whose conditions must be met.
        fulfilment: What was done.
        asked_at: When the question was asked, UTC; an act before it cannot concern the answer.
        now: Our present, UTC; an act after it has not happened.

    Returns:
        One line a lack, each with its rule; empty when everything is there.
    """
    lines = [
        f"{measure.rule_id}: {lack}" for measure in measures for lack in _lacks(measure, fulfilment, (asked_at, now))
    ]
    return tuple(dict.fromkeys(lines))


def _lacks(measure: common_pb2.Measure, fulfilment: Fulfilment, period: tuple[datetime, datetime]) -> Iterator[str]:
    review, hearing, declared = fulfilment.officer_review, fulfilment.heard_party, fulfilment.convenience_withheld
    if measure.effect == common_pb2.EFFECT_REVIEW and not (
        review and review.officer.strip() and review.reason.strip() and _within(review.decided_at, period)
    ):
        yield "an officer's review of this answer, with its reason"
    if measure.effect == common_pb2.EFFECT_NO_CONVENIENCE and not (
        declared and declared.officer.strip() and _within(declared.declared_at, period)
    ):
        yield "the declaration that no convenience is granted"
    if measure.effect == common_pb2.EFFECT_RAISE_SECURITY:
        yield from _security_lacks(measure, fulfilment.security)
    to_confirm = _TO_CONFIRM.get(measure.trigger)
    if to_confirm and measure.effect >= common_pb2.EFFECT_REVIEW and not _confirmed(measure, fulfilment, period):
        yield f"market regulation's confirmation that {measure.party_uscc} {to_confirm}"
    if measure.disputed and not (
        hearing and hearing.officer.strip() and hearing.record_number.strip() and hearing.heard_at <= period[1]
    ):
        yield "the record of hearing the party, which disputes the fact"


def _within(instant: datetime, period: tuple[datetime, datetime]) -> bool:
    return period[0] <= instant <= period[1]


def _confirmed(measure: common_pb2.Measure, fulfilment: Fulfilment, period: tuple[datetime, datetime]) -> bool:
    existence = fulfilment.existence
    return (
        existence is not None
        and measure.party_uscc in {normalise_uscc(code) for code in existence.usccs}
        and bool(existence.source.strip())
        and bool(existence.reference.strip())
        and existence.confirmed_at <= period[1]
    )


def _security_lacks(measure: common_pb2.Measure, security: SecurityRaised | None) -> Iterator[str]:
    bound = measure.security_bound
    if not measure.HasField("security_bound"):
        yield "the bound of the security, which the answer does not give"
    elif security is None or security.kind != bound.kind or security.amount_fen <= 0:
        yield f"raised security of the kind {bound.kind}"
    elif bound.cap_basis_points and not bound.cap_fen:
        yield "the cap in fen, which the answer does not give"
    elif bound.cap_fen and security.amount_fen > bound.cap_fen:
        yield f"security within the cap of {bound.cap_fen} fen"
    elif security.amount_fen < bound.raised_fen:
        yield f"security of at least {bound.raised_fen} fen"
    elif bound.surcharge_percent and not _surcharged(bound, security):
        yield f"a surcharge of at least {bound.surcharge_percent} percent of the ordinary amount, up to the cap"


def _surcharged(bound: common_pb2.SecurityBound, security: SecurityRaised) -> bool:
    if security.ordinary_fen is None or security.ordinary_fen <= 0:
        return False
    # In hundredths of a fen, so that nothing is rounded; the cap goes before the surcharge.
    due = security.ordinary_fen * (100 + bound.surcharge_percent)
    return security.amount_fen * 100 >= (min(due, bound.cap_fen * 100) if bound.cap_fen else due)
