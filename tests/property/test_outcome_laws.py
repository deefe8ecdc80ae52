"""Laws of outcomes: kept as they are, reported the same each time, and on the list of nothing that had weighed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from jointsanctions.v1 import common_pb2
from jointsanctions.v1 import outcome_pb2 as pb
from outcome_samples import NOW, OUTCOME, outcome

from adapters.answers import Position
from adapters.entries import Outcome as Done
from adapters.entries import OutcomeKind as DoneKind
from adapters.entries import OwedOutcome
from adapters.outcomes import report_of
from gateway.domain.endings import FROM_START, Ending, KnownEnding, Told, concerns
from gateway.domain.outcomes import AnswerRelied, Fulfilled, FulfilmentKind, Outcome, OutcomeKind, decided_on_it
from gateway.domain.vocabulary import Area, DecisionPoint, EndingKind, Verdict
from gateway.storage.outcome_content import read_outcome, write_outcome

text = st.text(st.characters(codec="utf-8"), max_size=20)
instant = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
texts = st.lists(text, max_size=3).map(tuple)
answers = st.builds(
    AnswerRelied,
    writer=text,
    number=st.integers(0, 2**53 - 1),
    leaf=text,
    line=text,
    answered_at=instant,
    revision=st.integers(0, 2**53 - 1),
    as_of=instant,
    verdict=st.sampled_from(Verdict),
    enterprises=texts,
    grounds=texts,
)
outcomes = st.builds(
    Outcome,
    outcome_id=text,
    agency=text,
    area=st.sampled_from(Area),
    point=st.sampled_from(DecisionPoint),
    case_ref=text,
    uscc=text,
    answer=answers,
    kind=st.sampled_from(OutcomeKind),
    decided_on=st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    document_number=text,
    officer=text,
    conditions=st.lists(st.builds(Fulfilled, kind=st.sampled_from(FulfilmentKind), text=text), max_size=3).map(tuple),
    note=text,
    supersedes=text,
    reexamined=texts,
    reported_at=instant,
)


@given(outcomes)
def test_an_outcome_comes_back_equal_whatever_it_holds(sample):
    assert read_outcome(write_outcome(sample)) == sample


def test_every_field_of_an_outcome_is_kept():
    assert {each.name for each in fields(Outcome)} <= set(write_outcome(OUTCOME).replace('"', " ").split())


revisions = st.integers(1, 20)
moments = st.integers(-40, 40).map(lambda days: NOW + timedelta(days=days))


@given(st.sampled_from(EndingKind), revisions, revisions, moments, moments, st.booleans())
def test_a_decision_is_on_a_list_exactly_when_its_answer_told_of_what_never_weighed_and_did_not_know(
    kind, known_from, revision, at, as_of, told
):
    ending = Ending(kind, "L-1", "listing", OUTCOME.uscc, "", "", at)
    known = KnownEnding(ending, known_from, NOW)
    sample = outcome(answer_revision=revision, answer_as_of=as_of, answer_grounds=("L-1",) if told else ("L-2",))
    seen = Told("L-1", "bidding", "T-1", revision, revision, as_of)
    assert decided_on_it(known, sample) == (kind in FROM_START and told and concerns(known, seen))
    again = replace(sample, reexamined=(ending.ending_id,))
    assert decided_on_it(known, again) == (kind in FROM_START)


owed = st.builds(
    OwedOutcome,
    number=st.integers(1, 1000),
    outcome=st.builds(
        Done,
        question=st.just(1),
        decided_at=instant,
        kind=st.sampled_from([kind for kind in DoneKind if kind is not DoneKind.RESERVED]),
        officer=text,
        details=st.dictionaries(st.sampled_from(["reason", "point"]), text),
    ),
    call_id=text,
    area=st.just(common_pb2.AREA_BIDDING),
    decision_point=st.just(common_pb2.DECISION_POINT_BIDDING_AWARD),
    case_ref=text,
    part=st.text(max_size=300),
    lead=text,
    verdict=st.sampled_from([common_pb2.VERDICT_CLEAR, common_pb2.VERDICT_CONDITIONAL]),
    as_of=st.none() | instant,
    position=st.builds(Position, writer=text, number=st.integers(0, 2**64 - 1), leaf_hash=st.just(b"h" * 32)),
    met=st.lists(
        st.dictionaries(st.sampled_from(["review_reason", "security", "hearing_record"]), st.text(max_size=300)),
        max_size=3,
    ).map(tuple),
)


ON_CONDITIONS = (pb.OUTCOME_KIND_GRANTED_WITH_CONDITIONS, pb.OUTCOME_KIND_CONDITIONS_FULFILLED)


@given(owed)
def test_a_report_is_the_same_each_time_and_within_what_the_gateway_takes(sample):
    sent = report_of(sample)
    assert sent == report_of(sample)
    assert 0 < len(sent.request_id) <= 64
    assert len(sent.note.encode()) <= 500
    assert all(len(each.text.encode()) <= 256 and each.text.isprintable() for each in sent.conditions)
    kinds = [each.kind for each in sent.conditions]
    assert len(kinds) == len(set(kinds))
    told = any(text for details in sample.met for text in details.values())
    assert bool(kinds) == (told and sent.outcome in ON_CONDITIONS)


@given(owed, st.integers(1001, 2000))
def test_two_outcomes_never_share_the_id_of_a_report(sample, other):
    assert report_of(sample).request_id != report_of(replace(sample, number=other)).request_id
