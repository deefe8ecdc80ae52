"""What a statutory clock is: the event that starts it, its length, whose it is, and what happens on a day off.

Here are only the words, the shape and what the law leaves open. The clocks themselves stand in ``clock_list``;
``clocks`` counts them on the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from gateway.domain.policy import MONTHS_A_YEAR

if TYPE_CHECKING:
    from gateway.domain.policy import LocalizedText


class Unit(StrEnum):
    """What a length counts (K-08)."""

    WORKING_DAYS = "WD"
    NATURAL_DAYS = "ND"
    HOURS = "H"
    MONTHS = "M"
    YEARS = "Y"


class Roll(StrEnum):
    """By which law a last day that is off may move to the next working day; the parameters say which laws do (K-08)."""

    NEVER = "never"
    """Working days end on one, hours are instants, and a term that nobody has to act in ends when it ends."""
    REFERRAL = "referral"
    """R310, after the pattern of CPL art. 105."""
    SUPERVISION = "supervision"
    """SPP19: the procuratorate's supervision of filing."""
    REMEDY = "remedy"
    """ARL and ALitL."""
    CREDIT = "credit"
    """CRR: objections to what a credit bureau holds."""


class Holder(StrEnum):
    """Whose clock it is. Of the courts no clock is kept: the law gives them none here."""

    HRSS_SECTION = "HRSS_SECTION"
    HRSS_PRINCIPAL = "HRSS_PRINCIPAL"
    """The head, or who acts as head: answers in person for a referral (R310 art. 5)."""
    ENTERPRISE = "ENTERPRISE"
    POLICE = "POLICE"
    PROCURATORATE = "PROCURATORATE"
    BANK = "BANK"
    """The bank that keeps or guarantees a wage deposit."""
    MEMBER_AGENCY = "MEMBER_AGENCY"
    """A member of a joint meeting, by its minutes and by no statute."""
    DECIDING_AGENCY = "DECIDING_AGENCY"
    """An agency with a registered case, by a rule of the gateway and by no statute (A-123)."""


class Kind(StrEnum):
    """What it means that a clock has run out."""

    DUTY = "DUTY"
    """The holder is late."""
    RIGHT = "RIGHT"
    """The holder can no longer make use of it; nobody is late."""
    TERM = "TERM"
    """Something ended, or became possible, by itself; nobody is late."""


class StartEvent(StrEnum):
    """What starts a clock. Its civil day is the start day; for a clock of hours its instant counts."""

    CREDIT_INFORMATION_HELD = "CREDIT_INFORMATION_HELD"
    LICENCE_OR_PENALTY_DECIDED = "LICENCE_OR_PENALTY_DECIDED"
    PENALTY_CHANGED = "PENALTY_CHANGED"
    """Changed, revoked, or found unlawful or void."""
    PUBLICATION_CHANGED = "PUBLICATION_CHANGED"
    """The decision behind a publication was changed or revoked."""
    PUBLICATION_OBJECTION_RECEIVED = "PUBLICATION_OBJECTION_RECEIVED"
    OBJECTION_RECEIVED = "OBJECTION_RECEIVED"
    """To a record that is neither listing nor publication."""
    PRE_NOTICE_RECEIVED = "PRE_NOTICE_RECEIVED"
    LISTING_OBJECTION_RECEIVED = "LISTING_OBJECTION_RECEIVED"
    ORDER_EXPIRED = "ORDER_EXPIRED"
    """Last day of the time limit in the order to pay."""
    LISTING_DECIDED = "LISTING_DECIDED"
    """Or restored: the term runs anew (L-18)."""
    LISTING_ENDED = "LISTING_ENDED"
    """Expired, repaired or revoked."""
    LISTED_AND_CORRECTED = "LISTED_AND_CORRECTED"
    """The later of the two days (L-21)."""
    REPAIR_APPLIED = "REPAIR_APPLIED"
    REPAIR_RECEIVED = "REPAIR_RECEIVED"
    """By the deciding HRSS, from the one window."""
    REPAIR_ACCEPTED = "REPAIR_ACCEPTED"
    REPAIR_SHOWN = "REPAIR_SHOWN"
    """The credit platform shows a repair that is not on record here (C-02)."""
    DECISION_KNOWN = "DECISION_KNOWN"
    """The party knows, or should know, of a listing or of a refused early removal."""
    REFERRAL_REPORTED = "REFERRAL_REPORTED"
    REFERRAL_APPROVED = "REFERRAL_APPROVED"
    REFERRAL_RECEIVED = "REFERRAL_RECEIVED"
    MATERIALS_REQUESTED = "MATERIALS_REQUESTED"
    FILING_NOTICE_RECEIVED = "FILING_NOTICE_RECEIVED"
    NON_FILING_NOTICE_RECEIVED = "NON_FILING_NOTICE_RECEIVED"
    RECONSIDERATION_REQUEST_RECEIVED = "RECONSIDERATION_REQUEST_RECEIVED"
    RECONSIDERATION_NOTICE_RECEIVED = "RECONSIDERATION_NOTICE_RECEIVED"
    EXPLANATION_REQUIRED = "EXPLANATION_REQUIRED"
    NON_FILING_FOUND_VALID = "NON_FILING_FOUND_VALID"
    FILING_ORDER_RECEIVED = "FILING_ORDER_RECEIVED"
    FILED_ON_ORDER = "FILED_ON_ORDER"
    NON_PROSECUTION_DECIDED = "NON_PROSECUTION_DECIDED"
    PROCURATORIAL_OPINION_RECEIVED = "PROCURATORIAL_OPINION_RECEIVED"
    CONTRACTED = "CONTRACTED"
    """The construction contract is made, or works start."""
    PAYMENT_NOTICE_GIVEN = "PAYMENT_NOTICE_GIVEN"
    """HRSS notifies the bank to pay wages from the deposit."""
    DEPOSIT_PAID_OUT = "DEPOSIT_PAID_OUT"
    RETURN_NOTICE_PUBLISHED = "RETURN_NOTICE_PUBLISHED"
    """The public notice before a deposit is returned."""
    MINUTES_DELIVERED = "MINUTES_DELIVERED"
    """The members of a joint meeting have its minutes."""
    CASE_EVENT_SEEN = "CASE_EVENT_SEEN"
    """Something began or ended to weigh on a party of a case in hand."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A longer length that a clock may be given. ``length`` is the whole, from the same start and in the same unit."""

    length: int
    when: LocalizedText
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One statutory clock.

    ``clock_id`` is the rule's id and the step (``L-06/verify``), because one rule may start several. ``source`` names
    document and article.
    """

    clock_id: str
    starts: StartEvent
    length: int
    unit: Unit
    holder: Holder
    title: LocalizedText
    source: str
    kind: Kind = Kind.DUTY
    roll: Roll = Roll.NEVER
    extensions: tuple[Extension, ...] = ()
    """What it may be extended to, shortest first."""
    start_day_counts: bool = False
    """The start day is the first day of the term, so that the last is the day before the anniversary (L-23)."""
    confirmed: bool = True
    """False where the text of the law was not at hand: a lawyer confirms the length before it is relied on."""

    @property
    def months(self) -> int:
        """The length in calendar months.

        Raises:
            ValueError: It is not counted in months or years.
        """
        if self.unit not in {Unit.MONTHS, Unit.YEARS}:
            raise ValueError(f"{self.clock_id} is counted in {self.unit}, not in months")
        return self.length * (MONTHS_A_YEAR if self.unit is Unit.YEARS else 1)

    def extended(self) -> ClockRule:
        """Return the clock with its next longer length, which somebody has approved.

        Raises:
            ValueError: No extension, or no further one, is provided for.
        """
        if not self.extensions:
            raise ValueError(f"{self.clock_id} cannot be extended beyond {self.length} {self.unit}")
        longer, *further = self.extensions
        confirmed = self.confirmed and longer.confirmed
        return replace(self, length=longer.length, extensions=tuple(further), confirmed=confirmed)


@dataclass(frozen=True, slots=True)
class ClockParameters:
    """What the law leaves open, as shipped.

    Raises:
        ValueError: A value is out of range; the message begins with its name.
    """

    rolling: frozenset[Roll] = frozenset({Roll.REFERRAL})
    """Laws under which a last day that is off moves to the next working day (K-08)."""
    lengths: frozenset[tuple[str, int, int]] = frozenset()
    """Lengths that somebody has confirmed otherwise: clock, length as shipped, length that counts in its stead."""
    yellow_share: Fraction = Fraction(1, 3)
    """Yellow in this last part of the working days of a clock, or of its hours; from 0 to below 1."""
    yellow_least: int = 1
    """Yellow on at least so many last working days."""
    yellow_most: int = 10
    """And on no more than so many, however long the clock."""

    def __post_init__(self) -> None:
        if Roll.NEVER in self.rolling:
            raise ValueError("rolling: what never moves cannot be made to")
        replaced = [(clock_id, shipped) for clock_id, shipped, _ in self.lengths]
        if len(set(replaced)) != len(replaced) or any(length < 1 for *_, length in self.lengths):
            raise ValueError("lengths: each clock's length is replaced once, and by at least 1")
        if not 0 <= self.yellow_share < 1:
            raise ValueError(f"yellow_share: from 0 to below 1 is expected, not {self.yellow_share}")
        if self.yellow_least < 1:
            raise ValueError(f"yellow_least: at least 1 is expected, not {self.yellow_least}")
        if self.yellow_most < self.yellow_least:
            raise ValueError(f"yellow_most: at least yellow_least is expected, not {self.yellow_most}")

    def applied(self, rule: ClockRule) -> ClockRule:
        """Return the clock with the length that counts; itself where nobody has confirmed another."""
        found = {shipped: length for clock_id, shipped, length in self.lengths if clock_id == rule.clock_id}
        return replace(rule, length=found[rule.length]) if rule.length in found else rule


AS_SHIPPED = ClockParameters()
