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
from gateway.domain.kinds.enterprise import EnterpriseProfile
from gateway.domain.kinds.five_systems import FiveSystems
from gateway.domain.kinds.grade_recovery import GradeRecovery
from gateway.domain.kinds.labour_violation import LabourViolation
from gateway.domain.kinds.penalty import Penalty
from gateway.domain.kinds.publication import Publication
from gateway.domain.kinds.published_notice import PublishedNotice
from gateway.domain.kinds.red_list import RedListEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

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
)
KINDS: Final[Mapping[str, type[Fact]]] = {kind.wire_name: kind for kind in _ALL}
"""Every kind of fact by its name on the wire, in the order of ``registry.proto``."""
