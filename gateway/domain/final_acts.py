"""One relied answer, one final act: which outcomes may stand beside each other (A-125, A-128).

An award goes to contract later, at a point of its own and on an answer of its own, and a payment repeats with each
instalment: so a decision counts once for each answer and part. What prepares it, such as conditions that were met, may
be told as often as it happens. Whoever decides otherwise later, as when an award is annulled, names the outcome that it
replaces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.domain.errors import SecondPersonRequiredError, StateError
from gateway.domain.outcomes import OutcomeKind
from gateway.domain.vocabulary import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.domain.outcomes import Outcome

PREPARES: Final = frozenset({OutcomeKind.CONDITIONS_FULFILLED, OutcomeKind.SECURITY_RAISED})
"""Outcomes after which the case is still to be decided; all others end it for that answer and part."""


def same_act(one: Outcome, other: Outcome) -> bool:
    """Return whether two outcomes of one agency tell of the same final act.

    One that names no part is about all that was answered, and so about each part of it.
    """
    if one.kind in PREPARES or other.kind in PREPARES:
        return False
    answers = [(each.answer.writer, each.answer.number, each.answer.line) for each in (one, other)]
    return answers[0] == answers[1] and (one.part == other.part or "" in {one.part, other.part})


def require_first(outcome: Outcome, standing: Iterable[Outcome]) -> None:
    """Refuse a second outcome of one final act that does not name the first.

    Args:
        outcome: What is reported.
        standing: What the agency reported in the case about this enterprise and what still stands, without the outcome
            that *outcome* replaces.

    Raises:
        StateError: There is one; ``object`` is its id, by which a correction names it.
    """
    before = next((each for each in standing if same_act(each, outcome)), None)
    if before is not None:
        raise StateError(
            f"{before.outcome_id} tells what was decided on this answer: report what has changed as its correction",
            object=before.outcome_id,
            state="REPORTED",
            wanted="REPORTED",
            allowed="CORRECTION",
            why="ALREADY_REPORTED",
        )


def require_persons(outcome: Outcome) -> None:
    """Refuse an override of what is restricted that does not rest on the emergency clearance of this very act (A-125).

    That the clearance is of the same case, party and point follows from its being the answer that is relied upon.

    Raises:
        SecondPersonRequiredError: The answer is no such clearance; ``why`` is ``NO_EMERGENCY_CLEARANCE``.
    """
    restricted = outcome.answer.verdict is Verdict.RESTRICTED
    if outcome.kind is OutcomeKind.OVERRIDDEN and restricted and not outcome.answer.emergency:
        raise SecondPersonRequiredError(
            "what is restricted is gone over by two persons, in the emergency procedure of the award gate: "
            "name the answer by which that was cleared",
            why="NO_EMERGENCY_CLEARANCE",
        )
