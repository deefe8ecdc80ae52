"""Deadlines, and streams that are silent or do not end."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.domain.errors import DeadlinePassedError, MalformedRequestError
from gateway.domain.quotas import LoadLimits
from gateway.rpc.bounded import LEAST_BYTES, in_time, require_time, steady

SOON = timedelta(milliseconds=10)


class Context:
    def __init__(self, left):
        self._left = left

    def time_remaining(self):
        return self._left


async def never():
    await asyncio.Event().wait()


async def answer():
    return "answer"


@pytest.mark.parametrize("left", [0, -1.0])
def test_a_call_whose_deadline_has_passed_is_not_begun(left):
    with pytest.raises(DeadlinePassedError):
        require_time(Context(left))


@pytest.mark.parametrize("left", [None, 0.001, 60.0])
def test_a_call_that_is_waited_for_is_begun(left):
    require_time(Context(left))


def test_a_call_without_a_deadline_gets_the_longest_one():
    with pytest.raises(DeadlinePassedError) as caught:
        asyncio.run(in_time(never(), Context(None), SOON))
    assert caught.value.metadata == {"seconds": "0"}


@pytest.mark.parametrize("left", [None, 60.0])
def test_what_is_answered_in_time_is_answered(left):
    assert asyncio.run(in_time(answer(), Context(left), SOON)) == "answer"


def test_a_time_out_of_the_method_itself_is_not_taken_for_the_deadline():
    async def fails():
        raise TimeoutError("a driver's")

    with pytest.raises(TimeoutError, match="driver"):
        asyncio.run(in_time(fails(), Context(None), timedelta(seconds=60)))


def passed_on(messages, load, *, then_silent=False):
    async def sent():
        for message in messages:
            yield message
        if then_silent:
            await never()

    async def run():
        return [message async for message in steady(sent(), load)]

    return asyncio.run(run())


def test_a_stream_passes_on_unchanged():
    assert passed_on([b"a", b"", b"b" * 9000], LoadLimits()) == [b"a", b"", b"b" * 9000]


def test_a_silent_stream_is_ended():
    with pytest.raises(DeadlinePassedError, match="silent"):
        passed_on([b"a"], LoadLimits(stream_idle=SOON), then_silent=True)


def test_a_stream_of_too_many_bytes_is_ended_and_one_just_below_is_not():
    load = LoadLimits(stream_bytes=3 * LEAST_BYTES)
    assert len(passed_on([b"x" * LEAST_BYTES] * 3, load)) == 3
    with pytest.raises(MalformedRequestError, match="a stream of over 12288 bytes"):
        passed_on([b"x" * LEAST_BYTES, b"x" * (2 * LEAST_BYTES + 1)], load)


def test_a_stream_of_empty_messages_ends_too():
    with pytest.raises(MalformedRequestError):
        passed_on([b""] * 4, LoadLimits(stream_bytes=3 * LEAST_BYTES))
