"""Which outcomes may stand beside each other on one answer, and whose word goes over a restriction (A-125, A-128)."""

from __future__ import annotations

import pytest
from outcome_samples import outcome

from gateway.domain.errors import SecondPersonRequiredError, StateError
from gateway.domain.final_acts import PREPARES, require_first, require_persons, same_act
from gateway.domain.outcomes import OutcomeKind
from gateway.domain.vocabulary import Verdict

Kind = OutcomeKind
DECIDES = sorted(set(Kind) - PREPARES)


def refused(reported, *standing):
    """Return the id of the outcome that stands in the way; empty where none does."""
    try:
        require_first(reported, standing)
    except StateError as error:
        said = error.metadata
        return said["object"] if (said["why"], said["allowed"]) == ("ALREADY_REPORTED", "CORRECTION") else str(said)
    return ""


@pytest.mark.parametrize("kind", DECIDES)
def test_a_second_decision_on_one_answer_is_refused_and_the_first_named_whatever_either_says(kind):
    first = outcome(outcome_id="outcome-9", kind=Kind.GRANTED)
    assert refused(outcome(kind=kind), first) == "outcome-9"
    assert refused(first, outcome(kind=kind, outcome_id="outcome-8")) == "outcome-8"


@pytest.mark.parametrize(
    "changes", [{"answer_writer": "gw2-0"}, {"answer_number": 18}, {"answer_line": "cd" * 32}, {"part": "2"}]
)
def test_another_answer_item_or_part_is_another_act(changes):
    assert refused(outcome(**{"part": "1", **changes}), outcome(part="1")) == ""


def test_an_outcome_without_a_part_is_about_every_part():
    whole, part = outcome(outcome_id="whole"), outcome(outcome_id="part", part="2")
    assert refused(part, whole) == "whole"
    assert refused(whole, part) == "part"


@pytest.mark.parametrize("kind", sorted(PREPARES))
def test_what_prepares_a_decision_is_told_as_often_as_it_happens_and_stands_in_no_way(kind):
    prepared, decided = outcome(kind=kind), outcome(kind=Kind.GRANTED)
    for pair in ((prepared, prepared), (prepared, decided), (decided, prepared)):
        assert not same_act(*pair)


def test_of_several_that_stand_only_the_same_act_is_named():
    others = [outcome(outcome_id="a", part="1"), outcome(outcome_id="b", part="2", kind=Kind.CONDITIONS_FULFILLED)]
    assert refused(outcome(part="2"), *others) == ""
    assert refused(outcome(part="2"), *others, outcome(outcome_id="c", part="2")) == "c"


@pytest.mark.parametrize("kind", sorted(set(Kind)))
@pytest.mark.parametrize("verdict", sorted(Verdict))
def test_only_an_override_of_what_is_restricted_needs_the_clearance_of_two_persons(kind, verdict):
    reported = outcome(kind=kind, answer_verdict=verdict, note="抢险")
    if (kind, verdict) != (Kind.OVERRIDDEN, Verdict.RESTRICTED):
        require_persons(reported)
        return
    with pytest.raises(SecondPersonRequiredError) as caught:
        require_persons(reported)
    assert caught.value.metadata == {"why": "NO_EMERGENCY_CLEARANCE"}
    require_persons(outcome(kind=kind, answer_verdict=verdict, answer_emergency=True))
