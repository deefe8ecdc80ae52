"""What stops an applicant before anything is asked: a question that cannot be put, parties that may not stand so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from adapters.errors import NotClearedError
from adapters.gates import misplaced
from adapters.rules import check_applicant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.asking import Step
    from adapters.entries import RecordedAnswer
    from adapters.journal import Journal
    from adapters.questions import Applicant, Case
    from adapters.rules import AreaRules, PointRules


class Before(NamedTuple):
    """What holds at a step before anything is asked.

    Attributes:
        rules: Those of its decision point.
        fixed: The members are those of the review (BR 37).
        reviews: Answers of the case at the review, newest first; empty where they fix nothing.
    """

    rules: PointRules
    fixed: bool
    reviews: Sequence[RecordedAnswer]


def look_before(rules: AreaRules, journal: Journal, step: Step) -> Before | NotClearedError:
    """Look up, once for all who ask, what holds at a step; what stops all of them is returned."""
    try:
        rules.check_case(step.case)
        at = rules.at(step.decision_point)
        fixed = at.members_fixed and rules.review is not None
        reviews = journal.last_answers(step.case.case_ref, rules.review or 0) if fixed else ()
    except NotClearedError as error:
        return error
    return Before(at, fixed, reviews)


def stops_of(
    case: Case, before: Before | NotClearedError, applicants: Sequence[Applicant]
) -> dict[int, NotClearedError]:
    """Find what stops which applicant of one caller, by its place; empty when nothing does."""
    if isinstance(before, NotClearedError):
        return dict.fromkeys(range(len(applicants)), before)
    stops: dict[int, NotClearedError] = {}
    parties: dict[int, frozenset[str]] = {}
    for i, applicant in enumerate(applicants):
        try:
            parties[i] = check_applicant(applicant, before.rules)
        except NotClearedError as error:
            stops[i] = error
    return stops | (misplaced(parties, before.reviews, case.part) if before.fixed else {})
