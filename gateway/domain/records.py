"""The file of one enterprise: its facts gathered, and what relates it to others.

What each kind of fact holds is in ``kinds``. Civil dates are in Asia/Shanghai; instants are aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gateway.domain.identity import Doubt
    from gateway.domain.kinds.enterprise import EnterpriseProfile
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.kinds.published_notice import NoticeList
    from gateway.domain.listings import Listing


class RelationKind(StrEnum):
    """What another party is to the enterprise that is asked about."""

    SELF = "SELF"
    CONSORTIUM_MEMBER = "CONSORTIUM_MEMBER"
    LEGAL_REPRESENTATIVE = "LEGAL_REPRESENTATIVE"
    HEAD_OFFICE = "HEAD_OFFICE"
    BRANCH = "BRANCH"
    PREDECESSOR = "PREDECESSOR"
    RELATED_PARTY = "RELATED_PARTY"
    LISTED_WITH = "LISTED_WITH"
    """To a person: the enterprise in whose listing it is named (L-26)."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A registered relation to another enterprise, with that one's listings (I-08, A-100, A-105)."""

    kind: RelationKind
    uscc: str
    listings: tuple[Listing, ...]
    doubts: Mapping[str, Doubt] = field(default_factory=dict, hash=False)
    """By listing id, of those that reach through persons whose identity is or was disputed (X-02)."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A notice that no enterprise is certain for: it has no code, or one that fails. A reference, never a match."""

    record_id: str
    name: str
    notice_list: NoticeList
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
    """An officer's act: a held record belongs to this enterprise from a day on, or to none again (X-01)."""

    record_id: str
    uscc: str
    """Empty where the record is detached."""
    decided_on: date
    authority: str
    document_number: str
