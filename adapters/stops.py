"""What stops an applicant before anything is asked: a question that cannot be put, parties that may not stand so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from adapters.errors import NotClearedError
from adapters.gates import misplaced
from adapters.rules import check_applicant

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from adapters.entries import RecordedAnswer
    from adapters.journal import Journal
    from adapters.questions import Applicant, Case
    from adapters.rules import AreaRules, PointRules


class Before(NamedTuple):
    """What holds in a case before anything is asked at a decision point.

    Attributes:
        rules: Those of the decision point.
        fixed: The members are those of the review (BR 37).
        reviews: Answers of the case at the review, newest first; empty where they fix nothing.
    """

    rules: PointRules
    fixed: bool
    reviews: Sequence[RecordedAnswer]


def look_before(
    rules: AreaRules, journal: Journal, point: int, cases: Collection[Case]
) -> dict[Case, Before | NotClearedError]:
    """Look up, once for all who ask at a decision point, what holds in each case; what stops it there is returned."""
    found: dict[Case, Before | NotClearedError] = {}
    fixing: dict[str, list[Case]] = {}
    for case in cases:
        try:
            rules.check_case(case)
            at = rules.at(point)
        except NotClearedError as error:
            found[case] = error
            continue
        fixed = at.members_fixed and rules.review is not None
        found[case] = Before(at, fixed, ())
        if fixed:
            fixing.setdefault(case.case_ref, []).append(case)
    return found | _reviewed(found, fixing, journal, rules.review or 0)


def _reviewed(
    found: Mapping[Case, Before | NotClearedError], fixing: Mapping[str, Sequence[Case]], journal: Journal, review: int
) -> dict[Case, Before | NotClearedError]:
    """Return the cases of *fixing* with what the review answered in each, read at once."""
    if not fixing:
        return {}
    try:
        reviews = journal.last_answers_of(fixing.keys(), review)
    except NotClearedError as error:
        return {case: error for cases in fixing.values() for case in cases}
    return {
        case: before._replace(reviews=reviews[case_ref])
        for case_ref in reviews
        for case in fixing[case_ref]
        if isinstance(before := found[case], Before)
    }


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
    if before.fixed:
        stops.update(misplaced(parties, before.reviews, case.part))
    return stops
