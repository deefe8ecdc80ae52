"""The kinds of facts: one module each, listed here and nowhere else.

Values only: what they mean for a listing is in ``listings``, for the grade in ``grades``, for an activity in
``eligibility``. Civil dates are in Asia/Shanghai; instants are aware and in UTC; money is in fen. The acts of a listing
and an officer's attachment are no facts: they are ``listings.Act`` and ``records.Attachment``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.complaint import Complaint
from gateway.domain.kinds.conviction import Conviction
from gateway.domain.kinds.credit_commitment import CreditCommitment
from gateway.domain.kinds.enterprise import EnterpriseProfile
from gateway.domain.kinds.exam_record import ExamRecord
from gateway.domain.kinds.five_systems import FiveSystems
from gateway.domain.kinds.grade_recovery import GradeRecovery
from gateway.domain.kinds.identity_dispute import IdentityDispute
from gateway.domain.kinds.incident_act import IncidentAct
from gateway.domain.kinds.insurance_severe_listing import InsuranceSevereListing
from gateway.domain.kinds.labour_violation import LabourViolation
from gateway.domain.kinds.licence import Licence
from gateway.domain.kinds.listing_elsewhere import ListingElsewhere
from gateway.domain.kinds.malicious_claim import MaliciousClaim
from gateway.domain.kinds.penalty import Penalty
from gateway.domain.kinds.post import Post
from gateway.domain.kinds.publication import Publication
from gateway.domain.kinds.publication_objection import PublicationObjection
from gateway.domain.kinds.published_notice import PublishedNotice
from gateway.domain.kinds.recruitment_record import RecruitmentRecord
from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.kinds.wage_deposit import WageDeposit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.domain.kinds.fact import Fact

_ALL: Final[tuple[type[Fact], ...]] = (
    EnterpriseProfile,
    Complaint,
    ArrearsFinding,
    FiveSystems,
    Publication,
    Penalty,
    Conviction,
    PublishedNotice,
    RedListEntry,
    GradeRecovery,
    LabourViolation,
    IncidentAct,
    MaliciousClaim,
    Post,
    Licence,
    WageDeposit,
    CreditCommitment,
    ExamRecord,
    RecruitmentRecord,
    InsuranceSevereListing,
    PublicationObjection,
    ListingElsewhere,
    IdentityDispute,
)
KINDS: Final[Mapping[str, type[Fact]]] = {kind.wire_name: kind for kind in _ALL}
"""Every kind of fact by its name on the wire, in the order of ``record.proto``."""


def may_weigh(names: Iterable[str]) -> bool:
    """Return whether a record of one of these kinds may change an answer; the acts of a listing and all unknown do.

    A feed of which none may is no doubt about an answer when it is old.
    """
    return any(name not in KINDS or KINDS[name].weighs for name in names)
