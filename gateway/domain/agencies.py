"""Who may call, and what each caller may do: agencies, roles and mandates (R-01 to R-03).

An agency may hold several roles; each is an entry and a certificate of its own. Everything is denied that an entry does
not name, and all of it before its mandate begins and after it has ended. How a caller proves who it is belongs to
``security``; which method is for which role, to ``rpc``; which form an entry has, to ``agency_forms``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from formats.civil import format_instant
from gateway.domain.agency_forms import MandateError, check_form, division_prefix
from gateway.domain.errors import (
    AreaNotInMandateError,
    CallerUnknownError,
    FieldNotInMandateError,
    MandateNotInForceError,
    PurposeNotInMandateError,
    RoleNotPermittedError,
    TerritoryNotInMandateError,
)
from gateway.domain.officers import KEY_ID
from gateway.domain.quotas import AS_SHIPPED, Quota
from gateway.domain.vocabulary import DISABLED_AREAS, Area, DecisionPoint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gateway.domain.officers import OfficerKey

ALWAYS: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Before every question: a mandate without a beginning."""
NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""After every question: a mandate without an end."""

CLOSED_POINTS: Final = frozenset({DecisionPoint.FUNDING_WAGE_PAYMENT, DecisionPoint.LENDING_WAGE_ACCOUNT})
"""Wages are never stopped: granted one by one, never with "all points of the area"."""


class Role(StrEnum):
    """What a caller is here; the value is the last fixed segment of its certificate's name (R-01)."""

    PRODUCER = "producer"
    """Submits facts: HRSS, labour inspection, market regulation. With points granted it may ask as well."""
    ASKING_SYSTEM = "asking-system"
    """Decides in one or more areas and asks before it does: bidding, procurement, licensing, awards."""
    BANK = "bank"
    """A bank or a guarantee company; asking about a natural person needs an authorisation (R-04)."""
    AUDITOR = "auditor"
    """Reads the record of calls and verifies it; asks about nobody and submits nothing (R-03)."""
    OPERATOR = "operator"
    """Runs the gateway; sees no facts and no content of the record."""
    COURT = "court"
    """Receives referred cases, reports judgments; in a case may ask about the past."""
    POLICE = "police"
    """Receives referred cases, decides on filing."""
    PROCURATORATE = "procuratorate"
    """Receives referred cases, supervises filing."""
    CONNECTOR = "connector"
    """The same-level credit platform's connector: follows changes and reports them; decides nothing (R-06)."""
    SUBJECT = "subject"
    """The window through which enterprises see what is held about them."""
    PORTAL = "portal"
    """What shows the public lists: is told what may be published now, and nothing else (L-10, P-04)."""


ASKING_ROLES: Final = frozenset({Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK})
"""Only these can be granted areas and decision points."""
FIELD_ROLES: Final = {
    "known_at": frozenset({Role.PRODUCER, Role.AUDITOR, Role.COURT}),
    "past_as_of": frozenset({Role.PRODUCER, Role.AUDITOR, Role.COURT}),
    "changes": frozenset({Role.PRODUCER, Role.CONNECTOR}),
    "whole_record": frozenset({Role.PRODUCER}),
    "joint_meetings": frozenset({Role.PRODUCER}),
    "shown_repairs": frozenset({Role.CONNECTOR}),
    "persons": frozenset({Role.PRODUCER, Role.ASKING_SYSTEM, Role.BANK}),
    "refer_cases": frozenset({Role.PRODUCER}),
    "approve_referrals": frozenset({Role.PRODUCER}),
    "revoke_own": frozenset(Role) - {Role.OPERATOR},
}
"""Which roles can be granted a field at all (docs/architecture.md, "Other moments"; R-06 for changes, R-02 for whole
records, C-02 for shown repairs, I-50 for persons, T-20 and T-21 for referrals). An operator revokes without a grant."""
GRANTABLE_FIELDS: Final = frozenset(FIELD_ROLES)
"""What a request needs a grant for: the moment of knowledge, a moment asked about that lies in the past, following
every change of the register, being told the whole record of an enterprise, convening joint meetings, saying that the
platform shows a repair, asking about natural persons, and revoking certificates of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One agency in one role, and its mandate; empty sets mean that nothing of the kind is granted."""

    agency_id: str
    name_zh: str
    name_en: str
    role: Role
    territory: str
    """Division code, 6 digits."""
    areas: frozenset[Area] = frozenset()
    points: frozenset[DecisionPoint] = frozenset()
    """Each granted point by name; those of ``CLOSED_POINTS`` are here only when they were granted by name."""
    feeds: frozenset[str] = frozenset()
    """Feeds that it may submit to and confirm."""
    fields: frozenset[str] = frozenset()
    """Those of ``GRANTABLE_FIELDS`` that its requests may use or its answers have."""
    authorities: frozenset[str] = frozenset()
    """Names of the authorities as which it may act, as they stand in documents (L-01, ``authorities``)."""
    forwards: frozenset[str] = frozenset()
    """Those of its feeds in which it passes on what other authorities decided."""
    quota: Quota = AS_SHIPPED.quota
    """What it may ask of one serving process."""
    own_quota: frozenset[str] = frozenset()
    """Which numbers of ``quota`` are its own; the others are the gateway's."""
    purposes: frozenset[str] = frozenset()
    """Purposes that its questions may state; empty: any text, or none."""
    bound_to_territory: bool = False
    """It asks about projects in its territory only."""
    valid_from: datetime = ALWAYS
    """First instant at which the mandate holds, UTC."""
    valid_until: datetime = NEVER
    """First instant at which it holds no more, UTC."""
    legal_basis: str = ""
    """On what it rests: document and article; empty where the file does not say."""
    officer_keys: tuple[OfficerKey, ...] = ()
    """Keys that speak for its officers; with one, every call that names an officer needs their word. They
    are of the configuration, like certificates' authorities, and no part of what two persons approve."""
    version: int = 0
    """Number of this version in the store; 0 for one that was read from a file or is only proposed."""

    def in_force(self, now: datetime) -> bool:
        """Return whether the mandate holds at *now*: from its first instant on, and at its last no more."""
        return self.valid_from <= now < self.valid_until

    def require_in_force(self, now: datetime) -> None:
        """Raise ``MandateNotInForceError`` unless the mandate holds at *now*."""
        if now < self.valid_from:
            begins = format_instant(self.valid_from)
            raise MandateNotInForceError("the mandate has not begun", why="NOT_YET_VALID", valid_from=begins)
        if now >= self.valid_until:
            ended = format_instant(self.valid_until)
            raise MandateNotInForceError("the mandate has ended", why="EXPIRED", valid_until=ended)

    @property
    def sees_whole_records(self) -> bool:
        """It is told every fact and every cause: a producer to whom that is granted, which is HRSS (R-02).

        Other producers, such as market regulation or the province, see of an enterprise what deciding systems see.
        """
        return self.role is Role.PRODUCER and "whole_record" in self.fields

    def require_role(self, allowed: Collection[Role], method: str) -> None:
        """Raise ``RoleNotPermittedError`` unless the role is one of *allowed*; *method* is named in the error."""
        if self.role not in allowed:
            raise RoleNotPermittedError(f"{method} is not for the role {self.role}", role=self.role, method=method)

    def require_point(self, area: Area, point: DecisionPoint) -> None:
        """Raise ``AreaNotInMandateError`` unless both the area and the decision point are granted.

        That *point* belongs to *area* is the format's to check, after the mandate.
        """
        if area not in self.areas or point not in self.points:
            raise AreaNotInMandateError(
                f"the mandate does not cover {point.name} in {area.name}", area=area.name, decision_point=point.name
            )

    def require_purpose(self, purpose: str, field: str) -> None:
        """Raise ``PurposeNotInMandateError`` naming *field* when the mandate has purposes and this is none of them."""
        if self.purposes and purpose not in self.purposes:
            raise PurposeNotInMandateError(field, "the mandate names the purposes that may be stated, and not this one")

    def require_territory(self, region: str, field: str) -> None:
        """Raise ``TerritoryNotInMandateError`` naming *field* unless a project in *region* may be asked about.

        *region* is a division code as sent: one that is none lies in no territory.
        """
        if self.bound_to_territory and not region.startswith(division_prefix(self.territory)):
            raise TerritoryNotInMandateError(field, "the mandate is bound to a territory, and this lies outside")

    def require_feed(self, feed: str) -> None:
        """Raise ``FieldNotInMandateError`` naming the field ``feed`` unless the caller produces *feed*."""
        if feed not in self.feeds:
            raise FieldNotInMandateError("feed", "the mandate does not cover this feed")

    def require_field(self, granted: str, field: str) -> None:
        """Raise ``FieldNotInMandateError`` unless *granted*, one of ``GRANTABLE_FIELDS``, is in the mandate.

        *field* is the path on the wire that the error names, such as ``question.as_of``.
        """
        if granted not in self.fields:
            raise FieldNotInMandateError(field, f"the mandate does not cover {granted}")


class Agencies:
    """Everybody who may call. Iterating yields the entries in their order."""

    def __init__(self, entries: Iterable[Agency], digest: str) -> None:
        """Take the entries; *digest* is the SHA-256 of what they were read from, hexadecimal.

        Raises:
            MandateError: An entry is malformed or contradicts another.
        """
        self.digest = digest
        self._by_caller: dict[tuple[str, str], Agency] = {}
        for place, entry in enumerate(entries):
            check_form(place, entry)
            _check_producing(place, entry)
            _check_asking(place, entry)
            _check_officer_keys(place, entry)
            self._add(place, entry)

    def find(self, agency_id: str, role: str, identity: str = "") -> Agency:
        """Return the entry of an agency in a role, both as the certificate spells them.

        Raises:
            CallerUnknownError: There is none; it carries *identity*, the certificate's name, or when that is not
                given the part of it that is known here.
        """
        entry = self._by_caller.get((agency_id, role))
        if entry is None:
            named = identity or f"agency/{agency_id}/{role}"
            raise CallerUnknownError("the certificate names no caller of this gateway", identity=named)
        return entry

    def __iter__(self) -> Iterator[Agency]:
        return iter(self._by_caller.values())

    def _add(self, place: int, entry: Agency) -> None:
        if (entry.agency_id, entry.role) in self._by_caller:
            raise MandateError(place, "role", f"{entry.agency_id} is already listed as {entry.role}")
        beside = {other.role for other in self._by_caller.values() if at_once(entry, other)} | {entry.role}
        if Role.AUDITOR in beside and len(beside) > 1:
            raise MandateError(place, "role", f"{entry.agency_id} cannot be auditor and something else (R-03)")
        self._by_caller[entry.agency_id, entry.role] = entry


def at_once(one: Agency, other: Agency) -> bool:
    """Return whether two mandates are of one agency and there is an instant at which both hold."""
    begins, ends = max(one.valid_from, other.valid_from), min(one.valid_until, other.valid_until)
    return one.agency_id == other.agency_id and begins < ends


def _check_asking(place: int, entry: Agency) -> None:
    for area in sorted(entry.areas & DISABLED_AREAS):
        raise MandateError(place, "areas", f"{area.name} is decided elsewhere and cannot be granted")
    for point in sorted(entry.points):
        if point.area not in entry.areas:
            raise MandateError(place, "points", f"{point.name} lies outside the areas granted")
    for area in sorted(entry.areas - {point.area for point in entry.points}):
        raise MandateError(place, "points", f"none of {area.name} is granted, although the area is")
    if entry.areas and entry.role not in ASKING_ROLES:
        raise MandateError(place, "areas", f"cannot be granted to the role {entry.role}")
    for field in sorted(entry.fields - GRANTABLE_FIELDS):
        raise MandateError(place, "fields", f"{field!r} is none of {', '.join(sorted(GRANTABLE_FIELDS))}")
    for field in sorted(entry.fields):
        if entry.role not in FIELD_ROLES[field]:
            raise MandateError(place, "fields", f"{field} cannot be granted to the role {entry.role}")


def _check_producing(place: int, entry: Agency) -> None:
    for key, granted in (("feeds", entry.feeds), ("authorities", entry.authorities)):
        if granted and entry.role is not Role.PRODUCER:
            raise MandateError(place, key, f"cannot be granted to the role {entry.role}")
    for feed in sorted(entry.forwards - entry.feeds):
        raise MandateError(place, "forwards", f"{feed!r} is none of its feeds")


def _check_officer_keys(place: int, entry: Agency) -> None:
    names = [key.kid for key in entry.officer_keys]
    for number, name in enumerate(names):
        if not KEY_ID.fullmatch(name):
            raise MandateError(place, "officer_keys", f"{name!r} must be 1 to 32 letters, digits, '.', '_' and '-'")
        if name in names[:number]:
            raise MandateError(place, "officer_keys", f"{name!r} stands twice")
