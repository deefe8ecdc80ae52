"""Traces of calls: which calls, what is said of them, and what a caller's own trace is worth."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from otlp_receiver import said
from plain_numbers import resident

from gateway.domain.vocabulary import Area, DecisionPoint, Verdict
from gateway.rpc import traces as module
from gateway.rpc.otlp import encode
from gateway.rpc.traces import ATTRIBUTES, AUTHORISE, COMMIT, DECIDE, Traces, linked

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"


class Kept:
    def __init__(self):
        self.calls = []

    def put(self, call):
        self.calls.append(call)


def context(*metadata):
    return SimpleNamespace(invocation_metadata=lambda: metadata)


def begun(told=None, outcome="", started=1_000):
    method = SimpleNamespace(name="CreditService/CheckEligibility")
    return SimpleNamespace(method=method, told=told or {}, outcome=outcome, started=started)


def ended(told=None, outcome="", *metadata):
    kept = Kept()
    trace = Traces(kept, 1.0).begin(context(*metadata))
    trace.end(begun(told, outcome))
    return kept.calls[0]


def spans_of(call, epoch=0):
    request = ExportTraceServiceRequest.FromString(encode([call], {"service.name": "n"}, epoch))
    return list(request.resource_spans[0].scope_spans[0].spans)


def test_a_caller_s_trace_is_linked_to_and_never_continued():
    call = ended({}, "", ("user-agent", "x"), ("traceparent", PARENT))

    assert call.link == (bytes.fromhex(TRACE), bytes.fromhex(SPAN))
    assert call.trace_id != bytes.fromhex(TRACE)
    (span,) = spans_of(call)
    assert [(link.trace_id.hex(), link.span_id.hex()) for link in span.links] == [(TRACE, SPAN)]
    assert span.parent_span_id == b""


@pytest.mark.parametrize(
    "sent",
    [
        "",
        PARENT.upper(),
        PARENT + "-more",
        PARENT.replace("00-", "ff-", 1),
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}-01\n",
        PARENT.encode(),
    ],
)
def test_what_is_no_traceparent_is_no_link(sent):
    assert linked([("traceparent", sent)]) is None


def test_an_id_in_which_a_resident_s_number_could_stand_is_no_link():
    number = next(found for serial in range(20) if (found := resident(serial, with_x=False)).isdigit())

    assert linked([("traceparent", f"00-{number.rjust(32, 'a')}-{SPAN}-01")]) is None
    assert linked([("traceparent", f"00-{number[::-1].rjust(32, 'a')}-{SPAN}-01")]) is not None


def test_only_the_first_traceparent_counts_and_nothing_else_that_a_caller_sends_is_read():
    assert linked([("traceparent", "x"), ("traceparent", PARENT)]) is None
    assert linked([("tracestate", "a=1"), ("baggage", "who=li.wei"), ("grpc-trace-bin", b"\x00")]) is None


def test_how_many_calls_are_traced_is_decided_here_whatever_a_caller_says(monkeypatch):
    drawn = [bytes(8) + number.to_bytes(8) for number in (0, 2**62 - 1, 2**62, 2**64 - 1)]
    monkeypatch.setattr(module.os, "urandom", lambda _: drawn.pop(0))
    traces = Traces(Kept(), 0.25)
    sampled_by_caller = context(("traceparent", PARENT))

    assert [traces.begin(sampled_by_caller) is not None for _ in range(4)] == [True, True, False, False]


def test_a_ratio_of_one_traces_every_call(monkeypatch):
    monkeypatch.setattr(module.os, "urandom", lambda count: b"\xff" * count)

    assert Traces(Kept(), 1.0).begin(context()) is not None


def test_of_what_is_told_of_a_call_closed_lists_alone_come_through():
    told = {
        "area": int(Area.BIDDING),
        "point": int(DecisionPoint.BIDDING_EVALUATION),
        "verdict": int(Verdict.RESTRICTED),
        "officer": "li.wei",
        "case": "JSGC-2026-17",
        "uscc": "91420399MA00K2U7XJ",
        "name": "示例建设有限公司",
        "request_id": "r-1",
    }

    assert ended(told).attributes == {
        "rpc.system": "grpc",
        "rpc.method": "CreditService/CheckEligibility",
        "jsg.outcome": "OK",
        "jsg.area": "BIDDING",
        "jsg.decision_point": "BIDDING_EVALUATION",
        "jsg.verdict": "RESTRICTED",
    }


@pytest.mark.parametrize("told", ["91420399MA00K2U7XJ", 4242, -1, 0, None, ["BIDDING"], {"area": 3}, 3.5])
def test_what_is_no_member_of_a_closed_list_does_not(told):
    found = ended({"area": told, "point": told, "verdict": told}).attributes

    assert set(found) == {"rpc.system", "rpc.method", "jsg.outcome"}


def test_every_attribute_is_on_the_list_of_those_that_there_are():
    told = {"area": 1, "point": int(next(iter(DecisionPoint))), "verdict": 1}

    assert tuple(ended(told).attributes) == ATTRIBUTES


def test_parts_follow_one_another_from_the_arrival_on(monkeypatch):
    kept, times = Kept(), iter((2_000, 5_000, 9_000, 10_000))
    monkeypatch.setattr(module.time, "perf_counter_ns", lambda: next(times))
    trace = Traces(kept, 1.0).begin(context())
    for part in (AUTHORISE, DECIDE, COMMIT):
        trace.passed(part)
    trace.end(begun(started=1_000))
    whole, *parts = spans_of(kept.calls[0], epoch=7_000_000)

    assert (whole.start_time_unix_nano, whole.end_time_unix_nano) == (7_001_000, 7_010_000)
    assert [(part.name, part.start_time_unix_nano, part.end_time_unix_nano) for part in parts] == [
        (AUTHORISE, 7_001_000, 7_002_000),
        (DECIDE, 7_002_000, 7_005_000),
        (COMMIT, 7_005_000, 7_009_000),
    ]
    assert {part.parent_span_id for part in parts} == {whole.span_id}
    assert {part.trace_id for part in parts} == {whole.trace_id} == {kept.calls[0].trace_id}
    assert len({span.span_id for span in (whole, *parts)}) == 4


@pytest.mark.parametrize(
    ("outcome", "error"), [("", 0), ("ROLE_NOT_PERMITTED", 0), ("UNEXPECTED", 2), ("AUDIT_UNAVAILABLE", 2)]
)
def test_a_fault_of_ours_is_an_error_and_a_refusal_is_an_answer(outcome, error):
    (span,) = spans_of(ended({}, outcome))

    assert span.status.code == error
    assert said(span)["jsg.outcome"] == (outcome or "OK")


def test_ids_are_drawn_and_not_counted():
    assert len({ended().trace_id for _ in range(64)}) == 64
    assert len(os.urandom(16)) == len(ended().trace_id)
