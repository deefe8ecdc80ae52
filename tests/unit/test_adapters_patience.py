"""Over a quota the client comes back when it is told, and not at all when that is too late."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import grpc
import pytest
from jointsanctions.v1 import common_pb2, credit_pb2
from test_adapters_peer import Refusal, at_the_wire, client, code, peer, settings  # noqa: F401

from adapters.client import GatewayClient
from adapters.errors import GatewayError
from adapters.patience import TRIES, patiently

BUSY = grpc.StatusCode.RESOURCE_EXHAUSTED


def ask():
    return credit_pb2.CheckEligibilityRequest(enterprise=common_pb2.EnterpriseRef(uscc=code(1)))


def over(retry_ms):
    return Refusal(BUSY, "QUOTA_EXCEEDED", {"retry_after_ms": retry_ms})


def test_over_a_quota_it_is_asked_again_after_the_time_that_is_told(peer, client):
    peer.refusals = [over("80"), over("40")]
    begun = time.monotonic()

    assert client.check(ask()).decision.verdict == common_pb2.VERDICT_CLEAR
    assert time.monotonic() - begun >= 0.12
    assert len(peer.requests) == 3


def test_it_is_not_asked_for_ever(peer, client):
    peer.refusals = [over("1")] * 9

    with pytest.raises(GatewayError) as caught:
        client.check(ask())

    assert (caught.value.reason, caught.value.retry_after_seconds) == ("QUOTA_EXCEEDED", 0.001)
    assert len(peer.requests) == TRIES


def test_when_the_pause_passes_the_deadline_the_caller_is_told_at_once(peer, settings):
    peer.refusals = [over("3600000")]
    begun = time.monotonic()

    with GatewayClient(replace(settings, deadline_seconds=5.0)) as client, pytest.raises(GatewayError) as caught:
        client.check(ask())

    assert (caught.value.code, caught.value.retry_after_seconds) == (BUSY, 3600.0)
    assert time.monotonic() - begun < 4
    assert len(peer.requests) == 1


@pytest.mark.parametrize("stated", ["", "soon", "-5", "1.5", "²"])
def test_a_time_that_is_none_is_not_waited_for(peer, client, stated):
    peer.refusals = [over(stated)]

    with pytest.raises(GatewayError) as caught:
        client.check(ask())

    assert caught.value.retry_after_seconds is None
    assert len(peer.requests) == 1


def test_each_try_has_only_what_is_left_of_the_deadline():
    given = []

    def refuse(left):
        given.append(left)
        raise GatewayError(BUSY, "QUOTA_EXCEEDED", {"retry_after_ms": "30"}, "")

    with pytest.raises(GatewayError):
        patiently(1.0, refuse)
    assert given[0] == 1.0
    assert all(later <= earlier - 0.03 for earlier, later in pairwise(given))
