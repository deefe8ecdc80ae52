"""Other moments on the wire: the mandate first, by the numbers alone; then what the moment is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import credit_pb2

from gateway.domain.agencies import Agency, Role
from gateway.domain.errors import FieldNotInMandateError, MalformedRequestError
from gateway.rpc import moments

NOW = datetime(2026, 11, 24, 8, 30, 0, 123456, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def agency(*fields):
    return Agency(
        agency_id="hrss",
        name_zh="市人力资源和社会保障局",
        name_en="Human Resources and Social Security Bureau",
        role=Role.PRODUCER,
        territory="420300",
        fields=frozenset(fields),
    )


def stamp(moment):
    sent = Timestamp()
    sent.FromDatetime(moment)
    return sent


def question(**parts):
    return credit_pb2.Question(**parts)


def refused_field(sent, *granted):
    """Return the field that the mandate lacks; empty when it covers all of it."""
    try:
        moments.require_mandate(sent, agency(*granted), NOW, "question.")
    except FieldNotInMandateError as error:
        return error.metadata["field"]
    return ""


OF_THE_PAST = [
    stamp(NOW),
    stamp(NOW - INSTANT),
    Timestamp(),
    Timestamp(nanos=-1),
    Timestamp(seconds=-(2**63)),
    Timestamp(seconds=int(NOW.timestamp()), nanos=123_456_999),
    Timestamp(seconds=int(NOW.timestamp()) - 3, nanos=2**31 - 1),
]
AHEAD = [
    stamp(NOW + INSTANT),
    Timestamp(seconds=2**63 - 1),
    Timestamp(seconds=2**63 - 1, nanos=-(2**31)),
    Timestamp(seconds=int(NOW.timestamp()) - 1, nanos=2**31 - 1),
]


@pytest.mark.parametrize("sent", OF_THE_PAST)
def test_whatever_numbers_do_not_lie_ahead_need_the_grant_for_the_past(sent):
    assert refused_field(question(as_of=sent)) == "question.as_of"
    assert refused_field(question(as_of=sent), "known_at") == "question.as_of"
    assert refused_field(question(as_of=sent, preview=True)) == "question.as_of"
    assert not refused_field(question(as_of=sent), "past_as_of")


@pytest.mark.parametrize("sent", AHEAD)
def test_numbers_that_lie_ahead_need_no_grant(sent):
    assert not refused_field(question(as_of=sent))


@pytest.mark.parametrize("sent", OF_THE_PAST + AHEAD)
def test_a_moment_of_knowledge_always_needs_its_grant(sent):
    assert refused_field(question(known_at=sent)) == "question.known_at"
    assert refused_field(question(known_at=sent), "past_as_of") == "question.known_at"
    assert not refused_field(question(known_at=sent), "known_at")


def test_the_present_and_the_present_knowledge_need_no_grant():
    assert not refused_field(question())
    assert not refused_field(question(preview=True))


def test_a_question_is_about_the_present_of_the_call_the_past_or_a_preview():
    ahead, past = NOW + INSTANT, NOW - timedelta(days=9)

    assert moments.asked_about(question(), NOW) == NOW
    assert moments.asked_about(question(as_of=stamp(NOW)), NOW) == NOW
    assert moments.asked_about(question(as_of=stamp(past)), NOW) == past
    assert moments.asked_about(question(as_of=stamp(ahead), preview=True), NOW) == ahead


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (question(preview=True), "question.as_of"),
        (question(as_of=stamp(NOW), preview=True), "question.as_of"),
        (question(as_of=stamp(NOW + INSTANT)), "question.preview"),
        (question(as_of=Timestamp(nanos=-1)), "question.as_of"),
    ],
)
def test_a_preview_lies_ahead_and_nothing_else_does(sent, field):
    with pytest.raises(MalformedRequestError) as caught:
        moments.asked_about(sent, NOW)
    assert caught.value.field == field


def test_a_read_and_a_moment_of_knowledge_never_lie_ahead():
    past, ahead = stamp(NOW - INSTANT), stamp(NOW + INSTANT)
    read = credit_pb2.GetCreditRecordRequest

    assert moments.present_or_past(read(), NOW) == NOW
    assert moments.present_or_past(read(as_of=past), NOW) == NOW - INSTANT
    assert moments.known_at(read(), NOW, "") is None
    assert moments.known_at(question(known_at=past), NOW, "question.") == NOW - INSTANT
    with pytest.raises(MalformedRequestError, match=r"^as_of: lies ahead"):
        moments.present_or_past(read(as_of=ahead), NOW)
    with pytest.raises(MalformedRequestError, match=r"^question\.known_at: lies ahead"):
        moments.known_at(question(known_at=ahead), NOW, "question.")
