"""Health outside of any server: what it says and when, and how many it says it to at once."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from grpc_health.v1 import health_pb2 as pb

from gateway.rpc.health import CALLS, CALLS_OF_ONE, Health

SERVING, NOT_SERVING = pb.HealthCheckResponse.SERVING, pb.HealthCheckResponse.NOT_SERVING
UNKNOWN = pb.HealthCheckResponse.SERVICE_UNKNOWN


class AbortedError(Exception):
    """What gRPC's own ``abort`` ends in."""


class Context:
    """A call as far as health looks at it."""

    def __init__(self, certificate=b"one"):
        self._certificate = certificate
        self._done = []

    def auth_context(self):
        return {"x509_pem_cert": [self._certificate]}

    def peer(self):
        return "ipv4:127.0.0.1:9"

    def add_done_callback(self, callback):
        self._done.append(callback)

    async def abort(self, code, _details):
        raise AbortedError(code)

    def end(self):
        for callback in self._done:
            callback(self)


def check(health, context=None, service=""):
    return asyncio.run(health.Check(pb.HealthCheckRequest(service=service), context or Context()))


def test_it_does_not_serve_before_it_was_said_and_never_again_after_the_end():
    health = Health(["", "a"])
    said = [check(health).status]
    health.show(serving=True)
    said.append(check(health, service="a").status)
    health.end()
    health.show(serving=True)
    said.append(check(health).status)

    assert said == [NOT_SERVING, SERVING, NOT_SERVING]


def test_a_service_that_there_is_not_is_not_found_and_watched_as_unknown():
    health = Health([""])
    with pytest.raises(AbortedError) as caught:
        check(health, service="b")
    assert caught.value.args == (grpc.StatusCode.NOT_FOUND,)

    async def watched():
        return (await anext(health.Watch(pb.HealthCheckRequest(service="b"), Context()))).status

    assert asyncio.run(watched()) == UNKNOWN


def test_who_watches_is_told_of_each_change_and_a_slow_one_of_what_it_is_now():
    async def story():
        health = Health([""])
        watching = health.Watch(pb.HealthCheckRequest(), Context())
        said = [(await anext(watching)).status]
        health.show(serving=True)
        said.append((await anext(watching)).status)
        for serving in (False, True, False):
            health.show(serving=serving)
        said.append((await anext(watching)).status)
        return said

    assert asyncio.run(story()) == [NOT_SERVING, SERVING, NOT_SERVING]


def test_each_certificate_and_all_together_have_so_many_calls_at_once_and_again_when_one_ends():
    health = Health([""])
    many = [Context(b"%d" % number) for number in range(CALLS // CALLS_OF_ONE) for _ in range(CALLS_OF_ONE)]
    for context in many:
        check(health, context)
        if context is many[CALLS_OF_ONE - 1]:
            with pytest.raises(AbortedError) as caught:
                check(health, Context(b"0"))
            assert caught.value.args == (grpc.StatusCode.RESOURCE_EXHAUSTED,)
    with pytest.raises(AbortedError):
        check(health, Context(b"another"))
    many[0].end()

    check(health, Context(b"another"))
    for context in many[1:]:
        context.end()
    assert health._open.total() == len(health._open) == 1
