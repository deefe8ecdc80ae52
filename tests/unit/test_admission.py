"""Quotas: who is over one is told when to come back, and who is not never waits behind who is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.agencies import Agency, Role
from gateway.domain.call_record import CallerSeen
from gateway.domain.errors import QuotaExceededError
from gateway.domain.quotas import Quota
from gateway.rpc.admission import REFUSED_WAITING, Admission
from gateway.rpc.fair_start import ALONE, QUIET_SECONDS, QUIET_TURNS, FairStart

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


class Seconds:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def agency(name="noisy", **quota):
    return Agency(
        agency_id=name, name_zh="a", name_en="a", role=Role.ASKING_SYSTEM, territory="420300", quota=Quota(**quota)
    )


def refused(admission, who, now=NOON, **how):
    with pytest.raises(QuotaExceededError) as caught:
        admission.enter(who, now, **how)
    return caught.value.metadata["quota"], int(caught.value.metadata["retry_after_ms"])


def test_more_calls_at_once_than_the_quota_are_refused_until_one_is_answered():
    admission, who = Admission(Seconds()), agency(in_flight=2)
    admission.enter(who, NOON)
    admission.enter(who, NOON)
    assert refused(admission, who) == ("in_flight", 101)
    admission.leave(who)
    admission.enter(who, NOON)
    assert refused(admission, who)[0] == "in_flight"


def test_another_agency_is_not_refused_with_it_nor_is_another_role_of_its():
    admission, who = Admission(Seconds()), agency(in_flight=1)
    admission.enter(who, NOON)
    admission.enter(agency("quiet", in_flight=1), NOON)
    admission.enter(Agency(agency_id="noisy", name_zh="a", name_en="a", role=Role.PRODUCER, territory="420300"), NOON)
    assert refused(admission, who)[0] == "in_flight"


def test_open_streams_have_a_share_of_their_own_and_calls_go_on():
    admission, who = Admission(Seconds()), agency(in_flight=3, streams=1)
    admission.enter(who, NOON, stream=True)
    assert refused(admission, who, stream=True)[0] == "streams"
    admission.enter(who, NOON)
    admission.leave(who, stream=True)
    admission.enter(who, NOON, stream=True)
    admission.enter(who, NOON)
    assert refused(admission, who)[0] == "in_flight"


def test_calls_in_flight_are_counted_without_streams():
    admission, one, other = Admission(Seconds()), agency("one"), agency("other")
    for who in (one, other):
        admission.enter(who, NOON)
        admission.enter(who, NOON, stream=True)
    assert admission.calls == 2
    admission.leave(one, stream=True)
    admission.leave(other)
    assert admission.calls == 1


def test_calls_of_a_second_are_refused_until_the_time_that_is_told_and_not_a_moment_longer():
    seconds = Seconds()
    admission, who = Admission(seconds), agency(per_second=10)
    for _ in range(10):
        admission.enter(who, NOON)
    which, retry_ms = refused(admission, who)
    assert which == "per_second"
    assert 100 <= retry_ms <= 101
    seconds.now += 0.099
    assert refused(admission, who)[1] <= 2
    seconds.now += 0.002
    admission.enter(who, NOON)
    assert refused(admission, who)[0] == "per_second"


def test_a_long_silence_saves_up_one_second_of_calls_and_no_more():
    seconds = Seconds()
    admission, who = Admission(seconds), agency(per_second=3)
    admission.enter(who, NOON)
    seconds.now += 86_400
    for _ in range(3):
        admission.enter(who, NOON)
    assert refused(admission, who)[0] == "per_second"


def test_calls_of_a_day_are_refused_until_midnight_in_shanghai():
    seconds = Seconds()
    admission, who = Admission(seconds), agency(per_day=2)
    admission.enter(who, NOON)
    admission.enter(who, NOON)
    which, retry_ms = refused(admission, who)
    assert (which, retry_ms) == ("per_day", 12 * 3600 * 1000 + 1)
    assert refused(admission, who, NOON + timedelta(hours=12, seconds=-1)) == ("per_day", 1001)
    admission.enter(who, NOON + timedelta(hours=12))


def test_a_refused_call_takes_nothing_of_the_quota():
    seconds = Seconds()
    admission, who = Admission(seconds), agency(in_flight=1, per_second=2, per_day=2)
    admission.enter(who, NOON)
    for _ in range(5):
        assert refused(admission, who)[0] == "in_flight"
    admission.leave(who)
    admission.enter(who, NOON)


@pytest.mark.parametrize("field", ["in_flight", "streams", "per_second", "per_day"])
def test_a_quota_below_one_is_none(field):
    with pytest.raises(ValueError, match=f"^{field}: must be at least 1$"):
        Quota(**{field: 0})


def begun(lines):
    """Let calls of these lines arrive at once; return the order in which they begin."""
    order = []

    async def call(fair, line, place):
        await fair.turn(line)
        order.append((line, place))

    async def all_of_them():
        fair = FairStart()
        await asyncio.gather(*(call(fair, line, place) for place, line in enumerate(lines)))
        return fair

    fair = asyncio.run(all_of_them())
    assert not fair._lines
    return order


@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_everybody_begins_and_within_a_line_in_the_order_of_arrival(lines):
    order = begun(lines)
    assert sorted(order, key=lambda one: one[1]) == [(line, place) for place, line in enumerate(lines)]
    for line in "abc":
        assert [place for own, place in order if own == line] == [p for p, own in enumerate(lines) if own == line]


@given(st.integers(0, 300), st.integers(1, 5))
def test_behind_any_flood_a_quiet_agency_waits_for_one_call_of_each_other(flood, noisy):
    lines = [f"noisy-{place % noisy}" for place in range(flood)]
    order = begun([*lines, "quiet"])
    assert [line for line, _ in order].index("quiet") <= noisy + 1


def test_who_goes_away_while_waiting_takes_nobodys_turn():
    async def run():
        admission = Admission()
        seen = CallerSeen(agency="a", role="bank")
        await admission.turn(seen)
        waiting = [asyncio.ensure_future(admission.turn(seen)) for _ in range(4)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        await asyncio.gather(waiting[0], *waiting[2:])
        return waiting[1].done()

    assert asyncio.run(run())


def test_calls_of_one_turn_of_the_loop_do_not_all_begin_in_it():
    async def run():
        fair, order = FairStart(), []

        async def call(name):
            await fair.turn("noisy")
            order.append(name)

        tasks = [asyncio.ensure_future(call(place)) for place in range(5)]
        turns = 0
        while len(order) < 5:
            before = len(order)
            await asyncio.sleep(0)
            assert len(order) - before <= 1
            turns += 1
        await asyncio.gather(*tasks)
        return turns

    assert asyncio.run(run()) >= 5


def among_a_flood(quiet_takes):
    """Let 64 calls of one line wait, and one of another that is handed over after so many turns of the loop.

    Return the order in which they began, and how many turns the loop took for all of them.
    """

    async def run():
        turns = 0
        # A clock by which a turn of the loop is as long as the quiet time has turns.
        fair, order = FairStart(lambda: turns * QUIET_SECONDS / QUIET_TURNS), []

        async def call(line):
            for _ in range(quiet_takes if line == "quiet" else 0):
                await asyncio.sleep(0)
            await fair.turn(line)
            order.append(line)

        calls = [asyncio.ensure_future(call(line)) for line in ["noisy"] * 64 + ["quiet"]]
        while not all(task.done() for task in calls):
            await asyncio.sleep(0)
            turns += 1
        return order, turns

    return asyncio.run(run())


@pytest.mark.parametrize("turns", range(1, 80))
def test_a_call_that_is_not_handed_over_yet_waits_for_no_more_than_two_bursts_of_who_waits_alone(turns):
    order, _ = among_a_flood(turns)
    # One burst may be over before it is at hand, and the loop looks for its quiet turns between two.
    assert order.index("quiet") <= ALONE * (2 + turns // QUIET_TURNS)


def test_while_calls_go_on_arriving_the_next_does_not_begin():
    async def run():
        turns = 0
        fair, order = FairStart(lambda: turns * QUIET_SECONDS / QUIET_TURNS), []

        async def call(line, after):
            for _ in range(after):
                await asyncio.sleep(0)
            await fair.turn(line)
            order.append(line)

        gap = QUIET_TURNS // 2
        arriving = [("noisy", 0), *(("noisy", gap * place) for place in range(1, 8)), ("quiet", gap * 8)]
        calls = [asyncio.ensure_future(call(line, after)) for line, after in arriving]
        while not all(task.done() for task in calls):
            await asyncio.sleep(0)
            turns += 1
        return order

    assert asyncio.run(run()).index("quiet") <= 2


def test_an_agency_that_waits_alone_does_not_pay_for_turns_at_each_of_its_calls():
    _, turns = among_a_flood(1)
    assert turns < 64 * (2 + QUIET_TURNS / ALONE)


def test_refused_calls_wait_for_their_turn_until_too_many_do():
    async def run():
        admission = Admission()
        seen = CallerSeen(agency="a", role="bank")
        waiting = [asyncio.ensure_future(admission.turn_of_refused(seen)) for _ in range(REFUSED_WAITING + 50)]
        await asyncio.sleep(0)
        at_once = sum(task.done() for task in waiting)
        await asyncio.gather(*waiting)
        return at_once

    # The first begins at once, as nobody else does; and so do those for whom there is no room.
    assert asyncio.run(run()) == 50


def test_lines_that_wait_begin_in_turn_and_none_is_passed_over():
    order = begun(["first", "a", "a", "a", "b", "b", "c"])
    assert [line for line, _ in order] == ["first", "a", "b", "c", "a", "b", "a"]
