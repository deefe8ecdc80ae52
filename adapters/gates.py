"""What must hold before an act: pure functions over what the journal shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2

from adapters.answers import CLOCK_TOLERANCE
from adapters.entries import OutcomeKind
from adapters.errors import ClearanceExpiredError, GateClosedError, MembersChangedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from adapters.acts import Act
    from adapters.clearance import Clearance
    from adapters.entries import RecordedAnswer
    from adapters.rules import Earlier


def members_changed(
    reviews: Iterable[RecordedAnswer], part: str, parties: frozenset[str]
) -> MembersChangedError | None:
    """Hold the parties against the review that first named any of them (BR 37, A-102).

    Args:
        reviews: Answers of the case at qualification review, newest first.
        part: Part of the case.
        parties: Codes of the lead and all members.

    Returns:
        The error to raise; None when the members are the same, or none of them was reviewed.
    """
    first = None
    for review in reviews:
        if review.part == part and not review.fault and review.parties & parties:
            first = review
    if first is None or first.parties == parties:
        return None
    return MembersChangedError(
        f"{_named(parties)} is not the {_named(first.parties)} of the qualification review, which fixed its members "
        "(A-102; BR 37, GPL 24)",
        reason="MEMBERS_CHANGED",
    )


def misplaced(
    applicants: Mapping[int, frozenset[str]], reviews: Sequence[RecordedAnswer], part: str
) -> dict[int, GateClosedError]:
    """Find the applicants whose parties may not stand as they do (BR 37).

    Args:
        applicants: Codes of each applicant's parties, by its place in the list.
        reviews: Answers of the case at qualification review, newest first.
        part: Part of the case.

    Returns:
        By place, those that share a party with another, and those that were reviewed with other members.
    """
    if len(applicants) <= 1 and not reviews:
        return {}
    counts = Counter(code for parties in applicants.values() for code in parties)
    twice = {code for code, count in counts.items() if count > 1}
    found: dict[int, GateClosedError] = {}
    for i, parties in applicants.items():
        changed = members_changed(reviews, part, parties)
        if twice & parties:
            found[i] = GateClosedError(
                f"{_named(twice & parties)} stands in two bids (BR 37, GPL 24)", reason="PARTY_IN_TWO_BIDS"
            )
        elif changed is not None:
            found[i] = changed
    return found


def earlier_missing(
    answers: Iterable[RecordedAnswer], part: str, parties: frozenset[str], earlier: Earlier, now: datetime
) -> GateClosedError | None:
    """Look for the answer that must precede a final act (A-122).

    The newest answer about exactly these parties counts: it must be favourable, its conditions met, and not older than
    the limit.

    Args:
        answers: Answers of the case at the earlier point, newest first.
        part: Part of the case.
        parties: Codes of the lead and all members.
        earlier: What is asked for.
        now: Our present, UTC.

    Returns:
        The error to raise; None when the gate is open.
    """
    answer = next((each for each in answers if each.part == part and each.parties == parties), None)
    if answer is None:
        return GateClosedError(f"no earlier answer about {_named(parties)} in this case", reason="NO_EARLIER_ANSWER")
    if not cleared(answer):
        return GateClosedError("the earlier answer did not clear these parties", reason="EARLIER_NOT_CLEARED")
    if answer.as_of is None or not -CLOCK_TOLERANCE <= now - answer.as_of <= earlier.age_limit:
        return GateClosedError(f"the earlier answer is older than {earlier.age_limit}", reason="EARLIER_TOO_OLD")
    return None


def check_clearance(clearance: Clearance, act: Act, held: RecordedAnswer | None, now: datetime) -> None:
    """Refuse a clearance that is not one of this act.

    Args:
        clearance: What is shown.
        act: What it is shown for.
        held: What the journal has under the clearance's number; None when nothing.
        now: Our present, UTC.

    Raises:
        GateClosedError: It is for another step, case or party, or is not in the journal as it stands here.
        ClearanceExpiredError: It is past its time.
    """
    question = clearance.question
    if question.decision_point != act.point:
        raise GateClosedError("the clearance is for another decision point", reason="OTHER_POINT")
    if (question.case_ref, question.part) != (act.case.case_ref, act.case.part):
        raise GateClosedError("the clearance is for another case", reason="OTHER_CASE")
    if question.parties != act.applicant.codes():
        raise GateClosedError("the clearance is for other parties", reason="OTHER_PARTIES")
    if held is None or not cleared(held) or not held.shows(question, clearance.answer):
        raise GateClosedError("the journal does not show this clearance", reason="NOT_IN_JOURNAL")
    if not clearance.still_valid(now):
        raise ClearanceExpiredError("the clearance holds no longer; ask again", clearance.answer)


def cleared(answer: RecordedAnswer) -> bool:
    """Return whether an answer cleared its parties: CLEAR, or CONDITIONAL with its conditions met."""
    if answer.fault:
        return False
    if answer.verdict == common_pb2.VERDICT_CONDITIONAL:
        return OutcomeKind.FULFILLED in answer.outcomes
    return answer.verdict == common_pb2.VERDICT_CLEAR


def _named(parties: AbstractSet[str]) -> str:
    return "+".join(sorted(parties))
