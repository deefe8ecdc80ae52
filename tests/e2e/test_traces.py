"""Traces of a real server, as a collector takes them: what they tell, and that they tell of nobody.

Every method is called by a caller of every role, with a request in which every text names an enterprise, an officer, a
case and a person; so are paths that there are not, and metadata that nobody asked for.
"""

from __future__ import annotations

import os
from itertools import pairwise

import pytest
from e2e.served import AUDITOR, BIDDING, CHECK, TOURISM, award, gateway_in, outcome_of
from google.protobuf.descriptor import FieldDescriptor as Field
from google.protobuf.message_factory import GetMessageClass
from jointsanctions.v1 import admin_pb2, audit_pb2, credit_pb2, referral_pb2, registry_pb2, subject_pb2
from otlp_receiver import receiving, said
from plain_numbers import resident

from gateway.rpc.traces import ATTRIBUTES, AUTHORISE, COMMIT, DECIDE, PROVE, RECORD

COMMENTED = "# [trace]\n"
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
OFFICER, CASE, REQUEST = "officer-wei-li", "JSGC-2026-77001", "req-77001"
RPCS = {
    f"/{service.full_name}/{method.name}": method
    for file in (credit_pb2, registry_pb2, referral_pb2, audit_pb2, subject_pb2, admin_pb2)
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
PARTS = [AUTHORISE, DECIDE, RECORD, COMMIT, PROVE]


def filled(kind, text, depth=4):
    """Return a message of which every text is *text*, and every enum its first word."""
    message = GetMessageClass(kind)()
    for field in kind.fields:
        value = None
        if field.type == Field.TYPE_STRING:
            value = text
        elif field.type == Field.TYPE_ENUM:
            value = 1
        elif field.message_type is not None and depth and not field.message_type.GetOptions().map_entry:
            value = filled(field.message_type, text, depth - 1)
        if value is not None and field.is_repeated:
            getattr(message, field.name).append(value)
        elif isinstance(value, (str, int)):
            setattr(message, field.name, value)
        elif value is not None:
            getattr(message, field.name).CopyFrom(value)
    return message


def called(served, who, path, raw, metadata=()):
    """Call a method of any shape, and return once it has ended."""
    method, channel = RPCS.get(path), served.channel(who)
    if method is not None and method.client_streaming:
        return outcome_of(channel.stream_unary(path, None, None), iter([raw]))
    if method is not None and method.server_streaming:
        opened = channel.unary_stream(path, None, None)
        return outcome_of(lambda sent, timeout: list(opened(sent, timeout=min(timeout, 1))), raw)
    call = channel.unary_unary(path, None, None)
    return outcome_of(lambda sent, timeout: call(sent, timeout=timeout, metadata=metadata), raw)


class Traced:
    """A gateway that traces everything, what it was asked, and the collector."""

    def __init__(self, served, collector):
        self.served, self.collector = served, collector
        self.enterprise = served.city.example("listed")
        self.marks = [self.enterprise.uscc, self.enterprise.name, OFFICER, CASE, REQUEST, resident(7)]
        self.marks += sorted({agency.agency_id for agency in served.config.agencies})

    def ask(self, who=BIDDING, metadata=()):
        request = award(self.enterprise.uscc, self.enterprise.name, officer=OFFICER, case_ref=CASE)
        request.request_id = REQUEST
        return called(self.served, who, CHECK, request.SerializeToString(), metadata)

    def spans(self):
        """Return every span so far, once one has come of a call that is made now: they leave in order."""
        mark = os.urandom(16)
        assert self.ask(metadata=(("traceparent", f"00-{mark.hex()}-{SPAN}-01"),)).ok
        self.collector.wait_for(lambda collector: mark in [each.trace_id for each in linked(collector)])
        return self.collector.spans()


def linked(collector):
    return [link for span in collector.calls() for link in span.links]


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    with receiving() as collector:
        section = f'[trace]\nendpoint = "http://127.0.0.1:{collector.port}"\nsample_ratio = 1\n'
        with gateway_in(tmp_path_factory.mktemp("traced"), changes={COMMENTED: section}) as served:
            yield Traced(served, collector)


def last(spans, method, **wanted):
    """Return the newest call of a method with these attributes, and its parts."""
    found = [span for span in spans if span.name == method and wanted.items() <= said(span).items()]
    return found[-1], [span for span in spans if span.parent_span_id == found[-1].span_id]


def test_an_answered_question_is_one_span_with_its_parts(traced):
    assert traced.ask().ok
    call, parts = last(traced.spans(), "CreditService/CheckEligibility", **{"jsg.outcome": "OK"})

    assert said(call) == {
        "rpc.system": "grpc",
        "rpc.method": "CreditService/CheckEligibility",
        "jsg.outcome": "OK",
        "jsg.area": "BIDDING",
        "jsg.decision_point": "BIDDING_AWARD",
        "jsg.verdict": "RESTRICTED",
    }
    assert [part.name for part in parts] == PARTS
    assert call.start_time_unix_nano == parts[0].start_time_unix_nano
    assert all(before.end_time_unix_nano == after.start_time_unix_nano for before, after in pairwise(parts))
    assert parts[-1].end_time_unix_nano <= call.end_time_unix_nano < call.start_time_unix_nano + 20 * 10**9


def test_a_refusal_says_how_far_the_call_came(traced):
    assert traced.ask(TOURISM).reason == "AREA_NOT_IN_MANDATE"
    assert traced.ask(AUDITOR).reason == "ROLE_NOT_PERMITTED"
    spans = traced.spans()

    _, parts = last(spans, "CreditService/CheckEligibility", **{"jsg.outcome": "AREA_NOT_IN_MANDATE"})
    assert [part.name for part in parts] == [AUTHORISE]
    _, parts = last(spans, "CreditService/CheckEligibility", **{"jsg.outcome": "ROLE_NOT_PERMITTED"})
    assert parts == []


def test_a_caller_s_trace_is_linked_to(traced):
    assert traced.ask(metadata=(("traceparent", f"00-{TRACE}-{SPAN}-00"),)).ok
    spans = traced.spans()

    assert (TRACE, SPAN) in [(each.trace_id.hex(), each.span_id.hex()) for each in linked(traced.collector)]
    assert bytes.fromhex(TRACE) not in [span.trace_id for span in spans]


def test_nothing_of_anybody_is_in_any_trace_whatever_is_called_by_whom(traced):
    served = traced.served
    callers = {agency.role: f"{agency.agency_id}.{agency.role.value}" for agency in served.config.agencies}
    for path, method in RPCS.items():
        raw = filled(method.input_type, " ".join(traced.marks[:6])).SerializeToString()
        for who in callers.values():
            called(served, who, path, raw)
    called(served, BIDDING, f"/jointsanctions.v1.CreditService/{OFFICER}", b"")
    called(served, BIDDING, f"/{traced.enterprise.uscc}/{CASE}", b"\xff\x00")
    hidden = (("tracestate", f"who={OFFICER}"), ("baggage", f"case={CASE}"), ("x-officer", OFFICER))
    assert traced.ask(metadata=hidden).ok
    spans = traced.spans()
    content = b"".join(traced.collector.bodies)

    assert [mark for mark in traced.marks if mark.encode() in content] == []
    assert {span.name for span in spans} <= {path.split(".")[-1] for path in RPCS} | {"unknown", *PARTS}
    assert {path.split(".")[-1] for path in RPCS} <= {span.name for span in spans}, "a method is not traced"
    assert {each.key for span in spans for each in span.attributes} == set(ATTRIBUTES)
    assert not any(span.events or span.trace_state or span.status.message for span in spans)


def test_what_a_process_says_of_itself_are_words_of_the_configuration(traced):
    traced.ask()
    traced.spans()
    (spans,) = traced.collector.requests()[-1].resource_spans

    assert {each.key: each.value.string_value for each in spans.resource.attributes} == {
        "service.name": "joint-sanctions-gateway",
        "service.namespace": "shiyan.example",
        "service.instance.id": "gw1-0",
        "service.version": "0.1.0",
    }
    assert set(traced.collector.paths) == {"/v1/traces"}
