"""Outcomes in every store: only added, each once, corrected once, and found by what their answers told of."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from outcome_samples import NOW, OUTCOME, outcome
from store_samples import submission

from gateway.domain.call_record import recorded_grounds
from gateway.domain.errors import RequestIdReusedError, StateError
from gateway.services.ports.outcomes import OutcomeFilter, Within
from gateway.storage.content import ContentError
from gateway.storage.outcome_content import read_outcome, write_outcome
from gateway.storage.outcomes import SqlOutcomeStore

MINE = OutcomeFilter("bidding")


@pytest.fixture
def outcomes(engine):
    return SqlOutcomeStore(engine)


def sent(wanted, request_id=""):
    return submission(request_id or wanted.outcome_id, agency=wanted.agency, feed="", writer="w")


def keep(outcomes, wanted=OUTCOME, request_id=""):
    """Store an outcome as it is."""
    return outcomes.record(sent(wanted, request_id), within(wanted.supersedes), lambda *_: wanted)


def within(supersedes=""):
    return Within(OUTCOME.case_ref, OUTCOME.uscc, supersedes)


def ids(found):
    return [each.outcome_id for each in found]


def test_an_outcome_is_read_as_it_was_written(outcomes):
    assert keep(outcomes) == (0, OUTCOME)
    assert outcomes.outcome("outcome-1").outcome == OUTCOME
    assert outcomes.outcome("outcome-2") is None


def test_the_same_report_is_kept_once_and_other_content_under_its_id_refused(outcomes):
    assert outcomes.reported(sent(OUTCOME)) is None
    keep(outcomes)
    assert keep(outcomes, outcome(note="other")) == (0, OUTCOME), "the digest is the same: this is a repetition"
    assert outcomes.reported(sent(OUTCOME)) == (0, OUTCOME)
    for other in (replace(sent(OUTCOME), digest="other"), replace(sent(OUTCOME), agency="finance")):
        with pytest.raises(RequestIdReusedError):
            outcomes.reported(other)
        with pytest.raises(RequestIdReusedError):
            outcomes.record(other, within(), lambda *_: OUTCOME)
    assert len(outcomes.listed(MINE, 0, 10)) == 1


def test_a_correction_is_given_what_it_corrects_and_takes_its_place(outcomes):
    keep(outcomes)
    seen = []
    fixed = outcome(outcome_id="outcome-2", supersedes="outcome-1")
    outcomes.record(sent(fixed), within("outcome-1"), lambda before, _: seen.append(before) or fixed)
    assert [(each.outcome, each.superseded_by) for each in seen] == [(OUTCOME, "")]
    assert outcomes.outcome("outcome-1").superseded_by == "outcome-2"
    assert ids(each.outcome for each in outcomes.listed(MINE, 0, 10)) == ["outcome-2"]
    whole = OutcomeFilter("bidding", with_superseded=True)
    assert [each.number for each in outcomes.listed(whole, 0, 10)] == [1, 2]
    assert [each.number for each in outcomes.listed(whole, 1, 10)] == [2]
    assert len(outcomes.listed(whole, 0, 1)) == 1


def test_nobody_is_given_what_another_agency_reported(outcomes):
    keep(outcomes)
    theirs = outcome(outcome_id="outcome-2", agency="finance")
    seen = []
    outcomes.record(sent(theirs), within("outcome-1"), lambda *given: seen.append(given) or theirs)
    assert seen == [(None, [])]
    assert ids(each.outcome for each in outcomes.listed(OutcomeFilter("finance"), 0, 10)) == ["outcome-2"]


def test_who_reports_is_given_what_stands_of_its_own_about_the_enterprise_in_the_case(outcomes):
    fixed = outcome(outcome_id="outcome-2", supersedes="outcome-1")
    others = (
        outcome(outcome_id="outcome-3", agency="finance"),
        outcome(outcome_id="outcome-4", case_ref="T-2"),
        outcome(outcome_id="outcome-5", uscc="91420300MA10009992"),
    )
    for each in (OUTCOME, fixed, *others, outcome(outcome_id="outcome-6", part="2")):
        keep(outcomes, each)
    seen = []
    last = outcome(outcome_id="outcome-7")
    outcomes.record(sent(last), within(), lambda _, standing: seen.extend(ids(standing)) or last)
    assert seen == ["outcome-2", "outcome-6"]


OTHER = "91420300MA10009992"


@pytest.fixture
def four(outcomes):
    """Keep an outcome, and three that differ from it in the agency, the case and the enterprise."""
    changes = ({}, {"agency": "finance"}, {"case_ref": "T-2"}, {"uscc": OTHER})
    for number, each in enumerate(changes, 1):
        keep(outcomes, outcome(outcome_id=f"outcome-{number}", **each))
    return outcomes


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (MINE, [1, 3, 4]),
        (OutcomeFilter("finance"), [2]),
        (OutcomeFilter(""), [1, 2, 3, 4]),
        (replace(MINE, case_ref="T-1"), [1, 4]),
        (replace(MINE, uscc=OUTCOME.uscc), [1, 3]),
        (replace(MINE, case_ref="T-1", uscc=OUTCOME.uscc), [1]),
        (replace(MINE, case_ref="T-3"), []),
    ],
)
def test_a_list_has_what_was_asked_for_and_nothing_beside_it(four, wanted, numbers):
    assert [each.number for each in four.listed(wanted, 0, 10)] == numbers


def test_what_an_agency_reported_in_cases_is_its_own_in_them_alone_and_what_was_corrected_too(four):
    keep(four, outcome(outcome_id="outcome-5", supersedes="outcome-1"))
    assert sorted(ids(four.of_cases("bidding", ["T-1"]))) == ["outcome-1", "outcome-4", "outcome-5"]
    assert sorted(ids(four.of_cases("bidding", ["T-1", "T-2", "T-3"]))) == [f"outcome-{each}" for each in (1, 3, 4, 5)]
    assert ids(four.of_cases("finance", ["T-1"])) == ["outcome-2"]
    assert four.of_cases("bidding", []) == []


def test_what_is_refused_in_the_transaction_leaves_nothing(outcomes, store):
    def refuse(*_):
        raise StateError("no")

    with pytest.raises(StateError):
        outcomes.record(sent(OUTCOME), within(), refuse)
    assert outcomes.listed(MINE, 0, 10) == []
    assert store.unrecorded("w") == []


def test_of_many_who_correct_the_same_at_once_one_is_taken(outcomes):
    keep(outcomes)
    taken, start = [], threading.Barrier(4)

    def correct(number):
        def decide(before, _):
            if before.superseded_by:
                raise StateError("late")
            return outcome(outcome_id=f"fix-{number}", supersedes="outcome-1")

        start.wait()
        with contextlib.suppress(StateError):
            taken.append(outcomes.record(sent(OUTCOME, f"fix-{number}"), within("outcome-1"), decide))

    threads = [threading.Thread(target=correct, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1
    assert len(outcomes.listed(MINE, 0, 10)) == 1


def test_outcomes_are_found_by_what_their_answers_told_of_and_only_while_they_stand(outcomes):
    long = "示" * 40
    first = outcome(answer_grounds=("L-1", "L-2"))
    hashed = outcome(outcome_id="outcome-2", agency="finance", answer_grounds=tuple(recorded_grounds([long])))
    for each in (first, hashed, outcome(outcome_id="outcome-3", answer_grounds=("L-9",))):
        keep(outcomes, each)
    assert outcomes.standing(["L-1", "L-2", "L-3"], [], "") == [first]
    assert outcomes.standing([long, "L-1"], [], "") == [first, hashed]
    assert outcomes.standing([long, "L-1"], [], "finance") == [hashed]
    keep(outcomes, outcome(outcome_id="outcome-4", supersedes="outcome-1", answer_grounds=(), reexamined=("ending-1",)))
    assert outcomes.standing(["L-1"], [], "") == []
    assert ids(outcomes.standing([], ["ending-1"], "bidding")) == ["outcome-4"]


def test_the_id_of_a_record_is_never_taken_for_that_of_an_ending(outcomes):
    keep(outcomes, outcome(answer_grounds=("ending-1",)))
    assert outcomes.standing([], ["ending-1"], "") == []
    assert len(outcomes.standing(["ending-1"], [], "")) == 1


def test_more_references_than_one_statement_takes_are_all_looked_for(outcomes):
    keep(outcomes)
    assert len(outcomes.standing([f"R-{number}" for number in range(40_000)] + ["L-1"], [], "")) == 1


def test_a_clock_that_runs_behind_puts_no_outcome_before_its_predecessor(outcomes):
    keep(outcomes)
    _, late = keep(outcomes, outcome(outcome_id="outcome-2", reported_at=NOW - timedelta(hours=1)))
    assert late.reported_at == NOW


def test_an_outcome_takes_no_revision_and_owes_an_entry_until_it_is_marked(outcomes, store):
    keep(outcomes)
    assert store.held_listing("L")[0] == 0
    assert store.unrecorded("w") == [("outcome-1", 0, 0)]
    outcomes.mark_recorded("outcome-1", 0, 7)
    assert store.unrecorded("w") == []


def test_an_outcome_from_before_parts_and_emergencies_were_kept_names_neither():
    text = write_outcome(outcome(part="2", answer_emergency=True))
    old = text.replace(',"part":"2"', "").replace('"emergency":true,', "")
    assert "part" not in old
    assert "emergency" not in old
    assert read_outcome(old) == OUTCOME


@pytest.mark.parametrize(
    "damage",
    [
        ('"emergency":false', '"emergency":0'),
        ('"REFUSED"', '"BURNT"'),
        ('"agency":', '"agent":'),
        ('"number":17', '"number":"17"'),
        ('"reexamined":[]', '"reexamined":""'),
        ('"decided_on":"2026-03-06"', '"decided_on":"soon"'),
        ("{", "["),
    ],
)
def test_an_outcome_that_cannot_be_understood_is_an_error_and_never_skipped(damage):
    text = write_outcome(OUTCOME)
    assert read_outcome(text) == OUTCOME
    assert damage[0] in text
    with pytest.raises(ContentError):
        read_outcome(text.replace(*damage, 1))
