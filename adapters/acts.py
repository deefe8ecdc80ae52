"""What the engine is given and gives back: one act, many results, and the mode in which answers bind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jointsanctions.v1 import common_pb2

    from adapters.clearance import Standing
    from adapters.errors import NotClearedError
    from adapters.questions import Applicant, Case


class Mode(StrEnum):
    """Whether answers bind."""

    OBSERVE = "observe"
    """Nothing is stopped; what would have been is recorded. The way a city goes live."""
    ENFORCE = "enforce"
    """Only what is cleared goes ahead."""


@dataclass(frozen=True, slots=True)
class Act:
    """One step of one case for one applicant.

    Attributes:
        case: The case.
        point: The decision point.
        applicant: Who is to go ahead.
    """

    case: Case
    point: common_pb2.DecisionPoint.ValueType
    applicant: Applicant


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of several applicants.

    Attributes:
        results: One for each, in order: its standing, or the error that stops it alone.
        calls: How many calls carried an answer; more than one means more than one data revision.
    """

    results: tuple[Standing | NotClearedError, ...]
    calls: int
