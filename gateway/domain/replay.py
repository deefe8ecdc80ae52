"""A past answer, derived again and laid beside what was recorded of it (promise 5).

Words and values, and how the two are compared. What is not recorded is not compared, and that is said; what an answer
rested on and is not at hand any more is named and never guessed. How an answer is derived is for ``services``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.call_record import has_more
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class ReplayResult(Word):
    """What came of it."""

    IDENTICAL = 1
    """Everything that is compared is as it was recorded."""
    DIFFERENT = 2
    DIFFERENT_INPUTS = 3
    """Something that it rested on is not at hand: nothing was derived."""
    ERASED = 4
    """Its content was erased when its time was over (I-58)."""
    NOT_A_DECISION = 5
    """The call that is recorded there was refused, or decided nothing."""
    NOT_REPLAYABLE = 6
    """A decision of which too little is recorded; ``ReplayHindrance`` says why."""


class ReplayField(Word):
    """What of an answer is compared."""

    VERDICT = 1
    MEASURES = 2
    GROUNDS = 3
    GRADE = 4
    DOUBTS = 5
    VALID_UNTIL = 6
    RESPONSE = 7
    """The SHA-256 of the whole response as it was sent, without its audit position."""
    REVISION = 8
    MANDATE = 9
    """The mandate of then does not cover the question."""


class ReplayInput(Word):
    """What an answer rests on."""

    RULES = 1
    """The source of the rules, by digest: this software's, or another's."""
    POLICY = 2
    MANDATE = 3
    DATA = 4
    """The facts, by data revision."""


class ReplayHindrance(Word):
    """Why a decision cannot be derived again."""

    PERSON = 1
    """It was about a natural person, of whom the record holds a keyed hash alone."""
    NAMES_NOT_RECORDED = 2
    """Names were sent that had no room in the record, and a name can weigh."""
    RELATIONS_NOT_RECORDED = 3
    """Recorded before relations were, and about more than one party."""
    UNREADABLE = 4
    """A word or number of the record is none that this software knows."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was recorded: *item* of a batch, from 0; None for the whole answer."""

    field: ReplayField
    item: int | None
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class ChangedInput:
    """Something that the answer rested on, and what is at hand in its place; *now* is empty where nothing is."""

    input: ReplayInput
    then: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came of one replay."""

    result: ReplayResult
    differences: tuple[Difference, ...] = ()
    inputs: tuple[ChangedInput, ...] = ()
    """Of DIFFERENT_INPUTS what is missing; else what would explain a difference."""
    not_compared: tuple[ReplayField, ...] = ()
    hindrance: ReplayHindrance | None = None


KEYS: Final[Mapping[ReplayField, str]] = {
    ReplayField.VERDICT: "verdict",
    ReplayField.MEASURES: "measures",
    ReplayField.GROUNDS: "grounds",
    ReplayField.GRADE: "grade",
    ReplayField.DOUBTS: "doubts",
    ReplayField.VALID_UNTIL: "valid_until",
}
"""Under which key each is recorded, of a call or of an item of a batch."""
ABSENT_IS_NONE: Final = frozenset({ReplayField.DOUBTS})
"""What is left out of the record where there is none of it; of anything else its absence says nothing."""


def compare(item: int | None, then: Mapping[str, object], now: Mapping[str, object]) -> Iterator[Difference]:
    """Yield in what one decision differs from what was recorded of it.

    Args:
        item: Of a batch, from 0; None of a single question.
        then: What was recorded.
        now: What would be recorded now, cut to its room by the same rules.
    """
    for field, key in KEYS.items():
        if field in not_recorded(then):
            continue
        if then.get(key) != now.get(key):
            yield Difference(field, item, _text(then.get(key)), _text(now.get(key)))


def not_recorded(then: Mapping[str, object]) -> frozenset[ReplayField]:
    """Return what cannot be compared because an entry is from before it was recorded."""
    return frozenset(field for field, key in KEYS.items() if key not in then and field not in ABSENT_IS_NONE)


def is_cut(then: Mapping[str, object]) -> bool:
    """Return whether doubts were recorded in part: the response that told all of them cannot be made again."""
    doubts = then.get("doubts")
    return isinstance(doubts, list) and has_more(doubts)


def judged(
    differences: tuple[Difference, ...], inputs: tuple[ChangedInput, ...], not_compared: frozenset[ReplayField]
) -> Replayed:
    """Return the result of an answer that was derived again."""
    return Replayed(
        result=ReplayResult.DIFFERENT if differences else ReplayResult.IDENTICAL,
        differences=differences,
        inputs=inputs,
        not_compared=tuple(sorted(not_compared)),
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
