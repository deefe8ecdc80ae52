"""The table of problems is total: no reason that anybody can give is without a status and words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import grpc
import pytest
from jointsanctions.v1 import error_reason_pb2

from adapters.answers import BEYOND_BOUND, UNCONFIRMED
from adapters.errors import NO_ANSWER, GatewayError, NoAnswerError, QuestionRefusedError
from adapters.http.problems import TABLE, URN, Problem, problem_of, wire_name

ADAPTERS = Path(__file__).parents[2] / "adapters"
REASON = re.compile(r'(?:reason=|fault=|Problem\(|return )"([A-Z][A-Z_]+)"')


def given():
    """Return every reason that the engine and the side-car name in their code."""
    files = [*ADAPTERS.glob("*.py"), *(ADAPTERS / "http").glob("*.py")]
    return {found for file in files for found in REASON.findall(file.read_text(encoding="utf-8"))}


def test_every_reason_of_the_gateway_is_in_the_table():
    names = {name.removeprefix("ERROR_REASON_") for name, _ in error_reason_pb2.ErrorReason.items()}

    assert names - {"UNSPECIFIED"} <= TABLE.keys()


def test_every_reason_of_the_engine_and_of_the_side_car_is_in_the_table():
    assert len(given()) > 25
    assert given() | {BEYOND_BOUND, UNCONFIRMED} <= TABLE.keys()


def test_nothing_stands_in_the_table_that_nobody_can_give():
    names = {name.removeprefix("ERROR_REASON_") for name, _ in error_reason_pb2.ErrorReason.items()}

    assert TABLE.keys() - names - given() <= {NO_ANSWER, "EXPIRED", UNCONFIRMED}


def test_no_problem_is_a_success_and_what_got_no_answer_is_503():
    assert all(400 <= kind.status <= 599 for kind in TABLE.values())
    silent = ("NO_ANSWER", "DEADLINE_PASSED", "AUDIT_UNAVAILABLE", "STORE_UNAVAILABLE", "JOURNAL_UNAVAILABLE")
    assert {TABLE[reason].status for reason in silent} == {503}


def test_every_problem_speaks_both_languages():
    for reason, kind in TABLE.items():
        body = Problem(reason, "more of it").body()
        assert re.search("[一-鿿]", kind.zh), reason
        assert kind.en.isascii(), reason
        assert body["type"] == URN + reason
        assert kind.zh in body["detail"]
        assert kind.en in body["detail"]


@pytest.mark.parametrize(("wait", "header"), [("120", "1"), ("2600", "3")])
def test_over_a_quota_it_says_when_to_come_back(wait, header):
    error = GatewayError(grpc.StatusCode.RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED", {"retry_after_ms": wait}, "too many")

    problem = problem_of(error)

    assert (problem.status, problem.headers) == (429, {"retry-after": header})


def test_a_reason_that_a_newer_gateway_gives_is_an_error_all_the_same():
    problem = problem_of(NoAnswerError("what is this", reason="BRAND_NEW"))

    assert problem.status == 502
    assert problem.body()["reason"] == "UNEXPECTED"
    assert "BRAND_NEW" in problem.body()["detail"]


def test_the_field_at_fault_is_named_as_json_has_it():
    error = QuestionRefusedError("x", reason="MALFORMED_REQUEST", field="case_facts.bidding.cutoff_rule")

    assert problem_of(error).body()["field"] == "caseFacts.bidding.cutoffRule"
    assert wire_name("items[0].enterprise.uscc") == "items[0].enterprise.uscc"
