"""Mandates as they change: proposed by one person, approved by another, kept version after version (R-03).

Whether a change may be made follows from the mandates that stand, the proposal and the persons; nothing is stored
here. What a mandate grants is in ``agencies``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

from gateway.domain.agencies import NEVER, Agencies, Agency, Role
from gateway.domain.agency_forms import MandateError
from gateway.domain.errors import MalformedRequestError, SecondPersonRequiredError, StateError
from gateway.domain.imports import Person, first_of_two
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

_PATHS: Final = {"id": "agency", "name_zh": "name.zh", "name_en": "name.en", "points": "decision_points"}
"""Keys of a mandate that are called otherwise on the wire."""
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

    def fault(self, mandate: Agency) -> tuple[str, str] | None:
        """Return (key, what is wrong with it); None when *mandate* fits."""
        for name in sorted(mandate.feeds - self.feeds):
            return "feeds", f"{name!r} is not in gateway.toml"
        if mandate.quota.in_flight > self.in_flight:
            return "quota", "in_flight is over the process's own"
        return None


def key_of(mandate: Agency) -> CallerKey:
    """Return whose mandate it is."""
    return mandate.agency_id, mandate.role.value


def require_person(holder: str) -> None:
    """Raise ``SecondPersonRequiredError`` for a certificate without a holder: it is nobody's word."""
    if not holder:
        raise SecondPersonRequiredError("the certificate names no person", why="NO_HOLDER")


def require_second(proposal: Proposal, person: Person) -> None:
    """Raise ``SecondPersonRequiredError`` unless *person* is another than the one who proposed."""
    try:
        first_of_two(person, [proposal.by])
    except ValueError as error:
        refused = "another person has to approve"
        raise SecondPersonRequiredError(refused, proposal=proposal.proposal_id, why=str(error)) from None


def state_of(proposal: Proposal, current: MandateVersion | None, newest_id: str) -> ProposalState:
    """Return how *proposal* stands beside its caller's *current* version and the id of the caller's newest proposal."""
    if current is not None and current.proposal_id == proposal.proposal_id:
        return ProposalState.APPROVED
    version = 0 if current is None else current.mandate.version
    waits = newest_id == proposal.proposal_id and version == proposal.replaces
    return ProposalState.WAITING if waits else ProposalState.SUPERSEDED


def require_proposable(wanted: Agency | Ending, standing: Collection[Agency], frame: Frame, now: datetime) -> None:
    """Refuse what could not be approved now, by the field at fault.

    Raises:
        MalformedRequestError: A key of the mandate is malformed, contradicts another or another mandate (R-03), or
            does not fit this gateway; or the ending is of no mandate, or comes too late.
    """
    if isinstance(wanted, Ending):
        _require_endable(wanted, standing, now)
    elif not wanted.legal_basis.strip():
        raise MalformedRequestError("mandate.legal_basis", "is required")
    elif wanted.valid_until <= max(now, wanted.valid_from):
        raise MalformedRequestError("mandate.valid_until", "must lie ahead, and after valid_from")
    fault = fault_of(mandate_after(wanted, standing, now), standing, frame)
    if fault is not None:
        path = "ending.ends_at" if isinstance(wanted, Ending) else f"mandate.{_PATHS.get(fault[0], fault[0])}"
        raise MalformedRequestError(path, fault[1])


def require_approvable(proposal: Proposal, mandate: Agency, standing: Collection[Agency], frame: Frame) -> None:
    """Refuse a proposal whose *mandate* no longer fits beside those that stand.

    Raises:
        StateError: ``why`` names the key, and what is wrong with it.
    """
    fault = fault_of(mandate, standing, frame)
    if fault is not None:
        raise refusal(proposal, ProposalState.WAITING, f"{fault[0]}: {fault[1]}")


def mandate_after(wanted: Agency | Ending, standing: Iterable[Agency], now: datetime) -> Agency:
    """Return the mandate that holds once *wanted* is approved at *now*.

    Raises:
        StateError: An ending is of a caller that has no mandate.
    """
    if isinstance(wanted, Agency):
        return wanted
    own = next((each for each in standing if key_of(each) == (wanted.agency_id, wanted.role.value)), None)
    if own is None:
        raise StateError("there is no such mandate", object=f"{wanted.agency_id}/{wanted.role}", why="NO_MANDATE")
    ends_at = max(wanted.ends_at or now, now, own.valid_from)
    return replace(own, valid_until=min(ends_at, own.valid_until))


def fault_of(mandate: Agency, standing: Collection[Agency], frame: Frame) -> tuple[str, str] | None:
    """Return (key, what is wrong) of *mandate* beside the others of *standing*; None when all may hold together."""
    others = [each for each in standing if key_of(each) != key_of(mandate)]
    try:
        Agencies([*others, mandate], "")
    except MandateError as error:
        return error.key, error.reason
    outside = frame.fault(mandate)
    if outside is not None:
        return outside
    if not any(each.role is Role.OPERATOR and each.valid_until == NEVER for each in (*others, mandate)):
        # Nobody could grant anything any more, not even a successor.
        return "valid_until", "an operator without an end must remain"
    return None


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


def refusal(proposal: Proposal, state: ProposalState, why: str) -> StateError:
    """Return the error of a proposal that cannot be approved."""
    said = f"proposal {proposal.proposal_id} is {state.name}"
    return StateError(said, object=proposal.proposal_id, state=state.name, wanted="APPROVE", allowed="", why=why)


_SAID: Final = tuple(field.name for field in fields(Agency) if field.name not in {"version", "own_quota"})


def _said(mandate: Agency, name: str) -> object:
    """Return what a mandate itself says under a key: of a quota the numbers that are its own."""
    if name == "quota":
        return {number: getattr(mandate.quota, number) for number in mandate.own_quota}
    return getattr(mandate, name)


def _require_endable(wanted: Ending, standing: Iterable[Agency], now: datetime) -> None:
    own = next((each for each in standing if key_of(each) == (wanted.agency_id, wanted.role.value)), None)
    if own is None:
        raise MalformedRequestError("ending.agency", "has no mandate in this role")
    if own.valid_until <= (wanted.ends_at or now):
        raise MalformedRequestError("ending.ends_at", "the mandate ends before")
    if wanted.ends_at is not None and wanted.ends_at <= now:
        raise MalformedRequestError("ending.ends_at", "must lie ahead")
