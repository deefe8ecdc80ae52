"""The facts that are held about an enterprise, and the file that gathers them.

Values only: what they mean for a listing is in ``listings``, for the grade in ``grades``, for an activity in
``eligibility``. Civil dates are in Asia/Shanghai; instants are aware and in UTC; money is in fen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from gateway.domain.vocabulary import Provenance

if TYPE_CHECKING:
    from datetime import date

    from gateway.domain.listings import Listing
    from gateway.domain.vocabulary import EnterpriseKind


class BusinessStatus(StrEnum):
    """What market regulation says of the enterprise's existence (I-09)."""

    IN_BUSINESS = "IN_BUSINESS"
    REVOKED = "REVOKED"
    DEREGISTERED = "DEREGISTERED"


class Restriction(StrEnum):
    """What a penalty restricts (TR5: R724 art. 55, GPL art. 77)."""

    NEW_PROJECTS_LIMITED = "NEW_PROJECTS_LIMITED"
    QUALIFICATION_LOWERED = "QUALIFICATION_LOWERED"
    QUALIFICATION_REVOKED = "QUALIFICATION_REVOKED"
    PROCUREMENT_BAN = "PROCUREMENT_BAN"


class NoticeList(StrEnum):
    """Which published list a notice belongs to. Other lists are not held here and are refused by name."""

    WAGE_ARREARS_LISTING = "WAGE_ARREARS_LISTING"
    MAJOR_VIOLATION_PUBLICATION = "MAJOR_VIOLATION_PUBLICATION"


class SystemStatus(StrEnum):
    """State of one of the five systems of a project (G-02)."""

    OK = "OK"
    MISSING = "MISSING"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    UNKNOWN = "UNKNOWN"


class RelationKind(StrEnum):
    """What another party is to the enterprise that is asked about."""

    SELF = "SELF"
    CONSORTIUM_MEMBER = "CONSORTIUM_MEMBER"
    LEGAL_REPRESENTATIVE = "LEGAL_REPRESENTATIVE"
    HEAD_OFFICE = "HEAD_OFFICE"
    BRANCH = "BRANCH"
    PREDECESSOR = "PREDECESSOR"
    RELATED_PARTY = "RELATED_PARTY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What every fact carries.

    ``record_id`` derives from the source's own key; ``authority`` and ``document_number`` are empty only for kinds
    that no authority decides.
    """

    record_id: str
    authority: str = ""
    document_number: str = ""
    provenance: Provenance = Provenance.AUTHORITY


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseProfile(Fact):
    """What market regulation says of an enterprise from ``valid_from`` until the next profile (I-08)."""

    name: str
    valid_from: date
    kind: EnterpriseKind | None
    construction_unit: bool
    representative_key: str | None = None
    """Keyed hash of the legal representative's document; never the number."""
    head_office_uscc: str | None = None
    successor_of_uscc: str | None = None
    business_status: BusinessStatus = BusinessStatus.IN_BUSINESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint(Fact):
    """A wage complaint, accepted and verified (G-10). Complaints of one incident count once (X-22)."""

    accepted_on: date
    verified_on: date
    settled_on: date | None
    incident_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrearsFinding(Fact):
    """Arrears that an inspection found; ``paid_on`` is None while they are owed."""

    found_on: date
    paid_on: date | None
    amount_fen: int
    workers: int
    malicious: bool
    incident_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiveSystems(Fact):
    """The five systems of one project, as checked on a day (G-02). Shown with the grade; never lowers it."""

    project: str
    real_name: SystemStatus
    wage_account: SystemStatus
    agent_payment: SystemStatus
    deposit: SystemStatus
    notice_board: SystemStatus
    checked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication(Fact):
    """Publication of a major labour violation (O29, P-01 to P-09): displayed in [published_on, display_until)."""

    published_on: date
    display_until: date
    for_wages: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty(Fact):
    """A penalty with a restriction in force in [restricts_from, restricts_until) (TR5)."""

    restriction: Restriction
    decided_on: date
    restricts_from: date
    restricts_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Conviction(Fact):
    """An effective judgment under CL art. 276-1 (TR6)."""

    effective_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedNotice(Fact):
    """A notice retyped from elsewhere: at most REVIEW, until the authority's own decision arrives."""

    notice_list: NoticeList
    published_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RedListEntry(Fact):
    """An entry on the red list, in [listed_on, until): positive information only (G-08)."""

    listed_on: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRecovery(Fact):
    """HRSS confirms, or under ``recovery = by_decision`` decides, that a grade has recovered (G-14)."""

    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Fact):
    """The authority of a publication or penalty takes it back (P-07, APL art. 48). Its effect is in ``withdrawals``."""

    target_id: str
    """Id of the record that it takes back."""
    decided_on: date
    holds_until: date | None
    """First civil day on which that record does not hold any more; None when it is void and never held."""
    reason: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A registered relation to another enterprise, with that one's listings (I-08, A-100, A-105)."""

    kind: RelationKind
    uscc: str
    listings: tuple[Listing, ...]


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A record that no enterprise is certain for: it has no code, or one that fails. A reference, never a match."""

    record_id: str
    name: str
    authority: str
    document_number: str
    published_on: date


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything held about one enterprise at one data revision."""

    uscc: str
    profiles: tuple[EnterpriseProfile, ...] = ()
    """In order of ``valid_from``."""
    facts: tuple[Fact, ...] = ()
    """Everything but profiles and listings, in any order."""
    listings: tuple[Listing, ...] = ()
    relations: tuple[Relation, ...] = field(default=())

    def profile_on(self, day: date) -> EnterpriseProfile | None:
        """Return the profile in force on *day*: the latest begun by then, or None when there is none."""
        begun = [profile for profile in self.profiles if profile.valid_from <= day]
        return begun[-1] if begun else None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that it bears or bore, as recorded."""
        return tuple(dict.fromkeys(profile.name for profile in self.profiles))


@dataclass(frozen=True, slots=True)
class Attachment:
    """An officer's act: a held record belongs to this enterprise from a day on."""

    record_id: str
    uscc: str
    decided_on: date
    authority: str
    document_number: str
