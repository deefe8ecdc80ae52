"""What may be proposed and approved of mandates, and by whom: two persons, and nothing that breaks a rule (R-03).

It follows from the mandates that stand, the proposal and the persons; nothing is stored here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from formats.civil import civil_date
from gateway.domain.agencies import NEVER, Agencies, Agency, Role
from gateway.domain.agency_forms import MandateError
from gateway.domain.errors import MalformedRequestError, SecondPersonRequiredError, StateError
from gateway.domain.imports import Person, first_of_two
from gateway.domain.mandates import Ending, Frame, Proposal, ProposalState, key_of
from gateway.domain.two_persons import spelled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

_PATHS: Final = {"id": "agency", "name_zh": "name.zh", "name_en": "name.en", "points": "decision_points"}
"""Keys of a mandate that are called otherwise on the wire."""


class Proposed(Protocol):
    """Something that one person has proposed."""

    @property
    def proposal_id(self) -> str:
        """Its id."""

    @property
    def by(self) -> Person:
        """Who proposed it."""


def require_person(holder: str) -> None:
    """Raise ``SecondPersonRequiredError`` for a certificate without a holder: it is nobody's word."""
    if not spelled(holder):
        raise SecondPersonRequiredError("the certificate names no person", why="NO_HOLDER")


def require_second(proposal: Proposed, person: Person) -> None:
    """Raise ``SecondPersonRequiredError`` unless *person* is another than the one who proposed."""
    try:
        first_of_two(person, [proposal.by])
    except ValueError as error:
        refused = "another person has to approve"
        raise SecondPersonRequiredError(refused, proposal=proposal.proposal_id, why=str(error)) from None


def require_proposable(wanted: Agency | Ending, standing: Collection[Agency], frame: Frame, now: datetime) -> None:
    """Refuse what could not be approved now, by the field at fault.

    Raises:
        MalformedRequestError: A key of the mandate is malformed, contradicts another or another mandate (R-03), or
            does not fit this gateway, or switches on what is not assessed (I-54); or the ending is of no mandate, or
            comes too late.
    """
    if isinstance(wanted, Ending):
        _require_endable(wanted, standing, now)
    elif not wanted.legal_basis.strip():
        raise MalformedRequestError("mandate.legal_basis", "is required")
    elif wanted.valid_until <= max(now, wanted.valid_from):
        raise MalformedRequestError("mandate.valid_until", "must lie ahead, and after valid_from")
    fault = fault_of(mandate_after(wanted, standing, now), standing, frame)
    if fault is None and isinstance(wanted, Agency) and (why := frame.unassessed(wanted, civil_date(now))):
        fault = "role", why
    if fault is not None:
        path = "ending.ends_at" if isinstance(wanted, Ending) else f"mandate.{_PATHS.get(fault[0], fault[0])}"
        raise MalformedRequestError(path, fault[1])


def require_approvable(
    proposal: Proposal, mandate: Agency, standing: Collection[Agency], frame: Frame, now: datetime
) -> None:
    """Refuse a proposal whose *mandate* no longer fits beside those that stand.

    Raises:
        StateError: ``why`` names the key, and what is wrong with it.
    """
    fault = fault_of(mandate, standing, frame)
    if fault is None and isinstance(proposal.wanted, Agency) and (why := frame.unassessed(mandate, civil_date(now))):
        fault = "role", why
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


def refusal(proposal: Proposal, state: ProposalState, why: str) -> StateError:
    """Return the error of a proposal that cannot be approved."""
    said = f"proposal {proposal.proposal_id} is {state.name}"
    return StateError(said, object=proposal.proposal_id, state=state.name, wanted="APPROVE", allowed="", why=why)


def _require_endable(wanted: Ending, standing: Iterable[Agency], now: datetime) -> None:
    own = next((each for each in standing if key_of(each) == (wanted.agency_id, wanted.role.value)), None)
    if own is None:
        raise MalformedRequestError("ending.agency", "has no mandate in this role")
    if own.valid_until <= (wanted.ends_at or now):
        raise MalformedRequestError("ending.ends_at", "the mandate ends before")
    if wanted.ends_at is not None and wanted.ends_at <= now:
        raise MalformedRequestError("ending.ends_at", "must lie ahead")
