"""Legal holds on a referral: while one is in force, nothing of the case or of the file is erased or replaced.

One person places a hold, by a document; two release it, both by one document. A hold that has an end ends by itself
after its last day. Holds are the referring agency's own: no other party is shown one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError, StateError
from gateway.domain.two_persons import Spoken, require_somebody, require_two
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from datetime import date, datetime

    from gateway.domain.referrals import Referral


class HoldStep(StrEnum):
    """What is done about a hold."""

    PLACING = "PLACING"
    RELEASE_ASKED = "RELEASE_ASKED"
    """By the first of two persons."""
    RELEASE = "RELEASE"
    """By the second."""


class HoldState(Word):
    """How a hold stands on a day."""

    IN_FORCE = 1
    RELEASE_ASKED = 2
    """It is in force until a second person agrees."""
    RELEASED = 3
    ENDED = 4
    """Its last day is over."""


@dataclass(frozen=True, slots=True)
class HoldAct:
    """One act on a hold, by one person, under a document."""

    step: HoldStep
    hold_id: str
    document_number: str
    reason: str
    by: Spoken
    item_id: str = ""
    """Of a placing, the file that is held; empty for the whole case."""
    until: date | None = None
    """Of a placing, the last civil day (UTC+8) on which it holds; None without an end."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold as its acts make it; instants are those at which they were recorded, UTC."""

    placed: HoldAct
    placed_at: datetime
    asked: HoldAct | None = None
    released: HoldAct | None = None
    released_at: datetime | None = None

    def state(self, day: date) -> HoldState:
        """Return how it stands on a civil day (UTC+8)."""
        if self.released is not None:
            return HoldState.RELEASED
        if self.placed.until is not None and day > self.placed.until:
            return HoldState.ENDED
        return HoldState.RELEASE_ASKED if self.asked is not None else HoldState.IN_FORCE

    def in_force(self, day: date) -> bool:
        """Return whether it keeps something on *day*: also while only one person has asked for its release."""
        return self.state(day) in {HoldState.IN_FORCE, HoldState.RELEASE_ASKED}


def holds_of(case: Referral) -> tuple[Hold, ...]:
    """Return the holds of a case in the order of their placing, those that hold no more too."""
    found: dict[str, Hold] = {}
    for entry in case.entries:
        act = entry.content
        if not isinstance(act, HoldAct):
            continue
        match act.step:
            case HoldStep.PLACING:
                found[act.hold_id] = Hold(act, entry.recorded_at)
            case HoldStep.RELEASE_ASKED:
                found[act.hold_id] = replace(found[act.hold_id], asked=act)
            case HoldStep.RELEASE:
                found[act.hold_id] = replace(found[act.hold_id], released=act, released_at=entry.recorded_at)
    return tuple(found.values())


def held_by(case: Referral, item_id: str, day: date) -> Hold | None:
    """Return a hold that keeps a file on *day*, be it on the file or on the whole case; None where none does."""
    return next((each for each in holds_of(case) if each.placed.item_id in {"", item_id} and each.in_force(day)), None)


def require_placing(case: Referral, act: HoldAct, day: date) -> None:
    """Refuse a hold that cannot be placed on *day*.

    Raises:
        MalformedRequestError: The case has no such file, or the hold would be over already.
        StateError: The case has a hold under this id.
    """
    if act.item_id and act.item_id not in case.uploaded:
        raise MalformedRequestError("item_id", "is no file of this case")
    if act.until is not None and act.until < day:
        raise MalformedRequestError("until", "is past")
    known = next((each for each in holds_of(case) if each.placed.hold_id == act.hold_id), None)
    if known is not None:
        raise _state_error(case, act, known.state(day), "HOLD_ID_USED")


def releasing(case: Referral, act: HoldAct, day: date) -> HoldAct:
    """Return the act that a word for a release is: of the first person, or of the second, with which it is released.

    A word under another document than the first begins anew: two persons release by one document.

    Raises:
        EnterpriseNotFoundError: The case has no such hold.
        StateError: It holds no more.
        SecondPersonRequiredError: The word is nobody's, or the first person's.
    """
    hold = next((each for each in holds_of(case) if each.placed.hold_id == act.hold_id), None)
    if hold is None:
        raise EnterpriseNotFoundError("no such hold is on record for this case", hold=act.hold_id)
    state = hold.state(day)
    if not hold.in_force(day):
        raise _state_error(case, act, state, "HOLDS_NO_MORE")
    require_somebody(act.by)
    if hold.asked is None or hold.asked.document_number != act.document_number:
        return replace(act, step=HoldStep.RELEASE_ASKED)
    require_two(hold.asked.by, act.by)
    return replace(act, step=HoldStep.RELEASE)


def _state_error(case: Referral, act: HoldAct, state: HoldState, why: str) -> StateError:
    return StateError(
        "the hold does not allow this",
        object=f"{case.referral_id}/{act.hold_id}",
        state=state.name,
        wanted=act.step.name,
        allowed="",
        why=why,
    )
