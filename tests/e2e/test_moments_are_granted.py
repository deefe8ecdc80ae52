"""Whoever may not ask about another moment is told that and nothing else, however malformed the rest of the call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import grpc
import pytest
from e2e.served import BATCH, BIDDING, CHECK, HRSS, RECORD, award, question
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import common_pb2, credit_pb2

pytestmark = pytest.mark.xdist_group("served")

PAST = Timestamp(seconds=int((datetime.now(UTC) - timedelta(days=30)).timestamp()))
NONE = Timestamp(seconds=2**62, nanos=-1)
"""No instant; by its numbers it lies ahead."""
BEFORE_ALL = Timestamp(seconds=-(2**62), nanos=-1)
MOMENTS = {"known_at": [PAST, NONE, BEFORE_ALL], "as_of": [PAST, BEFORE_ALL]}
GRANTED = [(name, moment) for name, every in MOMENTS.items() for moment in every]


def malformed_check(**moment):
    return CHECK, award("no code", officer="", purpose="x" * 999, at_least_as_fresh=-1, **moment), "question."


def caseless_check(**moment):
    return CHECK, award("no code", case_ref="", case_facts=None, **moment), "question."


def malformed_batch(**moment):
    return BATCH, credit_pb2.BatchCheckEligibilityRequest(question=question(officer="", **moment)), "question."


def malformed_read(**moment):
    enterprise = common_pb2.EnterpriseRef(uscc="no code")
    return RECORD, credit_pb2.GetCreditRecordRequest(enterprise=enterprise, officer="\n", **moment), ""


@pytest.mark.parametrize(("name", "moment"), GRANTED)
@pytest.mark.parametrize("make", [malformed_check, caseless_check, malformed_batch, malformed_read])
def test_a_malformed_call_about_another_moment_lacks_the_mandate_first(served, make, name, moment):
    path, message, base = make(**{name: moment})
    outcome, body = served.recorded_by(path, message.SerializeToString())

    assert (outcome.code, outcome.reason) == (grpc.StatusCode.PERMISSION_DENIED, "FIELD_NOT_IN_MANDATE")
    assert (outcome.field, body["field"]) == (f"{base}{name}", f"{base}{name}")


def test_a_moment_that_by_its_numbers_lies_ahead_is_judged_by_its_format(served):
    outcome = served.send(CHECK, award(served.city.example("listed").uscc, as_of=NONE))
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", "question.as_of")


def test_to_whom_it_is_granted_the_malformed_field_is_named(served):
    path, message, _ = malformed_check(known_at=PAST)
    assert served.send(path, message, HRSS).field == "question.officer"


def test_a_refused_read_is_recorded_with_its_case_and_officer(served):
    request = credit_pb2.GetCreditRecordRequest(case_ref="R-2", officer="officer-9", known_at=PAST)
    _, body = served.recorded_by(RECORD, request.SerializeToString(), BIDDING)
    assert (body["outcome"], body["case"], body["officer"]) == ("FIELD_NOT_IN_MANDATE", "R-2", "officer-9")
