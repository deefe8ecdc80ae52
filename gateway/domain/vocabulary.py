"""The closed lists of words that the rules, the wire and the store share.

Names and numbers equal those of the enums in ``protos/jointsanctions/v1`` (a contract test holds them together), so
that converting is a look-up and a number once stored keeps its meaning. No rule lives here.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class Word(IntEnum):
    """A closed list whose zero, the wire's UNSPECIFIED, is never a member."""

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the member called *name*; ``KeyError`` when there is none."""
        return cls[name]


class Area(Word):
    """Where an activity is regulated (领域): domain rules A-10 to A-90, and two that R724 art. 48 names beside them."""

    FUNDING = 1
    PROCUREMENT = 2
    BIDDING = 3
    LICENSING = 4
    GUARANTEE = 5
    QUALIFICATION = 6
    LENDING = 7
    MARKET_ACCESS = 8
    AWARDS = 9
    TAX_BENEFITS = 10
    TRAVEL = 11


DISABLED_AREAS = frozenset({Area.TAX_BENEFITS, Area.TRAVEL})
"""Named by the law, decided elsewhere: a question about them is refused."""


class DecisionPoint(Word):
    """The step at which the question is asked (决定环节). Its tens give the area."""

    FUNDING_APPLICATION = 10
    FUNDING_APPROVAL = 11
    FUNDING_PAYMENT = 12
    FUNDING_WAGE_PAYMENT = 13
    PROCUREMENT_QUALIFICATION_REVIEW = 20
    PROCUREMENT_RESULT = 21
    PROCUREMENT_CONTRACT = 22
    BIDDING_REGISTRATION = 30
    BIDDING_QUALIFICATION_REVIEW = 31
    BIDDING_EVALUATION = 32
    BIDDING_CANDIDATE_PUBLICITY = 33
    BIDDING_AWARD = 34
    BIDDING_CONTRACT = 35
    BIDDING_SUBCONTRACT_CONSENT = 36
    LICENSING_ACCEPTANCE = 40
    LICENSING_DECISION = 41
    LICENSING_RENEWAL = 42
    GUARANTEE_TENDER_DOCUMENT = 50
    GUARANTEE_ISSUE = 51
    GUARANTEE_CONTRACT = 52
    QUALIFICATION_ACCEPTANCE = 60
    QUALIFICATION_DECISION = 61
    LENDING_APPROVAL = 70
    LENDING_DRAWDOWN = 71
    LENDING_RENEWAL = 72
    LENDING_WAGE_ACCOUNT = 73
    MARKET_ACCESS_ESTABLISHMENT = 80
    MARKET_ACCESS_REPRESENTATIVE_CHANGE = 81
    MARKET_ACCESS_SECTOR_PERMIT = 82
    AWARDS_NOMINATION = 90
    AWARDS_PUBLICITY = 91
    AWARDS_CONFERRAL = 92
    AWARDS_REVOCATION = 93

    @property
    def area(self) -> Area:
        """The area that this point belongs to."""
        return Area(self // 10)


class Effect(Word):
    """How strongly one measure weighs, weakest first."""

    NONE = 1
    NOTICE = 2
    NO_CONVENIENCE = 3
    REVIEW = 4
    RAISE_SECURITY = 5
    BLOCK = 6

    @property
    def verdict(self) -> Verdict:
        """The verdict that this effect alone gives."""
        if self is Effect.BLOCK:
            return Verdict.RESTRICTED
        return Verdict.CLEAR if self <= Effect.NOTICE else Verdict.CONDITIONAL


class Verdict(Word):
    """What the asking system may do, in order of strength: the greater wins."""

    CLEAR = 1
    CONDITIONAL = 2
    UNVERIFIABLE = 3
    RESTRICTED = 4


class Trigger(Word):
    """What about an enterprise weighs: TR1 to TR7, and what may be said of an enterprise beside them."""

    LISTING = 1
    LISTED_PERSON = 2
    GRADE_C = 3
    GRADE_B = 4
    PUBLICATION = 5
    PENALTY = 6
    CONVICTION = 7
    ARREARS_FINDING = 8
    GRADE_UNDETERMINED = 9
    PUBLISHED_NOTICE = 10
    LISTED_BRANCH_RELATION = 11
    LISTED_PREDECESSOR = 12
    SAME_NAME_RECORD = 13
    NAME_MISMATCH = 14
    UNKNOWN_ENTERPRISE = 15
    LISTED_RELATED_PARTY = 16
    PUBLISHED_VIOLATION_NOTICE = 17
    SAME_NAME_VIOLATION_RECORD = 18
    NOT_IN_BUSINESS = 19
    LISTED_ELSEWHERE = 20
    EXAM_RECORD = 21
    """Of a person asked about in its own name, and of nobody else (E-11, E-12); so is the next."""
    INSURANCE_SEVERE_LISTING = 22


class MatchQuality(Word):
    """How surely an enterprise was identified."""

    EXACT = 1
    NAME_DIFFERS = 2
    UNKNOWN = 3
    NONCONFORMING = 4


class EnterpriseKind(Word):
    """The three kinds of the 15333 method (G-03)."""

    LOCAL = 1
    NONLOCAL = 2
    LOCAL_REG_DORMANT_2Y = 3


class GradeLetter(Word):
    """A credit grade's letter, or why there is none."""

    NOT_RATED = 1
    A = 2
    A_WATCH = 3
    UNDETERMINED = 4
    B = 5
    C = 6


class Provenance(Word):
    """Where a fact comes from."""

    AUTHORITY = 1
    PUBLISHED_NOTICE = 2


class ListingActKind(Word):
    """What an act does to a wage-arrears listing: 1 to 9, 20, 21, 24, 28, 29 change its effect, others procedure."""

    DECISION = 1
    DELIVERY = 2
    STAY = 3
    STAY_ENDED = 4
    REPAIR = 5
    RESTORE = 6
    REVOCATION = 7
    DISPUTE_OPENED = 8
    DISPUTE_CLOSED = 9
    ORDER_ISSUED = 10
    ORDER_DELIVERED = 11
    PRE_NOTICE = 12
    PRE_NOTICE_DELIVERED = 13
    OBJECTION = 14
    OBJECTION_VERIFIED = 15
    NOT_LISTED = 16
    PUBLISHED = 17
    REPAIR_APPLIED = 18
    REPAIR_REFUSED = 19
    HIDDEN = 20
    HIDDEN_ENDED = 21
    CRIMINAL_BAR_SET = 22
    CRIMINAL_BAR_LIFTED = 23
    ORDER_REVOKED = 24
    UNPUBLISHED = 25
    OTHER_SITES_TOLD = 26
    PLATFORM_TOLD = 27
    REPAIR_ACCEPTED = 28
    REPAIR_EXTENDED = 29
    REPAIR_SHOWN = 30
    REPAIR_SHOWN_REJECTED = 31


class ParticipationForm(Word):
    """Whether a bidder or supplier comes alone (A-102)."""

    SINGLE = 1
    CONSORTIUM = 2


class CutoffRule(Word):
    """Whether the tender document fixes the instant at which credit records are looked at (A-124)."""

    NOT_FIXED = 1
    FIXED = 2


class FundKind(Word):
    """What an application for funds is for (A-10)."""

    NEW_GRANT = 1
    EARLIER_GRANT = 2
    RELIEF = 3


class SecurityKind(Word):
    """What kind of security is set (A-50)."""

    BID_BOND = 1
    PERFORMANCE_BOND = 2
    WAGE_DEPOSIT = 3


class QualificationApplicationKind(Word):
    """What an application for a construction qualification asks for (A-60)."""

    FIRST = 1
    UPGRADE = 2
    ADDITION = 3
    RENEWAL = 4
    CHANGE = 5


class RowStatus(Word):
    """What became of a submitted row."""

    STORED = 1
    UNCHANGED = 2
    HELD = 3
    REJECTED = 4
    STAGED = 5
    """Understood and kept beside the facts, until its import is decided."""


class ChangeKind(Word):
    """What became of a record in a revision."""

    ADDED = 1
    """It is on record for the first time; acts of a listing are only ever added."""
    REPLACED = 2
    """A new version took the place of the earlier one."""
    ENDED = 3
    """It is current no more."""


class Holding(Word):
    """Whether a version of a record holds at a moment, by its own dates and what was withdrawn."""

    NOT_YET = 1
    HOLDS = 2
    NO_LONGER = 3
    VOID = 4
    """It was withdrawn as void, and never held."""


class EndingKind(Word):
    """How a record came to weigh no more (C-02, X-04)."""

    EXPIRED = 1
    REPAIRED = 2
    HIDDEN = 3
    STAYED = 4
    VOID_FROM_START = 5
    WITHDRAWN = 6
    RECALLED = 7
    """It was taken for this enterprise's, and is not (X-01, X-02)."""
    REPAIR_SHOWN = 8
    """The credit platform shows a repair that is not on record here (C-02)."""


class PublishableKind(Word):
    """Which of the public lists something is on (L-10, P-01, G-08)."""

    WAGE_ARREARS_LISTING = 1
    MAJOR_VIOLATION = 2
    RED_LIST = 3
