"""What is followed: each message as it came, and whatever breaks it off is one kind of error."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import itertools

import grpc
import pytest
from jointsanctions.v1 import case_pb2
from test_adapters_peer import Refusal, at_the_wire, client, peer, settings  # noqa: F401

from adapters.client import GatewayClient
from adapters.errors import GatewayError

REQUEST = case_pb2.WatchCaseRequest(after_sequence=3, officer="officer-7")


def event(sequence):
    return case_pb2.WatchCaseResponse(event=case_pb2.CaseEvent(sequence=sequence)).SerializeToString()


def test_messages_come_in_order_and_the_request_says_after_which(peer, client):
    peer.stream = [event(4), event(5)]

    assert [message.event.sequence for message in client.watch_case(REQUEST)] == [4, 5]
    assert peer.requests == [REQUEST]


def test_bytes_in_the_middle_that_are_no_message_are_no_answer_and_what_came_before_stands(peer, client):
    peer.stream = [event(4), b"\xff\xff\xff", event(5)]
    stream = client.watch_case(REQUEST)

    assert next(stream).event.sequence == 4
    with pytest.raises(GatewayError) as caught:
        next(stream)
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.INTERNAL, "NO_ANSWER")


def test_a_refusal_in_the_middle_keeps_the_gateways_reason_and_is_not_asked_again(peer, client):
    peer.stream = [event(4)]
    peer.refusals = [Refusal(grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")]
    stream = client.watch_case(REQUEST)

    assert next(stream).event.sequence == 4
    with pytest.raises(GatewayError) as caught:
        next(stream)
    assert caught.value.reason == "STORE_UNAVAILABLE"
    assert len(peer.requests) == 1


def test_a_stream_on_a_closed_channel_is_no_answer(settings):
    client = GatewayClient(settings)
    client.close()

    with pytest.raises(GatewayError) as caught:
        next(client.watch_case(REQUEST))
    assert caught.value.reason == "NO_ANSWER"


def test_an_error_of_whoever_follows_is_its_own(peer, client):
    peer.stream = [event(4)]
    stream = client.watch_case(REQUEST)
    next(stream)

    with pytest.raises(ValueError, match="of the caller"):
        stream.throw(ValueError("of the caller"))


def test_whoever_looks_no_further_ends_the_call(peer, client):
    peer.stream = itertools.repeat(event(4))
    stream = client.watch_case(REQUEST)
    next(stream)
    assert not peer.left.is_set()
    stream.close()

    assert peer.left.wait(10)
