"""The fast socket's bookkeeping: what is taken is given back, however a call ends, and whenever it does."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from pygrpc_native import EVENT_CALL, EVENT_CANCEL

from gateway.rpc.native_front import FrontContext, NativeFront

PATH = "/jointsanctions.v1.CreditService/CheckEligibility"
SENT = b"question"


def arrives(call, *, kind=EVENT_CALL):
    details = ((("user-agent", "grpc"),), "unix:1", None)
    return (kind, call, 0, SENT, None, details) if kind == EVENT_CALL else (kind, call, None, None, None, None)


async def bring(front, *events):
    """Hand over events as the library's thread does, and let the loop take them."""
    front._arrived += events
    front._take()
    await asyncio.sleep(0)


@pytest.fixture
def front(tmp_path):
    """Return a front that nobody is connected to, its handler, and what began and ended there."""
    seen = {"began": [], "ended": [], "go_on": asyncio.Event()}

    async def handler(raw, context):
        seen["began"].append(raw)
        context.add_done_callback(seen["ended"].append)
        await seen["go_on"].wait()
        return b"answer"

    handlers = {PATH: grpc.unary_unary_rpc_method_handler(handler)}
    made = NativeFront(str(tmp_path / "fast.sock"), handlers, 2, 65536)
    yield made, seen
    made._front.close()


def test_a_call_is_given_back_when_it_is_answered(front):
    made, seen = front

    async def story():
        await bring(made, arrives(1))
        assert (seen["began"], len(made._calls)) == ([SENT], 1)
        seen["go_on"].set()
        await asyncio.gather(*made._calls.values())
        await asyncio.sleep(0)
        assert (made._calls, len(seen["ended"])) == ({}, 1)

    asyncio.run(story())


def test_a_call_that_is_reset_while_it_runs_is_cancelled_and_given_back(front):
    made, seen = front

    async def story():
        await bring(made, arrives(1))
        await bring(made, arrives(1, kind=EVENT_CANCEL))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (made._calls, len(seen["ended"])) == ({}, 1)

    asyncio.run(story())


def test_a_call_that_is_reset_before_it_began_is_given_back_too(front):
    made, seen = front

    async def story():
        made._arrived += [arrives(1)]
        made._take()
        await bring(made, arrives(1, kind=EVENT_CANCEL))
        await asyncio.sleep(0)
        assert (made._calls, seen["began"]) == ({}, [])

    asyncio.run(story())


def test_a_call_that_arrives_with_its_reset_was_never_there(front):
    made, seen = front

    async def story():
        await bring(made, arrives(1), arrives(2), arrives(1, kind=EVENT_CANCEL))
        assert (list(made._calls), seen["began"]) == ([2], [SENT])

    asyncio.run(story())


def test_more_calls_at_once_than_fit_begin_nothing(front):
    made, seen = front

    async def story():
        await bring(made, arrives(1), arrives(2), arrives(3))
        assert (list(made._calls), len(seen["began"])) == ([1, 2], 2)

    asyncio.run(story())


def test_once_it_stops_nothing_begins_and_what_is_under_way_ends_within_the_grace(front):
    made, seen = front

    async def story():
        await bring(made, arrives(1))
        stopping = asyncio.create_task(made.stop(20))
        await asyncio.sleep(0)
        await bring(made, arrives(2))
        assert list(made._calls) == [1]
        seen["go_on"].set()
        await stopping
        assert (made._calls, len(seen["ended"])) == ({}, 1)

    asyncio.run(story())


def test_what_does_not_end_within_the_grace_is_cancelled(front):
    made, seen = front

    async def story():
        await bring(made, arrives(1))
        await made.stop(0.01)
        await asyncio.sleep(0)
        assert (made._calls, len(seen["ended"])) == ({}, 1)

    asyncio.run(story())


def test_a_call_says_of_its_connection_nothing_but_the_socket():
    context = FrontContext((("a", "b"),), "unix:1", None)

    assert (context.auth_context(), context.peer(), context.time_remaining()) == ({}, "unix:1", None)
    assert list(context.invocation_metadata()) == [("a", "b")]
    assert FrontContext((), "unix:1", 5.0).time_remaining() <= 5


def test_whatever_was_answered_before_the_end_arrives(tmp_path):
    """Answers are on record by then; what is only handed over when the socket closes would be lost to its caller."""
    path, calls = str(tmp_path / "fast.sock"), 100

    async def story():
        go_on, all_begun, begun = asyncio.Event(), asyncio.Event(), []

        async def handler(raw, _):
            begun.append(raw)
            if len(begun) == calls:
                all_begun.set()
            await go_on.wait()
            return b"answer" * 5_000

        front = NativeFront(path, {PATH: grpc.unary_unary_rpc_method_handler(handler)}, calls, 65536)
        front.start()
        async with grpc.aio.insecure_channel(f"unix:{path}") as channel:
            asked = [asyncio.ensure_future(_awaited(channel.unary_unary(PATH)(SENT))) for _ in range(calls)]
            await all_begun.wait()
            go_on.set()
            await front.stop(20)
            return await asyncio.gather(*asked, return_exceptions=True)

    for _ in range(5):
        assert [each for each in asyncio.run(story()) if each != b"answer" * 5_000] == []


async def _awaited(call):
    return await call
