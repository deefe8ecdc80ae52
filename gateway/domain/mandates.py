"""Mandates as they are kept: versions and proposals, what they must fit into, and in what a file differs from them.

What may be proposed and approved is for ``mandate_changes``; what a mandate grants, for ``agencies``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from gateway.domain.agencies import Agency, Role
from gateway.domain.processing_register import RegisterError, duties_of
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from gateway.domain.imports import Person
    from gateway.domain.processing_register import ProcessingRegister

_UNSAID: Final = {"version", "own_quota", "officer_keys"}
_SAID: Final = tuple(field.name for field in fields(Agency) if field.name not in _UNSAID)
"""Keys in which a file and the store can differ."""
CallerKey = tuple[str, str]
"""Id of an agency, and its role as the certificate spells it."""


class ProposalState(Word):
    """How a proposal stands."""

    WAITING = 1
    APPROVED = 2
    SUPERSEDED = 3
    """A later one for the same caller took its place, or the mandate has another version than it would replace."""


@dataclass(frozen=True, slots=True)
class Ending:
    """That a mandate ends before its time."""

    agency_id: str
    role: Role
    ends_at: datetime | None
    """First instant at which it holds no more, UTC; None for that of the approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What one person proposed; it never changes."""

    proposal_id: str
    wanted: Agency | Ending
    replaces: int
    """Version of the mandate that it would take the place of; 0 for a caller that has none."""
    by: Person
    at: datetime
    reason: str
    document_number: str

    @property
    def caller(self) -> CallerKey:
        """Whom it is about."""
        return self.wanted.agency_id, self.wanted.role.value


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateVersion:
    """A mandate as it was stored; ``mandate.version`` is its number, higher than that of every earlier one."""

    mandate: Agency
    revision: int
    """Data revision with which it was stored; 0 for what the store was begun with."""
    recorded_at: datetime
    proposal_id: str = ""
    """The proposal that was approved; empty for what the store was begun with."""
    proposed_by: Person | None = None
    approved_by: Person | None = None

    @property
    def caller(self) -> CallerKey:
        """Whose it is."""
        return key_of(self.mandate)


@dataclass(frozen=True, slots=True)
class Frame:
    """What every mandate must fit into: what this gateway serves at all."""

    feeds: frozenset[str]
    """Names of the feeds that there are."""
    in_flight: int
    """Calls at once in one process."""
    register: ProcessingRegister | None = None
    """What persons' information may be processed for; None where that is judged elsewhere."""

    def fault(self, mandate: Agency) -> tuple[str, str] | None:
        """Return (key, what is wrong with it); None when *mandate* fits."""
        for name in sorted(mandate.feeds - self.feeds):
            return "feeds", f"{name!r} is not in gateway.toml"
        if mandate.quota.in_flight > self.in_flight:
            return "quota", "in_flight is over the process's own"
        return None

    def unassessed(self, mandate: Agency, today: date) -> str:
        """Return why the processing that *mandate* switches on may not be done on *today*; empty when it may (I-54).

        Args:
            mandate: As it would hold.
            today: Civil day in UTC+8.
        """
        if self.register is not None:
            try:
                self.register.require(duties_of([mandate]), today)
            except RegisterError as error:
                return str(error)
        return ""


def key_of(mandate: Agency) -> CallerKey:
    """Return whose mandate it is."""
    return mandate.agency_id, mandate.role.value


def state_of(proposal: Proposal, current: MandateVersion | None, newest_id: str) -> ProposalState:
    """Return how *proposal* stands beside its caller's *current* version and the id of the caller's newest proposal."""
    if current is not None and current.proposal_id == proposal.proposal_id:
        return ProposalState.APPROVED
    version = 0 if current is None else current.mandate.version
    waits = newest_id == proposal.proposal_id and version == proposal.replaces
    return ProposalState.WAITING if waits else ProposalState.SUPERSEDED


def differences(filed: Iterable[Agency], standing: Iterable[Agency]) -> list[str]:
    """Return in what the mandates of a file differ from those that stand, one sentence a caller, in order of callers.

    What stands decides; this is for whoever changed the file and expected it to.
    """
    theirs, ours = ({key_of(each): each for each in some} for some in (filed, standing))
    found = []
    for key in sorted(theirs.keys() | ours.keys()):
        name = "/".join(key)
        if key not in ours:
            found.append(f"{name} is in agencies.toml only: it may not call")
        elif key not in theirs:
            found.append(f"{name} is in the store only: it may call")
        elif keys := [each for each in _SAID if _said(theirs[key], each) != _said(ours[key], each)]:
            found.append(f"{name} differs from agencies.toml in {', '.join(keys)}: the store decides")
    return found


def _said(mandate: Agency, name: str) -> object:
    """Return what a mandate itself says under a key: of a quota the numbers that are its own."""
    if name == "quota":
        return {number: getattr(mandate.quota, number) for number in mandate.own_quota}
    return getattr(mandate, name)
