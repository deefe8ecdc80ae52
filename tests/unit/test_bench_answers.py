"""What counts as an answer, of the gateway and of its peers; one that is none fails the run."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from contextlib import nullcontext

import pytest
from google.protobuf.message import DecodeError
from jointsanctions.v1 import common_pb2, credit_pb2

from gateway.bench.answers import (
    BATCH,
    CERBOS,
    CHECK,
    IN_HOUSE,
    JUDGES,
    batch_verdicts_of,
    cerbos_verdicts_of,
    in_house_verdicts_of,
)
from gateway.bench.batches import BatchPair, _require_whole, figures, make_batches
from gateway.bench.cerbos import as_cerbos
from gateway.bench.cerbos_messages import CheckResourcesRequest, CheckResourcesResponse
from gateway.bench.figures import Round
from gateway.bench.http_caller import Connection
from gateway.bench.peers import SERVICE, _require_recorded
from gateway.bench.processes import BenchError
from gateway.bench.questions import make_questions
from gateway.bench.rounds import NotAnsweredError, _Seen, _told

QUESTIONS = make_questions(7, 50, count=30)


def batch(*verdicts, leaf=b"l" * 32, line=b"h" * 32):
    response = credit_pb2.BatchCheckEligibilityResponse()
    for verdict in verdicts:
        response.items.add(line_hash=line).decision.verdict = verdict
    response.audit_position.leaf_hash = leaf
    return response.SerializeToString()


def test_every_item_of_a_batch_is_counted():
    told = batch(common_pb2.VERDICT_CLEAR, common_pb2.VERDICT_RESTRICTED, common_pb2.VERDICT_CLEAR)

    assert batch_verdicts_of([told, told]) == {"CLEAR": 4, "RESTRICTED": 2}


@pytest.mark.parametrize(
    "none",
    [
        batch(),
        batch(common_pb2.VERDICT_CLEAR, leaf=b""),
        batch(common_pb2.VERDICT_CLEAR, line=b"short"),
        batch(common_pb2.VERDICT_CLEAR, common_pb2.VERDICT_UNSPECIFIED),
    ],
)
def test_a_batch_with_an_item_that_was_not_decided_or_not_recorded_counts_for_nothing(none):
    with pytest.raises(ValueError, match="without"):
        batch_verdicts_of([none])


@pytest.mark.parametrize("told", [{"verdict": "", "audit_id": 1}, {"verdict": "CLEAR", "audit_id": 0}])
def test_an_in_house_answer_without_verdict_or_row_of_audit_counts_for_nothing(told):
    with pytest.raises(ValueError, match="without verdict or without its row"):
        in_house_verdicts_of([json.dumps(told).encode()])


def cerbos(*effects):
    response = CheckResourcesResponse()
    for place, effect in enumerate(effects):
        response.results.add().actions[f"action-{place}"] = effect
    return response.SerializeToString()


def test_what_cerbos_allows_and_denies_is_counted_and_anything_else_counts_for_nothing():
    assert cerbos_verdicts_of([cerbos(1), cerbos(2), cerbos(1)]) == {"CLEAR": 2, "RESTRICTED": 1}
    for none in (cerbos(), cerbos(3), cerbos(1, 1), b""):
        with pytest.raises(ValueError, match="without effect"):
            cerbos_verdicts_of([none])


@pytest.mark.parametrize("method", [CHECK, BATCH, CERBOS, IN_HOUSE])
def test_a_round_with_bytes_that_are_no_answer_is_a_fault(method):
    told = _told(_Seen(answers=[b"\xff\xff"], latencies=[1], delivered=1), method, verdicts=True)

    assert told["fault"]
    with pytest.raises((ValueError, DecodeError)):
        JUDGES[method]([b"\xff\xff"])


def test_batches_ask_about_as_many_of_the_same_enterprises_in_one_case_each():
    asked = [credit_pb2.BatchCheckEligibilityRequest.FromString(raw) for raw in make_batches(QUESTIONS, 100, count=2)]
    known = {credit_pb2.CheckEligibilityRequest.FromString(raw).enterprise.uscc for raw in QUESTIONS}

    for request in asked:
        assert len({item.item_id for item in request.items}) == 100
        assert {item.enterprise.uscc for item in request.items} <= known
        assert request.question.HasField("case_facts")
    assert len({request.question.case_ref for request in asked}) == 2


def test_cerbos_is_told_what_weighs_on_the_enterprise():
    codes = [credit_pb2.CheckEligibilityRequest.FromString(raw).enterprise.uscc for raw in QUESTIONS]
    asked = [CheckResourcesRequest.FromString(raw) for raw in as_cerbos(QUESTIONS, {codes[0]})]

    assert [each.resources[0].resource.id for each in asked] == codes
    told = {each.resources[0].resource.id for each in asked if each.resources[0].resource.attr["sanctioned"].bool_value}
    assert told == {codes[0]}


def test_decisions_of_batches_that_came_too_late_are_not_delivered():
    singles = Round(2.0, 100, 100, 0.5, (1,), Counter({"CLEAR": 100}))
    batches = Round(2.0, 5, 4, 0.5, (1,), Counter({"CLEAR": 250}))
    figure = figures([BatchPair(singles, batches, 50)])["figures"]["F3"]

    assert figure["value"] == 2.0
    assert figure["delivered"] == {"decisions_per_second": 100, "calls_per_second": 50}


@pytest.mark.parametrize(("decided", "whole"), [(250, True), (249, False), (0, False)])
def test_a_batch_with_fewer_decisions_than_enterprises_fails_the_run(decided, whole):
    batches = Round(2.0, 5, 4, 0.5, (1,), Counter({"CLEAR": decided}))
    with nullcontext() if whole else pytest.raises(BenchError, match=f"5 batches of 50 had {decided} decisions"):
        _require_whole(batches, 50)


class Written:
    """Takes what is written to a connection."""

    def __init__(self):
        self.sent = b""

    def write(self, data):
        self.sent += data


def asked_over_http(answer):
    async def ask():
        reader, writer = asyncio.StreamReader(), Written()
        reader.feed_data(answer)
        reader.feed_eof()
        return await Connection(reader, writer, "/check")(b"{}", timeout=5.0), writer.sent

    return asyncio.run(ask())


def test_an_answer_over_http_is_its_body():
    body, sent = asked_over_http(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")

    assert body == b"body"
    assert sent.startswith(b"POST /check HTTP/1.1\r\n")
    assert sent.endswith(b"content-length: 2\r\n\r\n{}")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 2\r\n\r\nno", "500"),
        (b"HTTP/1.1 200 OK\r\n\r\n{}", "without its length"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort", "IncompleteRead"),
        (b"", "IncompleteRead"),
    ],
)
def test_what_is_no_whole_answer_over_http_is_a_fault(answer, why):
    with pytest.raises(NotAnsweredError, match=why):
        asked_over_http(answer)


def test_a_peer_that_answered_more_than_it_recorded_fails_the_run(tmp_path):
    with sqlite3.connect(tmp_path / "in-house.sqlite") as connection:
        connection.execute("CREATE TABLE audit (id INTEGER)")
        connection.executemany("INSERT INTO audit VALUES (?)", [(number,) for number in range(9)])
    connection.close()

    _require_recorded(tmp_path, {SERVICE: 9})
    with pytest.raises(BenchError, match="10 answers, of which 9 are recorded"):
        _require_recorded(tmp_path, {SERVICE: 10})
