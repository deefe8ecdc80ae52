"""Observe mode, and a journal that breaks: nothing is stopped in one, nothing goes ahead without the other."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace

import grpc
import pytest
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CASE,
    CLEAR,
    CONDITIONAL,
    RESTRICTED,
    REVIEW,
    RULES,
    UNVERIFIABLE,
    Refusal,
    act,
    alone,
    at_the_wire,
    client,
    code,
    engine,
    journal,
    observing,
    peer,
    together,
)

from adapters.acts import Mode
from adapters.bidding import EVALUATION, QUALIFICATION_REVIEW
from adapters.clearance import Observed
from adapters.enforcement import Enforcement
from adapters.entries import OutcomeKind
from adapters.errors import (
    ConditionNotMetError,
    GateClosedError,
    JournalUnavailableError,
    MembersChangedError,
    NoAnswerError,
    QuestionRefusedError,
    RestrictedError,
    UnverifiableError,
)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_question_that_cannot_be_recorded_is_not_asked(peer, client, journal, mode):
    journal._connection.execute("PRAGMA query_only = ON")
    engine = Enforcement(client, journal, RULES, mode, peer.clock)

    if mode is Mode.ENFORCE:
        with pytest.raises(JournalUnavailableError):
            engine.require_clearance(act())
    else:
        assert isinstance(engine.require_clearance(act()).stopped_by, JournalUnavailableError)
    assert peer.requests == []


@pytest.mark.parametrize("verdict", [CLEAR, RESTRICTED])
@pytest.mark.parametrize("mode", list(Mode))
def test_an_answer_that_cannot_be_recorded_is_not_used(peer, client, journal, mode, verdict):
    peer.says(code(1), verdict, *([BLOCK] if verdict == RESTRICTED else []))

    def journal_breaks(response):
        journal._connection.execute("PRAGMA query_only = ON")
        return response

    peer.twist = journal_breaks
    engine = Enforcement(client, journal, RULES, mode, peer.clock)

    (result,) = engine.check_all(CASE, EVALUATION, [alone()]).results
    stopped_by = result.stopped_by if mode is Mode.OBSERVE else result
    assert isinstance(stopped_by, JournalUnavailableError)


@pytest.mark.parametrize("mode", list(Mode))
def test_an_answer_whose_outcome_cannot_be_recorded_is_neither_used_nor_recorded(peer, client, journal, mode):
    peer.says(code(1), RESTRICTED, BLOCK)
    breaks = "BEFORE INSERT ON outcome BEGIN SELECT RAISE (ABORT, 'full'); END"
    journal._connection.execute(f"CREATE TEMP TRIGGER breaks {breaks}")
    engine = Enforcement(client, journal, RULES, mode, peer.clock)

    stopped, beside = engine.check_all(CASE, EVALUATION, [alone(1), alone(2)]).results

    for result in (stopped, beside):
        assert isinstance(result.stopped_by if mode is Mode.OBSERVE else result, JournalUnavailableError)
    assert [journal.answer_to(number) for number in (1, 2)] == [None, None]
    assert journal.pending.waiting() == 2


@pytest.mark.parametrize(
    ("verdict", "measures", "stopped_by"),
    [
        (CLEAR, [], None),
        (CONDITIONAL, [REVIEW], ConditionNotMetError),
        (UNVERIFIABLE, [], UnverifiableError),
        (RESTRICTED, [BLOCK], RestrictedError),
    ],
)
def test_observe_mode_records_what_it_would_have_stopped(observing, peer, journal, verdict, measures, stopped_by):
    peer.says(code(1), verdict, *measures)

    observed = observing.require_clearance(act())

    assert type(observed) is Observed
    assert type(observed.stopped_by) is (stopped_by or type(None))
    assert observed.asked.verdict == verdict
    assert [owed.kind for owed in journal.outcomes_owed()] == ([OutcomeKind.OBSERVED] if stopped_by else [])
    observing.accept(observed, act())


def test_observe_mode_asks_about_changed_members_and_says_so(observing, peer, journal):
    observing.require_clearance(act(together(1, 2), QUALIFICATION_REVIEW))

    observed = observing.require_clearance(act(together(1, 3)))

    assert isinstance(observed.stopped_by, MembersChangedError)
    assert observed.asked.verdict == CLEAR
    assert [owed.details["reason"] for owed in journal.outcomes_owed()] == ["MEMBERS_CHANGED"]


def test_observe_mode_stops_nothing_when_nobody_answers_or_the_question_is_wrong(observing, peer):
    peer.refusals = [Refusal(grpc.StatusCode.INTERNAL, "UNEXPECTED")]
    silent = observing.require_clearance(act())
    wrong = observing.require_clearance(act(replace(together(1, 2), members=())))

    assert (silent.asked, type(silent.stopped_by)) == (None, NoAnswerError)
    assert (wrong.asked, type(wrong.stopped_by)) == (None, QuestionRefusedError)


def test_what_was_observed_opens_no_gate_in_enforce_mode(observing, engine):
    observed = observing.require_clearance(act())

    with pytest.raises(GateClosedError) as caught:
        engine.accept(observed, act())
    assert caught.value.reason == "NOT_A_CLEARANCE"


def test_a_mode_that_is_neither_is_refused(client, journal):
    with pytest.raises(ValueError, match="advise"):
        Enforcement(client, journal, RULES, "advise")
