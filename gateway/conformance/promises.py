"""What a promise of an adapter is, and what playing it brings: values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from gateway.conformance.sayings import Saying

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.conformance.areas import TestArea
    from gateway.conformance.stage import Stage


class Result(StrEnum):
    """What became of a promise or of one vector."""

    KEPT = "pass"
    FAIL = "fail"
    NOT_TESTED = "not tested"


@dataclass(frozen=True, slots=True)
class Vector:
    """One thing that the gateway says, or that the deciding system does.

    Attributes:
        id: Its name within the promise.
        saying: What the gateway says; for a promise that is played otherwise, the right answer.
        answered: It is an answer, though none to go ahead upon; False: it is none, and may not be told as one.
    """

    id: str
    saying: Saying = field(default_factory=Saying)
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What one vector brought.

    Attributes:
        vector: Its id.
        result: How it is judged.
        said: What was seen, in a few words.
    """

    vector: str
    result: Result
    said: str


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise that an adapter must keep.

    Attributes:
        id: Stable, such as ``FC-TIMEOUT``.
        zh: What is promised, in Chinese.
        en: The same in English.
        source: Where it is promised: numbers of the project's promises (``P1``), and ids of rules.
        play: Plays it and says what was seen, vector by vector.
        vectors: Its vectors.
        applies: Whether an area has it.
    """

    id: str
    zh: str
    en: str
    source: tuple[str, ...]
    play: Callable[[Stage, Promise], list[Seen]]
    vectors: tuple[Vector, ...] = ()
    applies: Callable[[TestArea], bool] = lambda _area: True


def seen(vector: str, kept: bool, said: str) -> Seen:  # noqa: FBT001 - what is judged
    """Return what one vector brought: *kept* passes."""
    return Seen(vector, Result.KEPT if kept else Result.FAIL, said)


def judged(found: list[Seen]) -> Result:
    """Return what a promise comes to: one failure fails it, and what was not tested anywhere was not tested."""
    results = {each.result for each in found}
    if Result.FAIL in results:
        return Result.FAIL
    return Result.KEPT if Result.KEPT in results else Result.NOT_TESTED
