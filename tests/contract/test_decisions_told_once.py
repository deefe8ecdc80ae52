"""A decision on an answer is told once in every store, and a restriction overridden on the clearance of two persons."""

from __future__ import annotations

import pytest
from test_reporting_outcomes import Clock, city  # noqa: F401 - a fixture

from gateway.domain.errors import EnterpriseNotFoundError, SecondPersonRequiredError, StateError
from gateway.domain.outcomes import OutcomeKind
from gateway.domain.vocabulary import Verdict
from gateway.services.ports.outcomes import OutcomeFilter
from gateway.services.relied_answer import ReliedAnswer
from gateway.services.report_outcome import ReportOutcome

GATE = {"method": "CreditService/ClearAward", "part": "2"}
BY_TWO = {"cleared": True, "emergency": {"reason": "抢险", "document": "示1号", "writer": "w", "number": "3"}}
RESTRICTED = {"verdict": int(Verdict.RESTRICTED)}
CLEARED = {**GATE, **RESTRICTED, "award": BY_TWO}


def refused(city, *sent, **parts):  # noqa: F811 - the fixture
    with pytest.raises(StateError) as caught:
        city.report(*sent, **parts)
    assert caught.value.metadata["why"] == "ALREADY_REPORTED"
    return caught.value.metadata["object"]


def test_a_second_decision_on_one_answer_names_the_first_or_is_refused(city):  # noqa: F811 - the fixture
    answer = city.answered()
    first = city.report(answer)
    assert refused(city, answer, kind=OutcomeKind.GRANTED) == first.outcome_id
    fixed = city.report(answer, kind=OutcomeKind.GRANTED, supersedes=first.outcome_id)
    assert refused(city, answer, note="again") == fixed.outcome_id
    assert city.report(city.answered()).supersedes == "", "a newer answer is decided on by itself"


def test_a_correction_does_not_take_the_place_of_two(city):  # noqa: F811 - the fixture
    one, other = city.answered(), city.answered()
    first, second = city.report(one), city.report(other)
    assert refused(city, other, supersedes=first.outcome_id) == second.outcome_id


def test_what_was_corrected_is_not_corrected_again_whatever_that_rests_on(city):  # noqa: F811 - the fixture
    mine = city.report(city.answered("listing-1"))
    fixed = city.report(city.answered(), supersedes=mine.outcome_id)
    with pytest.raises(StateError) as caught:
        city.report(city.answered(), supersedes=mine.outcome_id)
    said = caught.value.metadata
    assert (said["object"], said["state"], said["why"]) == (mine.outcome_id, "SUPERSEDED", "NOT_THE_NEWEST_VERSION")
    assert fixed.outcome_id in caught.value.message


class Erased:
    """A record of calls in which no content is left."""

    def call_at(self, _writer, _number):
        return None


def test_a_report_sent_again_is_answered_when_its_answer_is_erased_and_it_was_corrected(city):  # noqa: F811 - the fixture
    answer = city.answered("listing-1")
    mine = city.report(answer, request_id="one")
    city.report(city.answered(), supersedes=mine.outcome_id)
    city.use = ReportOutcome(city.outcomes, ReliedAnswer(Erased(), None), city.endings, Clock(), "w")
    with pytest.raises(EnterpriseNotFoundError):
        city.report(answer, request_id="two")
    assert city.report(answer, request_id="one") == mine


def test_each_part_is_decided_once_and_kept_with_its_outcome(city):  # noqa: F811 - the fixture
    answer = city.answered()
    told = [city.report(answer, part=part) for part in ("1", "2")]
    assert [each.part for each in told] == ["1", "2"]
    assert refused(city, answer, part="2", note="again") == told[1].outcome_id
    assert refused(city, answer) == told[0].outcome_id


def test_conditions_are_told_before_the_decision_and_as_often_as_they_are_met(city):  # noqa: F811 - the fixture
    answer = city.answered(verdict=int(Verdict.CONDITIONAL))
    for note in ("one", "two"):
        city.report(answer, kind=OutcomeKind.CONDITIONS_FULFILLED, note=note)
    assert city.report(answer, kind=OutcomeKind.OVERRIDDEN, note="工期紧").kind is OutcomeKind.OVERRIDDEN


def test_a_restriction_is_overridden_on_the_clearance_of_two_persons_alone(city):  # noqa: F811 - the fixture
    alone = {"cleared": False, "emergency": {"reason": "抢险", "document": "示1号"}}
    for answer in (city.answered(**RESTRICTED), city.answered(**{**CLEARED, "award": alone})):
        with pytest.raises(SecondPersonRequiredError) as caught:
            city.report(answer, kind=OutcomeKind.OVERRIDDEN, note="抢险")
        assert caught.value.metadata["why"] == "NO_EMERGENCY_CLEARANCE"
    kept = city.report(city.answered(**CLEARED), kind=OutcomeKind.OVERRIDDEN, note="抢险")
    assert kept.answer.emergency
    (listed,) = [each.outcome for each in city.outcomes.listed(OutcomeFilter("bidding"), 0, 10)]
    assert listed == kept
