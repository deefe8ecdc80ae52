"""Under a clock that is off the store's nothing is stored, no lease is held and others are not held up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

import pytest
from google.protobuf.empty_pb2 import Empty

from gateway.domain.errors import StoreUnavailableError
from gateway.rpc.method import Method, Reply
from gateway.rpc.storing import under_a_right_clock
from gateway.services.right_clock import RightClock, RightClockLease

LIMIT = timedelta(seconds=1)


@dataclass
class Skewed:
    """A register whose node is so many seconds ahead."""

    skew: float = 0.0

    def clock_skew(self):
        return self.skew


@dataclass
class Lease:
    """A lease that nobody else wants."""

    held: bool = False

    def hold(self):
        self.held = True
        return True

    def give_back(self):
        self.held = False


@pytest.fixture
def register():
    return Skewed()


@pytest.fixture
def clock(register):
    return RightClock(register, LIMIT)


@pytest.mark.parametrize(("skew", "right"), [(0, True), (1, True), (-1, True), (1.001, False), (-1.001, False)])
def test_a_clock_is_right_up_to_the_limit_on_either_side(register, clock, skew, right):
    register.skew = skew

    assert clock.holds() is right
    if right:
        clock.require()
    else:
        with pytest.raises(StoreUnavailableError) as refused:
            clock.require()
        assert refused.value.metadata["kind"] == "CLOCK"


def test_a_lease_is_given_back_when_the_clock_goes_wrong_and_taken_again_when_it_is_right(register, clock):
    lease = Lease()
    under = RightClockLease(lease, clock)

    assert under.hold()
    assert lease.held
    register.skew = -3600
    assert not under.hold()
    assert not lease.held
    register.skew = 0.5
    assert under.hold()
    under.give_back()
    assert not lease.held


async def answer(*_):
    return Reply(Empty())


async def feed(*_):
    yield


async def marked(*_):
    pass


@pytest.mark.parametrize("how", ["run", "run_stream"])
def test_what_stores_is_refused_under_a_wrong_clock_and_what_only_answers_is_not(register, clock, how):
    storing = Method("S/Store", Empty, frozenset(), recorded=marked, **{how: answer})
    asking = Method("S/Ask", Empty, frozenset(), **{how: answer})
    stores, asks = (getattr(each, how) for each in under_a_right_clock([storing, asking], clock))
    call = SimpleNamespace()

    assert asyncio.run(stores(Empty(), call)).message == Empty()
    register.skew = 86_400
    assert asyncio.run(asks(Empty(), call)).message == Empty()
    with pytest.raises(StoreUnavailableError):
        asyncio.run(stores(Empty(), call))
    register.skew = 0
    assert asyncio.run(stores(Empty(), call)).message == Empty()


def test_a_feed_that_stores_would_be_unguarded_and_is_refused_when_the_gateway_is_made(clock):
    with pytest.raises(ValueError, match="would have to be guarded"):
        under_a_right_clock([Method("S/Feed", Empty, frozenset(), run_feed=feed, recorded=marked)], clock)
