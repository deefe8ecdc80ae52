"""Policies that were proposed and approved: which of them holds when, and which proposal can still be approved.

The first policy is that of the configuration, number 0. Of those approved the last one wins from its instant on:
whatever was approved before it and has not begun by then never begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from formats.civil import civil_date, midnight
from gateway.domain.errors import StateError
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from typing import TypeVar

    from gateway.domain.imports import Person
    from gateway.domain.policy_text import PolicyText

    H = TypeVar("H", bound="Holding")

FIRST: int = 0
"""Number of the policy of the configuration."""


class PolicyProposalState(Word):
    """How a proposal stands."""

    WAITING = 1
    APPROVED = 2
    SUPERSEDED = 3
    """A later one took its place, or another was approved meanwhile."""
    EXPIRED = 4
    """Its day has passed, and nobody had approved it."""


class Holding(Protocol):
    """Something that holds from an instant on, by its number."""

    @property
    def number(self) -> int:
        """Higher than that of every one approved before it."""

    @property
    def holds_from(self) -> datetime:
        """First instant at which it holds, unless one of a higher number does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyProposal:
    """What one person proposed; it never changes."""

    proposal_id: str
    text: PolicyText
    version: str
    """As its file says."""
    digest: str
    """SHA-256 over its files, hexadecimal."""
    holds_on: date
    """The civil day (UTC+8) from which it is to hold."""
    replaces: int
    """Number of the policy approved last before it."""
    by: Person
    at: datetime
    reason: str
    document_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """A policy as it was approved."""

    number: int
    proposal: PolicyProposal
    holds_from: datetime
    """The beginning of its day, or the approval where that came within the day."""
    revision: int
    """Data revision with which it was stored."""
    recorded_at: datetime
    approved_by: Person


def in_force(versions: Iterable[H], at: datetime) -> H | None:
    """Return the version that holds at an instant; None while it is that of the configuration."""
    return max((each for each in versions if each.holds_from <= at), key=lambda each: each.number, default=None)


def ends_at(versions: Iterable[Holding], number: int) -> datetime | None:
    """Return the instant from which another policy than *number* holds; None when none is approved."""
    return min((each.holds_from for each in versions if each.number > number), default=None)


def holds_from(proposal: PolicyProposal, approved_at: datetime) -> datetime:
    """Return the first instant of a policy that is approved now: never one before its approval."""
    return max(midnight(proposal.holds_on), approved_at)


def state_of(
    proposal: PolicyProposal, newest: PolicyVersion | None, newest_id: str, now: datetime
) -> PolicyProposalState:
    """Return how *proposal* stands beside the version approved last and the id of the newest proposal."""
    if newest is not None and newest.proposal.proposal_id == proposal.proposal_id:
        return PolicyProposalState.APPROVED
    number = FIRST if newest is None else newest.number
    if newest_id != proposal.proposal_id or number != proposal.replaces:
        return PolicyProposalState.SUPERSEDED
    return PolicyProposalState.WAITING if civil_date(now) <= proposal.holds_on else PolicyProposalState.EXPIRED


def require_waiting(proposal: PolicyProposal, state: PolicyProposalState) -> None:
    """Raise ``StateError`` for a proposal that cannot be approved any more."""
    if state is not PolicyProposalState.WAITING:
        raise refusal(proposal, state.name, "NOT_FROM_THIS_STATE")


def refusal(proposal: PolicyProposal, state: str, why: str) -> StateError:
    """Return the error of a proposal that cannot be approved."""
    said = f"proposal {proposal.proposal_id} is {state}"
    return StateError(said, object=proposal.proposal_id, state=state, wanted="APPROVE", allowed="", why=why)
